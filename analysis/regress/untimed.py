"""Benchmarks of a regression check that were skipped, that failed, or whose time is no time: named, and never judged. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.stats.arrays import usable
from loadgen.counted import counted
from loadgen.record.trial import BenchmarkTrial, CountTrial
from loadgen.regress.pairing import is_base


def uncountable(trial: CountTrial) -> dict[str, str]:
    """Return the benchmarks whose instructions are no counts that can be compared, with the reason."""
    odd = [count for count in trial.instructions if not (usable(count.instructions) and usable(count.again))]
    return {count.name: f"counted {count.instructions:g} and {count.again:g}" for count in odd} | trial.failed


@dataclass(frozen=True)
class Untimed:
    """One benchmark that lacks a time in `count` of the trials of base, of head: `base` and `head` are (count, trials)."""

    service: str
    name: str
    reason: str
    base: tuple[int, int]
    head: tuple[int, int]
    failed_in_head: bool

    @property
    def in_words(self) -> str:
        """Which benchmark, where and why."""
        return f"{self.service}: {self.name}: not judged{self._where}: {self.reason}"

    @property
    def _where(self) -> str:
        if self.base[0] == self.base[1] and self.head[0] == self.head[1]:
            return ""
        sides = [("base", *self.base), ("head", *self.head)]
        lacking = [f"{count} of {counted(trials, 'trial')} of {side}" for side, count, trials in sides if count]
        return f" in {' and '.join(lacking)}"


def untimed_benchmarks(trials: Sequence[BenchmarkTrial], values: Mapping[int, Mapping[str, float]]) -> list[Untimed]:
    """Return them by service and name, of the trials that ran base against head; `values` has a trial's times that count."""
    whole = [trial for trial in trials if not trial.failure]
    reasons = {(_service(trial), name): reason for trial in whole for name, reason in _reasons(trial, values).items()}
    return [
        Untimed(
            service=service,
            name=name,
            reason=reason,
            base=_lacking(whole, values, service, name, base=True),
            head=_lacking(whole, values, service, name, base=False),
            failed_in_head=any(
                name in trial.failed for trial in whole if _service(trial) == service and not is_base(trial.contender, "change")
            )
            and any(name in values[trial.index] for trial in whole if _service(trial) == service),
        )
        for (service, name), reason in sorted(reasons.items())
    ]


def _service(trial: BenchmarkTrial) -> str:
    return trial.contender.partition("@")[0]


def _reasons(trial: BenchmarkTrial, values: Mapping[int, Mapping[str, float]]) -> dict[str, str]:
    """Why each benchmark of a trial has no time."""
    no_time = {timing.name: "its time is 0 or no number" for timing in trial.timings if timing.name not in values[trial.index]}
    skipped = {name: f"skipped: {reason}" for name, reason in trial.skipped.items()}
    return no_time | skipped | {name: f"failed: {reason}" for name, reason in trial.failed.items()}


def _lacking(
    trials: Sequence[BenchmarkTrial], values: Mapping[int, Mapping[str, float]], service: str, name: str, *, base: bool
) -> tuple[int, int]:
    """How many trials of a side have no time of a benchmark, and how many there are."""
    own = [trial for trial in trials if _service(trial) == service and is_base(trial.contender, "change") == base]
    return sum(name not in values[trial.index] for trial in own), len(own)
