"""Microbenchmarks of a run, and what a fit of the load runs says."""

from typing import Literal

from analysis.model.comparison import Figure
from analysis.stats.interval import Interval
from loadgen.strict import Strict
from loadgen.task.work import BenchmarkRoles


class Ratio(Strict):
    """A figure over another's, from pairs of the same round; `over` names the other."""

    over: str
    value: float
    interval: Interval | None
    pairs: int


class Instructions(Strict):
    """Instructions of one operation, counted twice; not `exact` if the program's runtime has threads of its own."""

    each: float
    again: float
    exact: bool


class BenchmarkResult(Strict):
    """One contender on one case: time of one operation, with one value a round, and what it counted on the way."""

    scenario: str
    contender: str
    case: str
    title: str
    tier: str
    time_ns: Figure
    counters: dict[str, float]
    instructions: Instructions | None
    ratio: Ratio | None


class BenchResult(Strict):
    """The microbenchmarks of a service in one build. `variant` is None for the build that is served."""

    label: str
    service: str
    language: str
    variant: str | None
    title: str
    benchmarks: list[BenchmarkResult]


class Residual(Strict):
    """How far what was measured lies from a fit, measured / fitted - 1, at an `amount` of work: that of requests with `label`.

    `value` is that of the parameter by which the work grows, None where the task has none.
    """

    label: str
    amount: float
    value: int | None
    residual: float


class FitResult(Strict):
    """CPU per request = overhead + work x cost of a `unit` of it, fitted in each round; residuals are medians over rounds."""

    label: str
    title: str
    unit: str
    overhead_us: Figure
    cost_per_unit_ns: Figure
    residuals: list[Residual]


class Reconciliation(Strict):
    """One quantity by a load run and by a microbenchmark of the same run. `verdict`: "agree" if the whole interval of the ratio
    lies within 5% of 1, "differ" if it lies outside, else "cannot tell".
    """

    label: str
    title: str
    quantity: str
    unit: str
    load: Figure
    microbench: Figure
    ratio: Ratio
    verdict: Literal["agree", "differ", "cannot tell"]


class Shares(Strict):
    """Where the CPU time of the request with the least work goes, in µs; `http_us` is None where no benchmark tells it from the
    rest. `request` is that request's label.
    """

    label: str
    request: str
    title: str
    total_us: Figure
    kernel_us: Figure
    json_us: Figure
    http_us: Figure | None
    rest_us: Figure


class MicrobenchResult(Strict):
    """The contents of microbench.json, and a part of summary.json."""

    benches: list[BenchResult]
    fits: list[FitResult]
    reconciliations: list[Reconciliation]
    shares: list[Shares]
    roles: BenchmarkRoles | None = None
    unit: str | None = None
    notes: list[str]
