"""Runs in short, and what was published of them, for the unit tests of the audit."""

from collections.abc import Sequence

from analysis.audit.model import PublishedSet
from analysis.model import metric as m
from analysis.model.comparison import Comparison, Figure
from analysis.model.figure_of import figure_of
from analysis.model.flag import Flag
from analysis.model.microbench import FitResult
from analysis.model.summary import BuildResult, ContenderResult, WorkloadResult
from analysis.stats.interval import Interval
from tests.unit.asked import asks, residuals


def figure(value: float, spread: float = 0.01) -> Figure:
    """One whose interval reaches as far to either side."""
    interval = Interval(low=value * (1 - spread), high=value * (1 + spread), level=0.95, method="order-statistics")
    return Figure(value=value, interval=interval, each=[value] * 6, refused=None)


def contender(
    label: str,
    *,
    cpu_us: float = 5000.0,
    goodput: float = 200.0,
    p50_ms: float = 500.0,
    rss_mb: float = 10.0,
    flags: Sequence[Flag] = (),
) -> ContenderResult:
    """One with the figures that claims are about."""
    figures = {
        m.CPU_PER_REQUEST.name: figure(cpu_us),
        m.GOODPUT.name: figure(goodput),
        m.LATENCY_MEAN.name: figure(p50_ms),
        m.LATENCY_P50.name: figure(p50_ms),
        m.LATENCY_P99.name: figure(p50_ms * 1.05),
        m.RSS_LOADED.name: figure(rss_mb * 1e6),
    }
    return ContenderResult(
        label=label, title=label, tier="reference", trials=6, failed_trials=0, figures=figures, flags=list(flags)
    )


def workload(
    *contenders: ContenderResult, name: str = "article", n: int = 10_000, comparisons: Sequence[Comparison] = ()
) -> WorkloadResult:
    """A closed loop of 100 connections."""
    return WorkloadResult(
        name=name, title="", **asks(n), connections=100, contenders=list(contenders), comparisons=list(comparisons)
    )


def build(
    label: str, *, binary_mb: float = 5.0, clean_s: Sequence[float] = (10.0,), again_s: Sequence[float] = (1.0,)
) -> BuildResult:
    """What building took."""
    figures = {
        m.BINARY_SIZE.name: figure_of([binary_mb * 1e6]),
        m.CLEAN_BUILD.name: figure_of(clean_s),
        m.INCREMENTAL_BUILD.name: figure_of(again_s),
    }
    return BuildResult(label=label, title=label, figures=figures)


def fit(
    label: str = "fiber", overhead_us: float = 10.0, cost_ns: float = 2.0, spread: float = 0.01, largest: int = 10_000
) -> FitResult:
    """Of a sweep over n = 1, 100 and the largest."""
    return FitResult(
        label=label,
        title=label,
        unit="divisions",
        overhead_us=figure(overhead_us, spread),
        cost_per_unit_ns=figure(cost_ns, spread),
        residuals=residuals({1: 0.0, 100: 0.0, largest: 0.0}),
    )


def published(**parts: list[dict[str, object]]) -> PublishedSet:
    """A set with these claims, ratios, causes and context."""
    return PublishedSet.model_validate(
        {
            "schema": 3,
            "name": "set-1",
            "task": "prime",
            "title": "somebody's article",
            "source": "set-1",
            "command": "oha -c 100",
            "profile": "article",
            "workloads": {"article": {"parameters": {"n": 10_000}, "connections": 100, "load_s": 30}},
            **parts,
        }
    )


def claim(metric: m.Metric = m.GOODPUT, value: float = 65_000, **more: object) -> dict[str, object]:
    """Of fiber's under the article's load, unless it is of a build."""
    where = {} if metric in m.BUILD_METRICS else {"workload": "article"}
    table = {"id": f"c-{metric.name}", "contender": "fiber", "metric": metric.name, "value": value, "unit": metric.unit}
    return {**table, "approx": True, "as_published": f"about {value}", **where, **more}
