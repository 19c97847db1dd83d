"""Capacity curves of several services beside each other: in turns, each at the rate that a rule wants next."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path

from loadgen.config.scenarios import LoadTiming
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.generator.rate import capacity_per_s
from loadgen.record.curve import CurveRecord, Objective
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial, Trial
from loadgen.run.files import created, record_while
from loadgen.run.new_run import run_record
from loadgen.run.plan import OVERHEAD_S, Plan, original
from loadgen.run.prepare import Prepared, not_measured_line
from loadgen.run.reporter import Reporter, minutes
from loadgen.run.run import Finished
from loadgen.run.state import GIVE_UP_AFTER
from loadgen.run.subject import Subjects, programs_for, subjects_of
from loadgen.system.suspension import measured_awake
from loadgen.trial.first_response import first_response_s
from loadgen.trial.load import Subject
from loadgen.trial.slot import Slot
from loadgen.trial.trial import run_trial

COLD_STARTS = 5
MOST_TRIALS = 60
"""Of a service: where so many leave the interval wide, more would not make it narrow."""
BEYOND = 20
"""So many requests of a trial at saturation may take longer than the objective says: fewer would leave it to chance."""
SHOWN, TELLING = 10.5, 0.3
"""From such a share of saturation on a trial has that many, for its quantile to be shown: ten, and half a one to spare."""
LIMITS = 30
"""A load lasts so many times as long as a request may take, or a queue that grows would not show."""
FEWEST = 100
"""Requests of a trial, however low its rate: what a server uses near idle shows only over a while."""
LEAST_S = 4.0
MOST_S = 20.0

NextRate = Callable[[str, Sequence[Trial]], int | None]
"""Of a service's label and its trials so far, in order: the rate of its next open loop, None once its curve is done."""


def load_s(objective: Objective, saturated_per_s: float, rate_per_s: int) -> float:
    """Return for how long an open loop is measured at that rate, of a service that serves so many requests per second."""
    beyond = SHOWN if rate_per_s >= TELLING * saturated_per_s else 0.0
    needed_s = max(
        BEYOND / objective.allowed_share / saturated_per_s,
        beyond / objective.allowed_share / rate_per_s,
        LIMITS * objective.limit_ms / 1e3,
        FEWEST / rate_per_s,
    )
    return round(min(max(needed_s, LEAST_S), MOST_S), 1)


def measure_curves(
    plan: Plan,
    prepared: Sequence[Prepared],
    curve: CurveRecord,
    places: tuple[Path, Path],
    report: Reporter,
    next_rate: Callable[[RunFolder, RunRecord], NextRate],
) -> Finished:
    """Measure until every curve is done or the budget is spent. Finished trials are kept in any case.

    `places` are the checkout and the results folder. `next_rate` makes, of the run, the rule that chooses rates. Raise Error
    for what ends the run early.
    """
    faults = [
        not_measured_line(candidate.contender.label, candidate.not_measured) for candidate in prepared if candidate.not_measured
    ]
    put = [
        candidate for candidate in prepared if candidate.not_measured is None and plan.puts(curve.workload, candidate.contender)
    ]
    if not put:
        raise Error(f"nothing can be measured: {'; '.join(faults) or f'none answers {plan.labels[curve.workload]}'}")
    checkout, results = places
    run = run_record(plan, prepared, checkout).replace(curve=curve)
    programs = programs_for(plan, report.say)
    folder, begin_s = created(run, results, report), time.monotonic()
    report.begin(f"curves of {counted(len(put), 'service')}, at most", MOST_TRIALS * len(put), curve.budget_s)
    with subjects_of(programs) as subjects:
        ready = {prepared.contender.label: prepared for prepared in put}
        going = _Going(plan, ready, curve, folder, subjects, report, begin_s + curve.budget_s)
        ended: list[str] = []

        def outcome(reason: str) -> RunRecord:
            because, measured_s = (ended or [reason])[0], time.monotonic() - begin_s
            return run.replace(curve=going.found().replace(measured_s=measured_s, ended_because=because))

        record_while(folder, run, report, lambda: ended.append(going.go(next_rate(folder, run))), outcome)
    return Finished(folder, [*faults, *going.faults])


