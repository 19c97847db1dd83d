"""A run from what was asked for to its records: what is measured, in which builds, within which time."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from loadgen.config.contenders import absolute_names, all_serving, contenders_named
from loadgen.config.project import read_scenarios
from loadgen.config.scenarios import Scenarios, profile_named, workloads_named
from loadgen.config.service import Contender
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.generator.choice import generator_for
from loadgen.microbench.bench import Bench, benches_of
from loadgen.microbench.prepare import prepare_bench
from loadgen.record.folder import RunFolder
from loadgen.record.pilot import Pilot
from loadgen.record.run import RunRecord
from loadgen.run.budget import fit
from loadgen.run.cross_check import cross_checked, marked_in
from loadgen.run.files import check_results
from loadgen.run.pilots import piloted
from loadgen.run.plan import Plan
from loadgen.run.prepare import Prepared, prepare
from loadgen.run.reporter import Reporter
from loadgen.run.resume import check_the_same, find_interrupted, plan_of
from loadgen.run.run import CASES, Finished, measure, resume
from loadgen.run.state import Rules
from loadgen.run.subject import programs_for, subjects_of
from loadgen.system.limits import allow_connections
from loadgen.system.suspension import measured_awake
from loadgen.task.find import find_task
from loadgen.trial.load import Elsewhere
from loadgen.trial.pilot import run_pilot

RENDERING_S = 10.0
"""What tables, plots and report take after the last trial, kept free of a budget."""


@dataclass(frozen=True)
class RunRequest:
    """What a user asked for; empty lists and None stand for what the profile has.

    `until_s`, a reading of time.monotonic(), is when all must be over; `generator_hosts` put the load, if others than this one.
    """

    profile: str
    scenarios: Path
    services: list[str] = field(default_factory=list)
    workloads: list[str] = field(default_factory=list)
    rounds: int | None = None
    seed: int | None = None
    until_s: float | None = None
    generator_hosts: list[str] = field(default_factory=list)


def plan_for(request: RunRequest, scenarios: Scenarios) -> Plan:
    """Return the plan; a seed is drawn if none was asked for. Raise Error for names that the scenarios do not have."""
    profile = profile_named(scenarios, request.profile)
    plan = Plan(
        profile_name=request.profile,
        profile=profile,
        workloads=workloads_named(scenarios, profile, request.workloads),
        task=find_task(scenarios.task, request.scenarios.parent),
        rounds=request.rounds or profile.rounds,
        seed=random.SystemRandom().randrange(1 << 31) if request.seed is None else request.seed,
        services=request.services or profile.services,
        generator_hosts=request.generator_hosts,
    )
    for name, workload in plan.workloads.items():
        try:
            generator_for(workload, plan.task)
        except Error as error:
            raise Error(f"{request.scenarios}: workloads.{name}.generator: {error}") from error
        if workload.connections < len(request.generator_hosts):
            raise Error(
                f"{request.scenarios}: workloads.{name}.connections: expected at least one for each of the "
                f"{counted(len(request.generator_hosts), 'generator host')}, not {workload.connections}"
            )
        if workload.unix and request.generator_hosts:
            raise Error(f"{request.scenarios}: workloads.{name}.unix: expected no Unix socket: generators are on other hosts")
    return plan


def allow_for(plan: Plan) -> None:
    """Raise the limit of open files as the plan's workloads need; raise Error if that is not allowed, or if this machine has
    too few cores for a workload's generators.
    """
    for name in plan.workloads:
        try:
            plan.generator_cores(name)
        except Error as error:
            raise Error(f"workloads.{name}.generators: {error}") from error
    allow_connections(max((workload.connections for workload in plan.workloads.values()), default=0))


def with_control(plan: Plan, prepared: Sequence[Prepared]) -> list[Prepared]:
    """Return the contenders with the A/A control if the profile wants one: the first service that can be measured.

    There is no second one if the user asked for it.
    """
    first = next(
        (candidate for candidate in prepared if candidate.not_measured is None and not candidate.contender.control), None
    )
    if not (plan.profile.twin or plan.profile.paired) or first is None:
        return list(prepared)
    if any(candidate.contender.twin_of == first.contender.label for candidate in prepared):
        return list(prepared)
    return [*prepared, Prepared(first.contender.twin, first.built, None, None)]


def prepare_all(plan: Plan, contenders: Sequence[Contender], report: Reporter, *, verified: bool = False) -> list[Prepared]:
    """Build each contender, and verify it unless all were `verified` before; the report says how far each came."""

    def tell(prepared: Prepared) -> None:
        state = "built" if verified or prepared.contender.control else "built and verified"
        report.say(f"{prepared.contender.label}: {'not measured: ' + prepared.why_in_full if prepared.not_measured else state}")

    def prepared(some: Sequence[Contender]) -> dict[str, Prepared]:
        timed = plan.profile.build_times
        each = prepare(some, plan.cores, plan.seed, report.say, verified=verified, timed=timed, done=tell)
        return {prepared.contender.label: prepared for prepared in each}

    originals = [contender for contender in contenders if contender.twin_of is None]
    candidates = prepared(originals)
    twins = [contender for contender in contenders if contender.twin_of is not None]
    refused = [twin for twin in twins if twin.twin_of in candidates and candidates[twin.twin_of].not_measured is not None]
    for contender in refused:
        candidates[contender.label] = Prepared(contender, None, None, f"{contender.twin_of} is not measured either")
        tell(candidates[contender.label])
    candidates |= prepared([twin for twin in twins if twin not in refused])
    return [candidates[contender.label] for contender in contenders]


def with_pilots(plan: Plan, prepared: Sequence[Prepared], report: Reporter, elsewhere: Elsewhere | None = None) -> Plan:
    """Return the plan with a pilot of each service that can be measured, if it wants them, and what follows from them."""
    ready = {candidate.contender.label: candidate for candidate in prepared if candidate.not_measured is None}
    if not (plan.first_of and ready):
        return plan
    report.say("looking how fast each service is, and how long it takes to settle")
    with subjects_of(programs_for(plan, report.say), elsewhere) as subjects:

        def pilot(workload: str, contender: Contender) -> Pilot:
            timing = plan.profile.workloads[workload]
            subject = subjects.subject(plan, ready[contender.label], workload, timing, 0)
            return measured_awake(partial(run_pilot, subject), report.say)

        return piloted(plan, [prepared.contender for prepared in ready.values()], pilot, report.say)


@dataclass(frozen=True)
class RunSession:
    """Runs of one checkout into one results folder. `rules` makes, of a run, what it asks about its trials so far."""

    checkout: Path
    results: Path
    report: Reporter
    rules: Callable[[RunFolder, RunRecord], Rules]

    def start(self, request: RunRequest) -> Finished:
        """Prepare and measure. Raise Error for what ends the run early; finished trials are kept in any case."""
        plan = plan_for(request, read_scenarios(request.scenarios))
        check_results(self.results)
        plan = replace(plan, services=absolute_names(plan.services, self.checkout))
        contenders = all_serving(contenders_named(plan.services, self.checkout), plan.task)
        prepared: list[Prepared] = []
        if plan.workloads:
            programs_for(plan, self.report.say)
            plan = self._cross_checked(plan)
            allow_for(plan)
            prepared = with_control(plan, prepare_all(plan, contenders, self.report))
            plan = with_pilots(plan, prepared, self.report)
        plan = replace(plan, benches=self._benches(plan, contenders))
        ends_s = None if request.until_s is None else request.until_s - RENDERING_S
        if ends_s is not None:
            measurable = [candidate.contender for candidate in prepared if candidate.not_measured is None]
            plan = fit(plan, measurable, ends_s - time.monotonic())
            for line in plan.given_up:
                self.report.say(f"to keep to the budget: {line}")
        return measure(plan, prepared, self.results, self.checkout, self.report, self.rules, ends_s)

    def resume(self, wanted: str) -> Finished:
        """Go on with an interrupted run, named by ID or folder: with the same plan, the same builds, on the same machine."""
        folder = find_interrupted(wanted, self.results)
        record = folder.read_run()
        plan = plan_of(record)
        contenders = all_serving(contenders_named(plan.services, self.checkout), plan.task)
        left_out = {contender.label: contender.not_measured for contender in record.contenders if contender.not_measured}
        measurable = [contender for contender in contenders if contender.label not in left_out]
        allow_for(plan)
        prepared: list[Prepared] = []
        if plan.workloads:
            prepared = with_control(plan, prepare_all(plan, measurable, self.report, verified=True))
        plan = replace(plan, benches=self._benches(plan, contenders))
        check_the_same(record, plan, prepared)
        refused = [contender for contender in contenders if contender.label in left_out]
        prepared += [Prepared(contender, None, None, left_out[contender.label]) for contender in refused]
        self.report.say(f"going on with {record.run_id}: {counted(len(folder.read_trials()), 'trial is', 'trials are')} there")
        return resume(plan, prepared, folder, self.checkout, self.report, self.rules)

    def _cross_checked(self, plan: Plan) -> Plan:
        """Return the plan with the cross-check of generators that is due; one that nobody asked for is left out, with a line,
        where a generator is missing.
        """
        try:
            both = replace(plan, cross_check=cross_checked(plan.profile, plan.workloads, plan.task, plan.rounds))
            programs_for(both, self.report.say)
        except Error as error:
            if marked_in(plan.profile, plan.workloads):
                raise
            self.report.say(f"generators are not cross-checked: {error}")
            return plan
        return both

    def _benches(self, plan: Plan, contenders: Sequence[Contender]) -> list[Bench]:
        if plan.profile.microbench is None:
            return []
        benches = []
        for bench in benches_of(contenders, variants=plan.profile.microbench.variants):
            ready = prepare_bench(bench, self.checkout / CASES, plan.cores.server, self.report.say)
            count = f"{len(ready.benchmarks)} built and verified"
            state = f"not measured: {ready.not_measured}" if ready.not_measured else count
            self.report.say(f"{bench.label}: microbenchmarks: {state}")
            benches.append(ready)
        return benches
