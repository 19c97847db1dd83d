"""What became of the cases, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from loadgen.conformance.case import Case, Level
from loadgen.conformance.score import Score
from loadgen.conformance.shown import Fault, Shown, in_full


class Verdict(StrEnum):
    """What a case says of a service."""

    PASSED = "passed"
    FAILED = "failed"
    DEVIATES = "deviates"
    """Failed, and the service's folder lists the case as a known deviation."""
    DEVIATION_PASSES = "deviation_passes"
    """Passed although it is listed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case, its level, its verdict and what led to it."""

    case: Case
    level: Level
    verdict: Verdict
    evidence: str | None
    """One line "expected ..., got ..."; None if the case passed."""
    reason: str | None
    """Why the deviation is known; None if it is not listed."""
    shown: Shown | None = None
    """What was asked and answered where the case failed, if it came to that."""

    @property
    def passed(self) -> bool:
        """Whether the service keeps the rule."""
        return self.evidence is None

    @property
    def line(self) -> str:
        """The case and the evidence in one line."""
        return f"{self.case.id}: {self.evidence}"

    @property
    def in_full(self) -> str:
        """The same, with the exchange below it."""
        return in_full(self.line, self.shown)

    @property
    def keeps_from_measuring(self) -> bool:
        """Whether the service must not be measured: it does not do what the task asks."""
        return self.level is Level.CORE and not self.passed


@dataclass(frozen=True, slots=True)
class ConformanceResult:
    """All outcomes of one run of a suite."""

    outcomes: tuple[Outcome, ...]
    """In the order of the suite."""
    wall_s: float

    @property
    def measurable(self) -> bool:
        """Whether the service does what the task asks; never for a run of no case."""
        return bool(self.outcomes) and not any(outcome.keeps_from_measuring for outcome in self.outcomes)

    @property
    def scores(self) -> Mapping[str, Score]:
        """The score of each level that has cases."""
        of_level = {level: [outcome for outcome in self.outcomes if outcome.level is level] for level in Level}
        return {
            level: Score(passed=sum(outcome.passed for outcome in ones), cases=len(ones))
            for level, ones in of_level.items()
            if ones
        }

    @property
    def deviations(self) -> dict[str, str]:
        """Of each case that fails the listed reason, or else the evidence."""
        return {
            outcome.case.id: outcome.reason or outcome.evidence for outcome in self.outcomes if outcome.evidence is not None
        }

    @property
    def evidence(self) -> dict[str, str]:
        """Of each case of the level http that fails what was expected and what came."""
        return {
            outcome.case.id: outcome.evidence
            for outcome in self.outcomes
            if outcome.level is Level.HTTP and outcome.evidence is not None
        }

    def with_verdict(self, *verdicts: Verdict) -> tuple[Outcome, ...]:
        """The outcomes with one of these verdicts, in the order of the suite."""
        return tuple(outcome for outcome in self.outcomes if outcome.verdict in verdicts)


def judge(case: Case, level: Level, fault: Fault | None, reason: str | None) -> Outcome:
    """The outcome of a case with this fault (None: it passed), listed for this reason (None: it is not)."""
    if reason is None:
        verdict = Verdict.PASSED if fault is None else Verdict.FAILED
    else:
        verdict = Verdict.DEVIATION_PASSES if fault is None else Verdict.DEVIATES
    evidence, shown = fault or (None, None)
    return Outcome(case, level, verdict, evidence, reason, shown)
