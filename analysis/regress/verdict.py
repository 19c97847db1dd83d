"""The regression verdict: worse, not worse, or cannot tell. Pure; the rule is in docs/explanation/regression-check.md.

The same rule judges the change and the controls. Of each metric it asks whether `worse`, head's cost over base's (1.02 is 2%
worse, whichever way the metric counts), is above 1 + margin, and whether it is below 1 + exclude.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from analysis.model import metric as m
from analysis.model.measured import Measured
from analysis.stats.arrays import Floats
from analysis.stats.detectable import POWER
from analysis.stats.distributions import t_quantile
from analysis.stats.interval import FEWEST_PAIRS, LOG_DECIMALS, Interval, PairedRatio, ratio_of_log, ratio_of_pairs
from loadgen.config.regress import ExactLimit, Layer, Limit
from loadgen.strict import Strict

Outcome = Literal["regression", "pass", "inconclusive"]
NEAR_A_LIMIT = "no number of pairs would decide"
MOST_TIMES = 1000
"""Whatever more pairs than so many times as many could tell is not worth naming."""


class MetricVerdict(Measured):
    """What is said of one metric.

    `base` and `head` are medians in the metric's own unit, of `base_values` and `head_values`, which hold each pair's values in
    one order; `logs` are the pairs, each ln(worse). `minimum_detectable_effect` is the smallest slow-down that would have been
    called a regression in 80% of runs as noisy as this one. `pairs_needed` is about how many would decide. `required`: without
    a decision here the run is inconclusive. Without noise (`exact`) there is one value a side, and neither logs nor interval.
    """

    required: bool = True
    base: float | None = None
    head: float | None = None
    pairs: int
    worse: float | None
    interval: Interval | None
    minimum_detectable_effect: float | None = None
    margin: float
    exclude: float | None
    outcome: Outcome
    reason: str
    pairs_needed: int | None = None
    base_values: list[float] = []
    head_values: list[float] = []

    @property
    def logs(self) -> list[float]:
        """Each pair's ln(worse), whichever way the metric counts; none without noise."""
        return [] if self.exact else _logs(m.BY_NAME[self.metric], self.base_values, self.head_values).tolist()

    @property
    def blocks(self) -> bool:
        """Whether the run cannot pass for it."""
        return self.outcome == "inconclusive" and self.required


Key = TypeVar("Key")


@dataclass(frozen=True)
class Pairs:
    """Paired values of one metric: `base` and `head` have the same length, and are positive."""

    service: str
    workload: str
    metric: m.Metric
    base: Sequence[float]
    head: Sequence[float]
    limit: Limit
    layer: Layer = "load"


def judged(pairs: Sequence[Pairs], family: int, error: float) -> list[MetricVerdict]:
    """The verdict on each metric, at one look that may spend `error`, shared by `family` metrics (those given among them).

    By Holm's step-down: with r of them called a regression, the others share the error among family - r.
    """
    called = 0
    while True:
        verdicts = [_judged(pair, error / max(family - called, 1)) for pair in pairs]
        now = sum(verdict.outcome == "regression" for verdict in verdicts)
        if now <= called or now >= family:
            return verdicts
        called = now


def undecided_groups(changes: Mapping[Key, Sequence[Pairs]], family: int, error: float) -> list[Key]:
    """Which groups of metrics are to be measured further; none once any of them all is a regression."""
    verdicts = {key: judged(pairs, family, error) for key, pairs in changes.items()}
    if any(metric.outcome == "regression" for metrics in verdicts.values() for metric in metrics):
        return []
    return [key for key, metrics in verdicts.items() if any(metric.blocks for metric in metrics)]


