"""Comparisons, contenders and workloads for the unit tests of what is decided."""

from collections.abc import Sequence
from typing import Literal

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.summary import ContenderResult, Summary, WorkloadResult
from analysis.stats.interval import Interval
from tests.unit.asked import asks
from tests.unit.records import MACHINE

Verdict = Literal["higher", "lower", "tie", "cannot tell"]


def comparison(
    numerator: str = "a",
    denominator: str = "b",
    *,
    metric: m.Metric = m.GOODPUT,
    ratio: float = 1.0,
    half: float = 0.01,
    p_value: float | None = None,
    effect: float | None = None,
    verdict: Verdict = "tie",
    reason: str | None = None,
) -> Comparison:
    """One with the interval ratio ± half."""
    return Comparison(
        metric=metric.name,
        numerator=numerator,
        denominator=denominator,
        pairs=10,
        ratio=ratio,
        interval=Interval(low=ratio - half, high=ratio + half, level=0.95, method="trimmed-mean-yuen"),
        verdict=verdict,
        reason=reason,
        p_value=p_value,
        minimum_detectable_effect=effect,
    )


def contender(label: str, *, twin_of: str | None = None) -> ContenderResult:
    """One without figures; a twin is a control."""
    return ContenderResult(
        label=label,
        title=label,
        tier="reference",
        control=twin_of is not None,
        twin_of=twin_of,
        trials=10,
        failed_trials=0,
        figures={},
        flags=[],
    )


def workload(
    comparisons: Sequence[Comparison], over_controls: Sequence[Comparison] = (), contenders: Sequence[ContenderResult] = ()
) -> WorkloadResult:
    """One under which these comparisons were made."""
    return WorkloadResult(
        name="w",
        title="",
        **asks(100),
        connections=10,
        contenders=list(contenders),
        comparisons=list(comparisons),
        over_controls=list(over_controls),
    )


SUMMARY = Summary(
    schema_version=2,
    task="prime",
    run_id="r",
    profile="quick",
    started="2026-01-01T00:00:00+00:00",
    ended="",
    end_reason="finished",
    commit="0123456789abcdef",
    dirty=False,
    seed=1,
    rounds=6,
    pinned=True,
    server_threads=1,
    generator="oha 1.16.0",
    machine=MACHINE,
    workloads=[],
    builds=[],
    not_measured=[],
    deviations={},
    claims=[],
)
