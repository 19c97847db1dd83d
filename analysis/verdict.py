"""The regression verdict: slower, not slower, or cannot tell. Pure; the rule is in docs/method.md."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from analysis import metric as m
from analysis.interval import FEWEST_PAIRS, Interval, ratio_of_pairs
from loadgen.strict import Strict

FAMILY_ERROR = 0.01
MARGIN = 0.015
EXCLUDE = 0.03
JUDGED = (m.CPU_PER_REQUEST, m.GOODPUT)

Outcome = Literal["regression", "pass", "inconclusive"]


class MetricVerdict(Strict):
    """One metric under one workload. `worse` is head's cost over base's: 1.02 is 2% worse, whichever way the metric counts."""

    workload: str
    metric: str
    pairs: int
    worse: float | None
    interval: Interval | None
    margin: float
    exclude: float
    outcome: Outcome
    reason: str


class Verdict(Strict):
    """The verdict over all metrics: a regression if any is, a pass if all pass, else inconclusive."""

    outcome: Outcome
    metrics: list[MetricVerdict]


def judge(
    pairs: Mapping[tuple[str, str], tuple[Sequence[float], Sequence[float]]],
    *,
    margin: float = MARGIN,
    exclude: float = EXCLUDE,
) -> Verdict:
    """Judge (base values, head values) by (workload, metric name); values are paired and positive.

    The error of 1% is shared out over the metrics (Bonferroni), so that at most one run in a hundred calls a regression where
    there is none. `margin` and `exclude` are relative: 0.015 is 1.5%.
    """
    if not pairs:
        raise ValueError("nothing to judge: no workload, no metric")
    level = 1 - FAMILY_ERROR / len(pairs)
    metrics = [
        _judged(workload, m.BY_NAME[name], base, head, level, margin, exclude)
        for (workload, name), (base, head) in pairs.items()
    ]
    outcomes = {one.outcome for one in metrics}
    if "regression" in outcomes:
        return Verdict(outcome="regression", metrics=metrics)
    return Verdict(outcome="inconclusive" if "inconclusive" in outcomes else "pass", metrics=metrics)


def _judged(
    workload: str,
    metric: m.Metric,
    base: Sequence[float],
    head: Sequence[float],
    level: float,
    margin: float,
    exclude: float,
) -> MetricVerdict:
    worse, better = (head, base) if metric.better == "lower" else (base, head)
    found = ratio_of_pairs(worse, better, level) if base else None
    interval = found.interval if found else None
    outcome, reason = _outcome(interval, len(base), margin, exclude)
    return MetricVerdict(
        workload=workload,
        metric=metric.name,
        pairs=len(base),
        worse=found.ratio if found else None,
        interval=interval,
        margin=margin,
        exclude=exclude,
        outcome=outcome,
        reason=reason,
    )


def _outcome(interval: Interval | None, pairs: int, margin: float, exclude: float) -> tuple[Outcome, str]:
    if interval is None:
        return "inconclusive", f"{pairs} pairs; an interval needs {FEWEST_PAIRS}"
    if interval.low > 1 + margin:
        return "regression", f"worse by more than the margin of {margin:.1%}"
    if interval.high < 1 + exclude:
        return "pass", f"a slow-down of {exclude:.1%} is excluded"
    return "inconclusive", f"about {_pairs_needed(interval, pairs, margin, exclude)} pairs would decide"


def _pairs_needed(interval: Interval, pairs: int, margin: float, exclude: float) -> int:
    """Pairs after which the interval, narrowing with their square root, fits on one side of the margin or of `exclude`.

    The nearer of the two decides. At the limits themselves no number would do; the count is cut at a thousandfold.
    """
    middle = math.sqrt(interval.low * interval.high)
    half = math.log(interval.high / interval.low) / 2
    to_pass = math.log((1 + exclude) / middle)
    to_regression = math.log(middle / (1 + margin))
    room = max(to_pass, to_regression)
    return math.ceil(pairs * min(1000.0, (half / room) ** 2)) if room > 0 else pairs * 1000
