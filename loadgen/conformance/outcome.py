"""What became of the cases, as values."""

from dataclasses import dataclass
from enum import StrEnum

from loadgen.conformance.case import Case


class Verdict(StrEnum):
    """What a case says of a service."""

    PASSED = "passed"
    FAILED = "failed"
    DEVIATES = "deviates"
    """Failed, and the service's folder lists the case as a known deviation."""
    DEVIATION_PASSES = "deviation_passes"
    """Passed although it is listed: an error, so that the list never outlives its cause."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case, its verdict and what led to it."""

    case: Case
    verdict: Verdict
    evidence: str | None
    """One line "expected ..., got ..."; None if the case passed."""
    reason: str | None
    """Why the deviation is known; None if it is not listed."""

    @property
    def ok(self) -> bool:
        """Whether the service may be measured as far as this case is concerned."""
        return self.verdict in (Verdict.PASSED, Verdict.DEVIATES)


@dataclass(frozen=True, slots=True)
class ContractResult:
    """All outcomes of one run of the suite."""

    outcomes: tuple[Outcome, ...]
    """In the order of the table."""
    wall_s: float

    @property
    def ok(self) -> bool:
        """Whether every case passed or deviates as listed; never for a run of no case."""
        return bool(self.outcomes) and all(outcome.ok for outcome in self.outcomes)

    def with_verdict(self, verdict: Verdict) -> tuple[Outcome, ...]:
        """The outcomes with that verdict, in the order of the table."""
        return tuple(outcome for outcome in self.outcomes if outcome.verdict is verdict)


def judge(case: Case, evidence: str | None, reason: str | None) -> Outcome:
    """The outcome of a case with this evidence (None: it passed), listed for this reason (None: it is not)."""
    if reason is None:
        verdict = Verdict.PASSED if evidence is None else Verdict.FAILED
    else:
        verdict = Verdict.DEVIATION_PASSES if evidence is None else Verdict.DEVIATES
    return Outcome(case, verdict, evidence, reason)
