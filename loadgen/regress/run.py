"""A regression check: pairs, round by round, until what they tell decides, or the time is over."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from loadgen.config.regress import RegressConfig
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.machine.topology import usable_cores
from loadgen.microbench.bench import Bench
from loadgen.microbench.callgrind import run_count_trial
from loadgen.microbench.run import run_bench_trial, run_bench_trials
from loadgen.record.folder import RunFolder
from loadgen.record.regress import Planned, RegressRecord
from loadgen.record.run import RunRecord
from loadgen.record.trial import INSTRUCTIONS, MICROBENCH, Comparison, Trial
from loadgen.regress.pairing import Group, Pair, Pairing, apart, side
from loadgen.run.files import created, record_while
from loadgen.run.new_run import run_record
from loadgen.run.plan import COUNT_S, Plan
from loadgen.run.prepare import Prepared
from loadgen.run.reporter import Reporter, minutes
from loadgen.run.run import CASES
from loadgen.run.subject import Subjects, programs_for, subjects_of
from loadgen.system.suspension import measured_awake
from loadgen.trial.load import Subject
from loadgen.trial.paired import run_paired
from loadgen.trial.slot import Slot

PAIR_OVERHEAD_S = 0.35
"""What a pair takes beside warm-up and load, about: two starts, what is in flight at the load's end, readings, two stops."""
Wanted = list[tuple[Group, Comparison]]
Undecided = Callable[[Sequence[Trial]], Wanted]
"""Of the trials so far, all rounds whole: which comparisons are still to go on; none ends the run."""


@dataclass(frozen=True)
class RegressPlan:
    """What a regression check measures: `plan` has profile, workloads and seed; contenders and benches are by label."""

    gate: RegressConfig
    plan: Plan
    prepared: Mapping[str, Prepared]
    benches: Mapping[str, Bench]
    services: Sequence[str]
    record: RegressRecord

    @property
    def groups(self) -> list[Group]:
        """Every service under every workload, and its microbenchmarks if both sides have some."""
        loads = list(self.plan.workloads) if "load" in self.gate.layers else []
        return [
            Group(service, workload)
            for service in self.services
            for workload in [*loads, *([MICROBENCH] if self._has_benches(service) else [])]
        ]

    def _has_benches(self, service: str) -> bool:
        return "microbench" in self.gate.layers and side(service, "base") in self.benches

    @property
    def counted(self) -> list[str]:
        """The labels whose instructions are counted: both sides as built."""
        if "instructions" not in self.gate.layers:
            return []
        both = [[side(service, name) for name in ("base", "head")] for service in self.services]
        return [label for labels in both if all(self._counts(label) for label in labels) for label in labels]

    def _counts(self, label: str) -> bool:
        return label in self.benches and self.benches[label].plan.count is not None

    def pair_s(self, group: Group) -> float:
        """About how long one pair takes, in seconds."""
        if group.workload == MICROBENCH:
            return 2 * self.benches[side(group.service, "base")].expected_s(self.min_time_s)
        timing = self.plan.profile.workloads[group.workload]
        return timing.warm_up_s + timing.load_s + PAIR_OVERHEAD_S

    @property
    def min_time_s(self) -> float:
        """How long a repetition of a benchmark is."""
        assert self.plan.profile.microbench is not None
        return self.plan.profile.microbench.min_time_s

    @property
    def count_s(self) -> float:
        """About how long counting instructions takes, in seconds."""
        return sum(COUNT_S * len(self.benches[label].benchmarks) for label in self.counted)

    @property
    def least_s(self) -> float:
        """About how long it takes until the first look, before which nothing can be decided."""
        round_s = sum(len(group.comparisons) * self.pair_s(group) for group in self.groups)
        return self.count_s + self.gate.looks[0] * round_s

    @property
    def most_s(self) -> float:
        """About how long it takes if nothing is decided before the last look, and controls are at the first."""
        each_s = sum(self.pair_s(group) for group, _ in apart([(group, "change") for group in self.groups]))
        return self.least_s + (self.gate.looks[-1] - self.gate.looks[0]) * each_s


def check_profile(gate: RegressConfig, plan: Plan) -> None:
    """Raise Error if the profile cannot give what the table asks for; before anything is built."""
    layers = [layer for layer in ("microbench", "instructions") if layer in gate.layers]
    if layers and plan.profile.microbench is None:
        raise Error(
            f"profile {gate.profile} has no key microbench, which {' and '.join(layers)} need: "
            f"expected layers without {'them' if len(layers) > 1 else 'it'}, or another profile"
        )
    if "load" in gate.layers and (
        open_loops := [name for name, workload in plan.workloads.items() if workload.rate is not None]
    ):
        raise Error(
            f"{', '.join(open_loops)}: pairs are closed loops; expected workloads of profile {gate.profile} without a rate"
        )


def check_plan(plan: RegressPlan) -> None:
    """Raise Error if there is nothing to judge, or if the budget ends before the first look: nothing could be decided."""
    if not plan.groups and not plan.counted and "size" not in plan.gate.layers:
        raise Error(f"nothing to judge: {', '.join(plan.services)} has none of {', '.join(plan.gate.layers)}")
    if plan.least_s > plan.gate.budget_s:
        raise Error(
            f"a budget of {minutes(plan.gate.budget_s)} min is too small to decide anything: the first look is after "
            f"{counted(plan.gate.looks[0], 'pair')}, about {minutes(plan.least_s)} min; give more, or fewer workloads or layers"
        )