def _judged(pairs: Pairs, error: float) -> MetricVerdict:
    base, head, limit = pairs.base, pairs.head, pairs.limit
    worse, better = (head, base) if pairs.metric.better == "lower" else (base, head)
    paired_ratio = ratio_of_pairs(worse, better, 1 - 2 * error) if base else None
    logs = _logs(pairs.metric, base, head)
    outcome, reason, needed = _outcome(paired_ratio, logs, limit, error)
    return MetricVerdict(
        service=pairs.service,
        layer=pairs.layer,
        workload=pairs.workload,
        metric=pairs.metric.name,
        required=limit.required,
        base=float(np.median(base)) if base else None,
        head=float(np.median(head)) if base else None,
        pairs=len(base),
        worse=paired_ratio.ratio if paired_ratio else None,
        interval=paired_ratio.interval if paired_ratio else None,
        minimum_detectable_effect=_detectable(paired_ratio, limit.margin, error),
        margin=limit.margin,
        exclude=limit.exclude,
        outcome=outcome,
        reason=reason,
        pairs_needed=needed,
        base_values=[float(value) for value in base],
        head_values=[float(value) for value in head],
    )


def _logs(metric: m.Metric, base: Sequence[float], head: Sequence[float]) -> Floats:
    """ln(head / base) of each pair, inverted so that more is worse."""
    logs: Floats = np.round(np.log(np.asarray(head, dtype=float)) - np.log(np.asarray(base, dtype=float)), LOG_DECIMALS)
    return logs if metric.better == "lower" else -logs


def _outcome(paired_ratio: PairedRatio | None, logs: Floats, limit: Limit, error: float) -> tuple[Outcome, str, int | None]:
    if paired_ratio is None or paired_ratio.interval is None:
        return "inconclusive", f"{logs.size} pairs; an interval needs {FEWEST_PAIRS}", None
    low, high = paired_ratio.interval.low, paired_ratio.interval.high
    if low > 1 + limit.margin and _slower_than(logs, limit.margin, error):
        return "regression", f"worse by more than the margin of {limit.margin:.1%}", None
    if high < 1 + limit.exclude and paired_ratio.ratio <= 1 + limit.margin:
        return "pass", f"worse by {limit.exclude:.1%} is excluded", None
    needed = _pairs_needed(paired_ratio.interval, logs.size, limit)
    return "inconclusive", NEAR_A_LIMIT if needed is None else f"about {needed} pairs would decide", needed


def _slower_than(logs: Floats, margin: float, error: float) -> bool:
    """Whether chance alone, flipping the sign of each pair's distance from the margin, hardly ever gets so far above it.

    Wilcoxon's signed-rank test (1945, Biometrics Bulletin 1, 80-83): the randomisation test over all sign flips, of ranks, so
    that one wild pair does not count for more than one.
    """
    from scipy.stats import wilcoxon  # importing it takes 0.4 s, which commands without a verdict need not wait

    beyond = logs - math.log1p(margin)
    return float(wilcoxon(beyond, alternative="greater").pvalue) <= error


def _detectable(paired_ratio: PairedRatio | None, margin: float, error: float) -> float | None:
    if paired_ratio is None or paired_ratio.log_standard_error is None or paired_ratio.degrees_of_freedom is None:
        return None
    reach = t_quantile(1 - error, paired_ratio.degrees_of_freedom) + t_quantile(POWER, paired_ratio.degrees_of_freedom)
    return ratio_of_log(math.log1p(margin) + reach * paired_ratio.log_standard_error) - 1


def _pairs_needed(interval: Interval, pairs: int, limit: Limit) -> int | None:
    """Pairs after which the interval, narrowing with their square root, would lie on one side of its limit.

    None where the estimate is so near to a limit that a thousandfold would not do.
    """
    middle = math.sqrt(interval.low * interval.high)
    half = math.log(interval.high / interval.low) / 2
    beyond, below = math.log(middle / (1 + limit.margin)), math.log((1 + limit.exclude) / middle)
    room = beyond if beyond > 0 else below
    if room <= 0 or half > room * math.sqrt(MOST_TIMES):
        return None
    return max(pairs + 1, math.ceil(pairs * (half / room) ** 2))


