"""Who stands where under a workload: the order in which services are shown, and by how much they need more. Pure."""

import math
from collections.abc import Sequence

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.invert import inverted
from analysis.model.summary import ContenderResult, WorkloadResult, between_services, paired_between

ARTICLE = "article"
HINDERED = 1.01
"""By so much the interval side by side lies outside of that alone: less is no more than what is left of the machine's drift."""


def main_workload(workloads: Sequence[WorkloadResult]) -> WorkloadResult:
    """The one of these, at least one, that the answer is about: the article's, else the closed loop with the most work."""
    heaviest = max(workloads, key=lambda workload: (workload.rate is None, amount(workload)))
    return next((workload for workload in workloads if workload.name == ARTICLE), heaviest)


def amount(workload: WorkloadResult) -> float:
    """How much work a request is; 0 where nobody knows."""
    return workload.work.amount if workload.work else 0.0


def best_first(workload: WorkloadResult) -> list[ContenderResult]:
    """The services, those that need the least CPU time for a request first."""
    ranks = workload.ranks.get(m.CPU_PER_REQUEST.name, {})

    def order(contender: ContenderResult) -> tuple[int, float]:
        figure = contender.figures.get(m.CPU_PER_REQUEST.name)
        value = figure.value if figure is not None else None
        return ranks.get(contender.label, len(ranks) + 1), math.inf if value is None else value

    return sorted((contender for contender in workload.contenders if not contender.control), key=order)


def cpu_over(workload: WorkloadResult, label: str) -> dict[str, Comparison]:
    """CPU time per request of each other service over that of one, by label."""
    comparisons: dict[str, Comparison] = {}
    for comparison in between_services(workload):
        if comparison.metric == m.CPU_PER_REQUEST.name and label in (comparison.numerator, comparison.denominator):
            over = comparison if comparison.denominator == label else inverted(comparison)
            comparisons[over.numerator] = over
    return comparisons


def hindered(workload: WorkloadResult) -> list[tuple[Comparison, Comparison]]:
    """The pairs whose CPU time per request has another ratio side by side than alone: both, that of paired trials first."""
    alone = {
        (comparison.metric, comparison.numerator, comparison.denominator): comparison for comparison in workload.comparisons
    }
    pairs = []
    for comparison in paired_between(workload):
        solo = alone.get((comparison.metric, comparison.numerator, comparison.denominator))
        if solo is None or comparison.interval is None or solo.interval is None:
            continue
        if comparison.interval.low > solo.interval.high * HINDERED or comparison.interval.high * HINDERED < solo.interval.low:
            pairs.append((comparison, solo))
    return pairs