@dataclass
class RegressRun:
    """One regression check while it is measured."""

    plan: RegressPlan
    folder: RunFolder
    subjects: Subjects
    cases: Path
    trials: list[Trial] = field(default_factory=list)

    def keep(self, trials: Sequence[Trial]) -> None:
        """Put finished trials on record."""
        for trial in trials:
            self.folder.append_trial(trial)
        self.trials += trials

    @property
    def failed(self) -> bool:
        """Whether any trial failed: nothing can be decided any more."""
        return any(trial.failure for trial in self.trials)

    def count(self, report: Reporter, remaining_s: float) -> None:
        """Count the instructions of both sides; they do not vary."""
        timing = self.plan.plan.profile.microbench
        for label in self.plan.counted:
            assert timing is not None  # by check_profile
            report.trial_starts(f"instructions · {label}", remaining_s)
            slot = Slot(len(self.trials), 0, 0, INSTRUCTIONS, label)
            trial = run_count_trial(self.plan.benches[label], slot, self.cases, len(usable_cores()))
            self.keep([trial])
            report.trial_ended(trial)

    def measure(self, pair: Pair) -> Sequence[Trial]:
        """Both halves of a pair: at the same time, but for benchmarks whose tool tells no CPU time."""
        first = len(self.trials)
        slots = [
            Slot(first + position, pair.round, position, pair.group.workload, label)
            for position, label in enumerate(pair.labels)
        ]
        if pair.group.workload == MICROBENCH:
            return self._benched(slots, pair.comparison)
        return run_paired([self._subject(slot) for slot in slots], slots, self.folder, pair.comparison)

    def _benched(self, slots: Sequence[Slot], comparison: Comparison) -> Sequence[Trial]:
        """Beside each other if their tool tells CPU time, else one after the other."""
        benches, cores = [self.plan.benches[slot.contender] for slot in slots], self.plan.plan.cores.server
        if all(bench.tells_cpu_time for bench in benches):
            trials = run_bench_trials(benches, slots, self.plan.min_time_s, self.cases, cores)
        else:
            trials = [
                run_bench_trial(bench, slot, self.plan.min_time_s, self.cases, cores)
                for bench, slot in zip(benches, slots, strict=True)
            ]
        return [trial.replace(comparison=comparison) for trial in trials]

    def _subject(self, slot: Slot) -> Subject:
        plan = self.plan.plan
        timing = plan.profile.workloads[slot.workload]
        return self.subjects.subject(plan, self.plan.prepared[slot.contender], slot.workload, timing, slot.round)


def measure_pairs(
    plan: RegressPlan,
    results: Path,
    checkout: Path,
    report: Reporter,
    undecided: Callable[[Path, RunRecord], Undecided],
) -> RunFolder:
    """Measure until everything is decided, the last look is over or the budget spent. Finished trials are kept in any case.

    `undecided` makes, of the run, the rule that says what is still to be measured; it is asked after each look.
    """
    record = plan.record.replace(planned=[Planned(service=group.service, workload=group.workload) for group in plan.groups])
    run = run_record(plan.plan, list(plan.prepared.values()), checkout).replace(
        regress=record, microbenches=[bench.record() for bench in plan.benches.values()]
    )
    folder = created(run, results, report)
    programs = programs_for(plan.plan, report.say)
    begin_s, ended_because = time.monotonic(), ""
    pairs = plan.gate.looks[-1] * len(plan.groups)
    report.begin(
        f"up to {counted(plan.gate.looks[-1], 'pair')} of {counted(len(plan.groups), 'comparison')}",
        2 * pairs,
        _at_most_s(plan, begin_s),
    )

    def measure() -> None:
        nonlocal ended_because
        with subjects_of(programs) as subjects:
            going = RegressRun(plan, folder, subjects, checkout / CASES)
            ended_because = _go(going, undecided(folder.path, run), report, begin_s)

    def outcome(reason: str) -> RunRecord:
        return run.replace(regress=record.replace(measured_s=time.monotonic() - begin_s, ended_because=ended_because or reason))

    record_while(folder, run, report, measure, outcome)
    return folder


def _at_most_s(plan: RegressPlan, begin_s: float) -> float:
    return min(plan.most_s, plan.gate.budget_s - (time.monotonic() - begin_s))


def _go(going: RegressRun, undecided: Undecided, report: Reporter, begin_s: float) -> str:
    """Every round until something ends them; what that was, in words."""
    plan, gate = going.plan, going.plan.gate
    until_s = begin_s + gate.budget_s
    going.count(report, _at_most_s(plan, begin_s))
    pairing = Pairing(plan.groups, plan.plan.seed)
    wanted: Wanted = [(group, comparison) for group in plan.groups for comparison in group.comparisons]
    if not wanted:
        return "nothing but what has no noise was asked for"
    for number in range(gate.looks[-1]):
        if going.failed:
            return "a trial failed"
        pairs = pairing.of_round(number, apart(wanted))
        if time.monotonic() + sum(plan.pair_s(pair.group) for pair in pairs) > until_s:
            return f"the budget of {minutes(gate.budget_s)} min was spent after {counted(number, 'pair')}"
        for pair in pairs:
            report.trial_starts(f"{pair.group.workload} · {pair.comparison}", until_s - time.monotonic())
            trials = measured_awake(partial(going.measure, pair), report.say)
            going.keep(trials)
            for trial in trials:
                report.trial_ended(trial)
        if number + 1 in gate.looks:
            wanted = undecided(going.trials)
            if not wanted:
                return f"everything was decided after {counted(number + 1, 'pair')}"
            if not any(comparison == "change" for _, comparison in wanted):
                report.say(f"decided after {counted(number + 1, 'pair')}; the controls go on")
    return f"the last look, after {counted(gate.looks[-1], 'pair')}, was over"