@dataclass
class _Going:
    """Curves while they are measured; `until_s` is a reading of time.monotonic()."""

    plan: Plan
    ready: Mapping[str, Prepared]
    curve: CurveRecord
    folder: RunFolder
    subjects: Subjects
    report: Reporter
    until_s: float
    trials: dict[str, list[LoadTrial]] = field(default_factory=lambda: defaultdict(list))
    saturated_per_s: dict[str, float] = field(default_factory=dict)
    first_response_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)

    def found(self) -> CurveRecord:
        """Return the record with what was found so far beside the trials."""
        return self.curve.replace(first_response_s=dict(self.first_response_s))

    def go(self, next_rate: NextRate) -> str:
        """Measure every turn until something ends them; return what that was, in words."""
        self._start_cold()
        source, left = random.Random(self.plan.seed), list(self.ready)
        for turn in count():
            rates = {label: next_rate(label, self.trials[label]) if turn else None for label in left}
            left = [label for label in left if turn == 0 or (rates[label] is not None and self._may_go_on(label))]
            if not left:
                return "every curve was done"
            for position, label in enumerate(source.sample(left, len(left))):
                subject = self._subject(label, rates[label], turn)
                if time.monotonic() + _lasts_s(subject) > self.until_s:
                    return f"the budget of {minutes(self.curve.budget_s)} min was spent"
                number = sum(map(len, self.trials.values()))
                self._measure(subject, Slot(number, turn, position, self.curve.workload, label))
        raise AssertionError("turns have no end")

    def _start_cold(self) -> None:
        """Start every service several times, in turns; one that fails at it is not started again."""
        left = list(self.ready)
        for _ in range(COLD_STARTS):
            for label in list(left):
                self.report.trial_starts(f"cold start · {label}", self.until_s - time.monotonic())
                subject = self._subject(label, None, 0)
                try:
                    took_s = measured_awake(partial(first_response_s, subject), self.report.say)
                except Error as error:
                    self.faults.append(f"{label}: cold start: {error}")
                    left.remove(label)
                else:
                    self.first_response_s[label].append(took_s)

    def _may_go_on(self, label: str) -> bool:
        failed = sum(trial.failure is not None for trial in self.trials[label])
        return failed < GIVE_UP_AFTER and len(self.trials[label]) < MOST_TRIALS

    def _subject(self, label: str, rate_per_s: int | None, turn: int) -> Subject:
        """The service under a closed loop, or under an open one after what it takes to settle."""
        plan, workload = self.plan, self.curve.workload
        timing = plan.timing(Slot(0, turn, 0, workload, label))
        if rate_per_s is not None:
            lasting_s = load_s(self.curve.objective, self.saturated_per_s[label], rate_per_s)
            timing = LoadTiming(warm_up_s=plan.profile.workloads[workload].warm_up_s, load_s=lasting_s)
        subject = self.subjects.subject(plan, self.ready[label], workload, timing, turn)
        if rate_per_s is None:
            return subject
        pilot = plan.pilots.get(plan.labels[workload], {}).get(original(label))
        return replace(subject, rate_per_s=rate_per_s, settle_s=pilot.warm_up_s if pilot else 0.0)

    def _measure(self, subject: Subject, slot: Slot) -> None:
        """Measure one trial, and put it on record."""
        rate = "saturation" if subject.rate_per_s is None else f"{subject.rate_per_s:,} requests/s"
        self.report.trial_starts(f"{slot.contender} · {rate}", self.until_s - time.monotonic())
        trial = measured_awake(partial(run_trial, subject, slot, self.folder), self.report.say)
        self.folder.append_trial(trial)
        self.trials[slot.contender].append(trial)
        self.report.trial_ended(trial)
        if trial.failure:
            self.faults.append(f"{slot.contender} at {rate}: {trial.failure}")
        elif subject.rate_per_s is None:
            self.saturated_per_s[slot.contender] = capacity_per_s(slot.workload, slot.contender, [trial]) or 1.0


def _lasts_s(subject: Subject) -> float:
    """About how long a trial takes, in seconds."""
    return subject.settle_s + subject.window[1] + OVERHEAD_S
