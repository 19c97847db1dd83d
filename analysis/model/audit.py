"""What was published beside what a run measured."""

from typing import Literal

from analysis.model.comparison import Comparison, Figure
from analysis.stats.interval import Interval
from loadgen.strict import Strict

AuditVerdict = Literal["reproduced", "not reproduced here", "impossible as stated", "not measured"]


class Reach(Strict):
    """The largest `value` of a parameter at which a contender still does as published, by the fit of its CPU time.

    `low` and `high` are at the far ends of the fit's intervals, None without them. `value` is None where it lies outside of the
    values that were `swept` (the smallest and the largest). `derivation` says how it follows.
    """

    label: str
    parameter: str
    value: int | None
    low: int | None
    high: int | None
    swept: list[int]
    derivation: str


class Judged(Strict):
    """What somebody published, who, and what became of it here."""

    claim: str
    published_by: str
    verdict: AuditVerdict


class ClaimResult(Judged):
    """A published figure beside the measured one, whether it can be true, and what it would take.

    `published` is in the metric's own unit, `as_published` as it was written; `command` is the published one. `cores_needed`
    are cores like those of this machine. `reason` says why something was not measured.
    """

    contender: str
    workload: str
    metric: str
    published: float
    measured: Figure | None
    bound: float | None
    derivation: str | None
    would_take: str | None
    at_most: bool = False
    as_published: str = ""
    source: str = ""
    command: str = ""
    cores_needed: float | None = None
    reach: Reach | None = None
    reason: str | None = None


class RatioClaimResult(Judged):
    """A published ratio (`published`) or `order` beside the paired ratio of the run, or the quotient of two builds' figures.

    `reason` says what the verdict rests on.
    """

    statement: str
    numerator: str
    denominator: str
    workload: str
    metric: str
    published: float | None
    order: Literal["lower", "higher"] | None
    measured: float | None
    interval: Interval | None
    pairs: int
    doubts: list[str]
    reason: str


class CauseResult(Judged):
    """A published cause, how it was put to the `test`, and what was found. `measured` is a ratio, if the test is one.

    `command` measures what was not.
    """

    statement: str
    test: str
    measured: float | None
    interval: Interval | None
    doubts: list[str]
    evidence: str
    command: str | None


class ConsistencyResult(Strict):
    """Published figures set against each other by arithmetic alone."""

    published_by: str
    about: str
    derivation: str
    consistent: bool


class ContextResult(Strict):
    """A variant over its base that nothing was published of. `command` measures it if the run has not."""

    published_by: str
    variant: str
    over: str
    workload: str
    note: str
    comparisons: list[Comparison]
    command: str | None


class Conditions(Strict):
    """In what a run `differs` from what was published by that `command`; `repeat` repeats it here, None if nothing differs."""

    published_by: str
    title: str
    command: str
    differs: list[str]
    repeat: str | None


class AuditResult(Strict):
    """What was published beside single figures, and how the run measured all of it. Figures are the summary's `claims`."""

    conditions: list[Conditions]
    ratios: list[RatioClaimResult]
    causes: list[CauseResult]
    consistency: list[ConsistencyResult]
    context: list[ContextResult]
