"""Ranks that are shared where nothing tells services apart. Pure."""

from collections.abc import Sequence

from analysis.model import metric as m
from analysis.model.comparison import Comparison


def ranks(comparisons: Sequence[Comparison]) -> dict[str, dict[str, int]]:
    """Metric -> label -> rank, from the decided comparisons of all pairs of services under one workload.

    A rank is 1 + the number of services that are better by verdict. A metric in which some pair cannot be told has no ranks:
    a missing verdict would count as a tie.
    """
    of_metric: dict[str, list[Comparison]] = {}
    for other in comparisons:
        of_metric.setdefault(other.metric, []).append(other)
    return {
        metric: _ranks(own_comparisons, m.BY_NAME[metric].better)
        for metric, own_comparisons in of_metric.items()
        if all(comparison.verdict != "cannot tell" for comparison in own_comparisons)
    }


def _ranks(comparisons: Sequence[Comparison], better: str) -> dict[str, int]:
    rank = {label: 1 for comparison in comparisons for label in (comparison.numerator, comparison.denominator)}
    for comparison in comparisons:
        if comparison.verdict != "tie":
            rank[comparison.denominator if comparison.verdict == better else comparison.numerator] += 1
    return rank
