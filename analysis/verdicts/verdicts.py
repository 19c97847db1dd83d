"""Verdicts of a run: which of its differences are real, and which are large enough to be told from noise. Pure."""

from collections.abc import Sequence

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.summary import WorkloadResult, over_twins
from analysis.stats.detectable import relative_difference
from analysis.stats.holm import holm
from analysis.stats.interval import Interval
from analysis.verdicts.ranks import ranks

FAMILY_ERROR = 0.05
HOLDS_ONE = "the interval holds 1"


def decided(workloads: Sequence[WorkloadResult]) -> list[WorkloadResult]:
    """The workloads with verdicts and ranks; the rule is in docs/explanation/deciding.md.

    All comparisons between services are one family, all A/A controls another: one asks about services, one about the run.
    Expects the minimum detectable effect of each A/A control to be in its comparison.
    """
    between = iter(
        judged_together([_with_effect(one, workload) for workload in workloads for one in workload.comparisons], True)
    )
    over_itself = iter(judged_together([one for workload in workloads for one in over_twins(workload)], False))
    found = []
    for workload in workloads:
        twins = over_twins(workload)
        comparisons = [next(between) for _ in workload.comparisons]
        over_controls = [next(over_itself) if one in twins else one for one in workload.over_controls]
        update = {"comparisons": comparisons, "over_controls": over_controls, "ranks": ranks(comparisons)}
        found.append(workload.replace(**update))
    return found


def _with_effect(comparison: Comparison, workload: WorkloadResult) -> Comparison:
    """With the largest of the effects that the workload's A/A controls could have shown in this metric."""
    effects = [
        one.minimum_detectable_effect
        for one in over_twins(workload)
        if one.metric == comparison.metric and one.minimum_detectable_effect is not None
    ]
    return comparison.replace(minimum_detectable_effect=max(effects, default=None))


def judged_together(comparisons: Sequence[Comparison], least: bool) -> list[Comparison]:
    """All of them decided as one family; with `least`, none below its minimum detectable effect is called a difference."""
    raw = [one.p_value for one in comparisons if one.p_value is not None]
    adjusted = iter(holm(raw))
    return [one if one.p_value is None else _judged(one, next(adjusted), len(raw), least) for one in comparisons]


def _judged(comparison: Comparison, adjusted: float, family: int, least: bool) -> Comparison:
    one = comparison.replace(adjusted_p_value=adjusted)
    if one.verdict == "cannot tell" or one.ratio is None:
        return one
    reason = why_tie(one.ratio, one.interval, adjusted, family, one.minimum_detectable_effect if least else None)
    side = "higher" if one.ratio > 1 else "lower"
    return one.replace(verdict="tie" if reason else side, reason=reason)


def why_tie(ratio: float, interval: Interval | None, adjusted: float, family: int, effect: float | None) -> str | None:
    """Why a ratio cannot be told from 1, or None: its interval, its p-value in the family, or the least that could be told."""
    if interval is None or interval.low <= 1 <= interval.high:
        return HOLDS_ONE
    if adjusted >= FAMILY_ERROR:
        return f"not after Holm's correction: p = {adjusted:.2g} among {family}"
    if effect is not None and relative_difference(ratio) < effect:
        return f"below what the A/A control could show: {m.percent(effect)}"
    return None
