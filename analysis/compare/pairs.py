"""The paired ratios of one run that a comparison of runs is made from. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.model.comparison import Comparison
from analysis.model.summary import WorkloadResult, contender_of, over_twins
from analysis.stats.interval import ratio_of_pairs

SAME = 1e-9
"""Two ratios of the same pairs differ by no more than their rounding."""


@dataclass(frozen=True)
class Pairs:
    """Ratios of a contender over the baseline, one a round; without any, or where they tell nothing, `reason` says why."""

    each: list[float]
    reason: str | None
    doubts: list[str]
    minimum_detectable_effect: float | None


def pairs_of(workload: WorkloadResult, label: str, over: str, metric: str) -> Pairs:
    """The contender's ratios over the baseline in this metric."""
    comparison = next(
        (
            comparison
            for comparison in (*workload.comparisons, *workload.over_controls)
            if comparison.metric == metric and {comparison.numerator, comparison.denominator} == {label, over}
        ),
        None,
    )
    if comparison is None:
        return Pairs([], f"{label} was not set over {over} in this metric", [], None)
    each = comparison.each or _from_figures(workload, comparison)
    reason = comparison.reason if comparison.verdict == "cannot tell" else None
    if not each:
        reason = reason or "its ratios were not kept round by round, and a trial is missing; primebench report RUN keeps them"
    if comparison.numerator != label:
        each = [1 / ratio for ratio in each]
    return Pairs(each, reason, comparison.doubts, _effect(workload, comparison))


def _effect(workload: WorkloadResult, comparison: Comparison) -> float | None:
    """What the A/A controls could have shown, which comparisons over a control do not carry: they claim nothing."""
    of_twins = [comparison.minimum_detectable_effect]
    if comparison not in workload.comparisons:
        of_twins += [
            over_twin.minimum_detectable_effect for over_twin in over_twins(workload) if over_twin.metric == comparison.metric
        ]
    return max((of_twin for of_twin in of_twins if of_twin is not None), default=None)


def _from_figures(workload: WorkloadResult, comparison: Comparison) -> list[float]:
    """The ratios of a summary from before they were kept: of the values that each side has one a trial of.

    Only if every trial has its partner, so that both are in the order of rounds, and the ratio comes out as it was found.
    """
    sides = [contender_of(workload, label) for label in (comparison.numerator, comparison.denominator)]
    if None in sides or comparison.ratio is None:
        return []
    of_a, of_b = (side.figures[comparison.metric].each if side else [] for side in sides)
    if not len(of_a) == len(of_b) == comparison.pairs or not _all_positive(of_a, of_b):
        return []
    again = ratio_of_pairs(of_a, of_b).ratio
    if not math.isclose(again, comparison.ratio, rel_tol=SAME):
        return []
    return [a / b for a, b in zip(of_a, of_b, strict=True)]


def _all_positive(*sides: Sequence[float]) -> bool:
    return all(value > 0 for values in sides for value in values)