def judged_exactly(
    service: str,
    layer: Layer,
    workload: str,
    metric: m.Metric,
    base: Sequence[float],
    head: Sequence[float],
    limit: ExactLimit,
) -> MetricVerdict:
    """The verdict on a metric without noise: one value a side decides.

    Where a side has several, all are of the same program: what they differ by must leave the verdict as it is.
    """
    margin = limit.margin * (1 - EXACT_TOLERANCE)
    least, most = min(head) / max(base) - 1, max(head) / min(base) - 1
    if least < margin <= most:
        outcome: Outcome = "inconclusive"
        reason = f"counts of the same program differ: by {least:+.1%} to {most:+.1%} more"
    else:
        outcome = "regression" if least >= margin else "pass"
        reason = f"{'' if outcome == 'regression' else 'not '}more by {limit.margin:.1%} or more"
    return MetricVerdict(
        service=service,
        layer=layer,
        workload=workload,
        metric=metric.name,
        exact=True,
        base=base[0],
        head=head[0],
        base_values=[base[0]],
        head_values=[head[0]],
        pairs=1,
        worse=head[0] / base[0],
        interval=None,
        margin=limit.margin,
        exclude=None,
        outcome=outcome,
        reason=reason,
    )


EXACT_TOLERANCE = 0.001
"""Of the margin: counts of a whole operation are whole numbers only on average."""


class ControlVerdict(Strict):
    """One control under one workload: the base once more, `relinked` in another order, which must not be called different, or
    `slowed`, which must be called a regression. `kept` is None while it cannot be told.
    """

    kind: Literal["relinked", "slowed"]
    service: str
    layer: Layer
    workload: str
    pairs: int
    kept: bool | None
    evidence: str


def relinked_control(service: str, workload: str, metrics: Sequence[Pairs], family: int, error: float) -> ControlVerdict:
    """Judge the base relinked against the base, and the other way round: neither may be called a regression."""
    inverted = [
        Pairs(metric.service, metric.workload, metric.metric, metric.head, metric.base, metric.limit, metric.layer)
        for metric in metrics
    ]
    there, back = judged(metrics, family, error), judged(inverted, family, error)
    fired = [metric for metric in (*there, *back) if metric.outcome == "regression"]
    counts = [len(metric.base) for metric in metrics]
    kept: bool | None = not fired
    if not fired and all(metric.interval is None for metric in there):
        kept = None
    shown = fired or there
    return ControlVerdict(
        kind="relinked",
        service=service,
        layer=metrics[0].layer if metrics else "load",
        workload=workload,
        pairs=min(counts, default=0),
        kept=kept,
        evidence="; ".join(_told(metric) for metric in shown),
    )


def slowed_control(service: str, workload: str, metrics: Sequence[Pairs], family: int, error: float) -> ControlVerdict:
    """Judge the slowed base against the base: some metric must be called a regression."""
    verdicts = judged(metrics, family, error)
    fired = [metric for metric in verdicts if metric.outcome == "regression"]
    return ControlVerdict(
        kind="slowed",
        service=service,
        layer=metrics[0].layer if metrics else "load",
        workload=workload,
        pairs=min((len(metric.base) for metric in metrics), default=0),
        kept=True if fired else None,
        evidence="; ".join(_told(metric) for metric in fired or verdicts),
    )


def _told(metric: MetricVerdict) -> str:
    title = m.BY_NAME[metric.metric].title if metric.metric in m.BY_NAME else metric.workload
    if metric.layer == "microbench":
        title = f"{metric.workload} {title}"
    if metric.interval is None or metric.worse is None:
        return f"{title}: {metric.reason}"
    return f"{title} {metric.worse - 1:+.1%} [{metric.interval.low - 1:+.1%}, {metric.interval.high - 1:+.1%}]"


def overall(metrics: Sequence[MetricVerdict]) -> Outcome:
    """A regression if any metric is, a pass if all that are required pass, else inconclusive."""
    if not metrics:
        raise ValueError("nothing to judge: no workload, no metric")
    if any(metric.outcome == "regression" for metric in metrics):
        return "regression"
    return "inconclusive" if any(metric.blocks for metric in metrics) else "pass"
