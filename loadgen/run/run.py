"""A whole run: every contender prepared, every trial in its order, every record on disk as soon as it exists."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from loadgen.build.git import git_state
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.generator.rate import rate_per_s
from loadgen.machine.topology import usable_cores
from loadgen.microbench.callgrind import run_count_trial
from loadgen.microbench.run import run_bench_trial
from loadgen.record.folder import RunFolder
from loadgen.record.run import Resumption, RunRecord
from loadgen.record.trial import INSTRUCTIONS, MICROBENCH, LoadTrial, Trial
from loadgen.run.budget import with_direct_pairs
from loadgen.run.files import created, record_while
from loadgen.run.new_run import _now, run_record
from loadgen.run.plan import Plan
from loadgen.run.prepare import Prepared, not_measured_line
from loadgen.run.reporter import Reporter
from loadgen.run.state import Rules, RunState
from loadgen.run.subject import Subjects, programs_for, subjects_of
from loadgen.system.suspension import measured_awake
from loadgen.trial.load import Subject
from loadgen.trial.new_trial import new_trial
from loadgen.trial.paired import run_paired
from loadgen.trial.slot import Slot
from loadgen.trial.trial import run_trial

CASES = Path("microbench", "cases.json")


@dataclass(frozen=True)
class Finished:
    """A run that came to its end: its folder, and each thing that kept it from being whole (one line each)."""

    folder: RunFolder
    faults: list[str]


def measure(
    plan: Plan,
    prepared: Sequence[Prepared],
    results: Path,
    checkout: Path,
    report: Reporter,
    rules: Callable[[RunFolder, RunRecord], Rules] | None = None,
    until_s: float | None = None,
) -> Finished:
    """Run every trial of the plan. Raises Error for what ends the run early; finished trials are kept in any case.

    `rules` makes, of the run, what says when a workload stops early and which direct pairs are wanted; it is asked only where
    the plan has such. No round begins that would not be done by `until_s`, a reading of time.monotonic().
    """
    ready = {candidate.contender.label: candidate for candidate in prepared if candidate.not_measured is None}
    benches = [bench.label for bench in plan.benches if bench.not_measured is None]
    if not (ready and plan.workloads) and not benches:
        raise Error(f"nothing can be measured: {'; '.join(_not_measured(plan, prepared))}")
    if not plan.slots([prepared.contender for prepared in ready.values()]):
        names = ", ".join(ready)
        raise Error(
            f"nothing can be measured: profile '{plan.profile_name}' puts {names} to none of {', '.join(plan.workloads)}"
        )
    run = run_record(plan, prepared, checkout)
    folder = created(run, results, report)
    with subjects_of(programs_for(plan, report.say)) as subjects:
        return Loop(plan, prepared, folder, checkout / CASES, subjects).go(run, report, rules, until_s)


def resume(
    plan: Plan,
    prepared: Sequence[Prepared],
    folder: RunFolder,
    checkout: Path,
    report: Reporter,
    rules: Callable[[RunFolder, RunRecord], Rules] | None = None,
) -> Finished:
    """Go on with the run in `folder`, whose plan this is; what `measure` says holds."""
    run, (commit, dirty) = folder.read_run(), git_state(checkout)
    again = Resumption(
        at=_now().isoformat(timespec="seconds"), trials_before=len(folder.read_trials()), commit=commit, dirty=dirty
    )
    run = run.replace(ended=None, end_reason=None, resumed=[*run.resumed, again])
    with subjects_of(programs_for(plan, report.say)) as subjects:
        return Loop(plan, prepared, folder, checkout / CASES, subjects).go(run, report, rules, None)


def _never(_workload: str, _trials: Sequence[Trial]) -> bool:
    return False


def _not_measured(plan: Plan, prepared: Sequence[Prepared]) -> list[str]:
    lines = [
        not_measured_line(candidate.contender.label, candidate.not_measured) for candidate in prepared if candidate.not_measured
    ]
    lines += [not_measured_line(f"{bench.label}: microbenchmarks", bench.fault) for bench in plan.benches if bench.fault]
    if plan.profile.microbench is not None and not plan.benches:
        lines.append(f"{', '.join(plan.services)}: no table [microbench] in what describes it, which names its benchmarks")
    return lines


@dataclass(frozen=True)
class Loop:
    """The trials of a plan, one after the other, and what each of them needs."""

    plan: Plan
    prepared: Sequence[Prepared]
    folder: RunFolder
    cases: Path
    subjects: Subjects

    @cached_property
    def ready(self) -> Mapping[str, Prepared]:
        """What can be measured, by label."""
        return {prepared.contender.label: prepared for prepared in self.prepared if prepared.not_measured is None}

    def go(
        self,
        run: RunRecord,
        report: Reporter,
        rules: Callable[[RunFolder, RunRecord], Rules] | None,
        until_s: float | None,
    ) -> Finished:
        """Measure all trials that the run still wants, then direct pairs in the time that is left."""
        contenders = [prepared.contender for prepared in self.ready.values()]
        asked = rules(self.folder, run) if rules else None
        rule = asked.settled if asked and self.plan.stops_early else _never
        state = RunState(self.plan.slots(contenders), self.plan.rounds, self.plan.profile.fewest_rounds, rule)
        state.take_up(self.folder.read_trials())
        given_up, faults = list(run.given_up), _not_measured(self.plan, self.prepared)
        direct_pairs = list(run.direct_pairs)
        wanted = state.wanted()
        report.begin(self.plan.outline(contenders), len(wanted), self.plan.expected_s(wanted))

        def measured(loop: Loop) -> list[str]:
            failed, late = loop._trials(state, report, until_s)
            faults.extend(failed)
            given_up.extend(late)
            return late

        def trials() -> None:
            late = measured(self)
            if asked is None or until_s is None or late or not self.plan.wants_direct_pairs:
                return
            plan = with_direct_pairs(self.plan, contenders, asked.undecided(), until_s - time.monotonic())
            if not plan.direct_pairs:
                return
            direct_pairs.extend(plan.direct_pairs)
            self.folder.write_run(run.replace(direct_pairs=direct_pairs))  # an interrupted run goes on with these
            state.slots = plan.slots(contenders)
            report.end()
            report.begin(f"in the time that is left, {plan.direct}", len(state.wanted()), plan.expected_s(state.wanted()))
            measured(replace(self, plan=plan))

        def outcome(_reason: str) -> RunRecord:
            return run.replace(stopped_early=state.stopped_early, given_up=given_up, direct_pairs=direct_pairs)

        record_while(self.folder, run, report, trials, outcome)
        return Finished(self.folder, faults)

    def _trials(self, state: RunState, report: Reporter, until_s: float | None) -> tuple[list[str], list[str]]:
        """Return faults, and what there was no time for, a line each."""
        faults: list[str] = []
        while wanted := state.wanted():
            slot = wanted[0]
            if until_s is not None and state.begins_a_round(slot) and self._ends_s(state.round_of(slot)) > until_s:
                return faults, [
                    f"the time was over in round {slot.round + 1}: {counted(len(wanted), 'trial was', 'trials were')} left out"
                ]
            together = state.together(slot)
            names = " beside ".join(slot.contender for slot in together)
            report.trial_starts(f"{slot.workload} · {names}", self.plan.expected_s(wanted))
            trials = measured_awake(partial(self.trials, together, state.trials), report.say)
            for trial in trials:
                self.folder.append_trial(trial)
            settled = [state.add(trial) for trial in trials]
            for trial in trials:
                report.trial_ended(trial)
            failures = dict.fromkeys(trial.failure for trial in trials if trial.failure)
            faults += [f"{slot.workload}, round {slot.round + 1}: {failure}" for failure in failures]
            if any(settled):
                report.say(
                    f"{slot.workload}: intervals within {self.plan.profile.half_width:.1%} after {slot.round + 1} of "
                    f"{counted(state.rounds, 'round')}: stopped"
                )
        return faults, []

    def _ends_s(self, slots: Sequence[Slot]) -> float:
        """When these trials would be over, by time.monotonic()."""
        return time.monotonic() + self.plan.expected_s(slots)

    def trials(self, together: Sequence[Slot], so_far: Sequence[Trial]) -> Sequence[Trial]:
        """Measure one trial, or the two of a pair."""
        if len(together) == 1:
            return [self.trial(together[0], so_far)]
        return run_paired([self._subject(slot) for slot in together], together, self.folder)

    def trial(self, slot: Slot, so_far: Sequence[Trial]) -> Trial:
        """Measure one trial; `so_far` are the trials that an open loop's rate is taken from."""
        timing, cores = self.plan.profile.microbench, self.plan.cores
        if slot.workload == MICROBENCH:
            assert timing is not None
            return run_bench_trial(self.plan.bench(slot.contender), slot, timing.min_time_s, self.cases, cores.server)
        if slot.workload == INSTRUCTIONS:
            assert timing is not None
            return run_count_trial(self.plan.bench(slot.contender), slot, self.cases, len(usable_cores()))
        try:
            rate = self._rate_per_s(slot, so_far)
        except Error as error:
            return new_trial(LoadTrial, slot).replace(failure=str(error))
        return run_trial(replace(self._subject(slot), rate_per_s=rate), slot, self.folder)

    def _subject(self, slot: Slot) -> Subject:
        timing = self.plan.timing(slot)
        return self.subjects.subject(self.plan, self.ready[slot.contender], slot.workload, timing, slot.round)

    def _rate_per_s(self, slot: Slot, so_far: Sequence[Trial]) -> int | None:
        """None for a closed loop. A twin gets the rate of its original: the two are one service."""
        rate = self.plan.loads[slot.workload].rate
        if rate is None:
            return None
        services = [label for label, prepared in self.ready.items() if not prepared.contender.control]
        return rate_per_s(rate, self.ready[slot.contender].contender.twin_of or slot.contender, services, so_far)
