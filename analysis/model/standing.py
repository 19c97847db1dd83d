"""Who stands where under a workload: the order in which services are shown, and by how much they need more. Pure."""

import math
from collections.abc import Sequence

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.invert import inverted
from analysis.model.summary import ContenderResult, WorkloadResult, paired_between, told

ARTICLE = "article"
HINDERED = 1.01
"""By so much the interval side by side lies outside of that alone: less is no more than what is left of the machine's drift."""


def main_workload(workloads: Sequence[WorkloadResult]) -> WorkloadResult:
    """The one of these, at least one, that the answer is about: the article's, else the closed loop with the most work."""
    heaviest = max(workloads, key=lambda one: (one.rate is None, amount(one)))
    return next((one for one in workloads if one.name == ARTICLE), heaviest)


def amount(workload: WorkloadResult) -> float:
    """How much work a request is; 0 where nobody knows."""
    return workload.work.amount if workload.work else 0.0


def best_first(workload: WorkloadResult) -> list[ContenderResult]:
    """The services, those that need the least CPU time for a request first."""
    ranks = workload.ranks.get(m.CPU_PER_REQUEST.name, {})

    def order(one: ContenderResult) -> tuple[int, float]:
        figure = one.figures.get(m.CPU_PER_REQUEST.name)
        value = figure.value if figure is not None else None
        return ranks.get(one.label, len(ranks) + 1), math.inf if value is None else value

    return sorted((one for one in workload.contenders if not one.control), key=order)


def cpu_over(workload: WorkloadResult, label: str) -> dict[str, Comparison]:
    """CPU time per request of each other service over that of one, by label."""
    found: dict[str, Comparison] = {}
    for one in told(workload):
        if one.metric == m.CPU_PER_REQUEST.name and label in (one.numerator, one.denominator):
            over = one if one.denominator == label else inverted(one)
            found[over.numerator] = over
    return found


def hindered(workload: WorkloadResult) -> list[tuple[Comparison, Comparison]]:
    """The pairs whose CPU time per request has another ratio side by side than alone: both, that of paired trials first."""
    alone = {(one.metric, one.numerator, one.denominator): one for one in workload.comparisons}
    found = []
    for one in paired_between(workload):
        solo = alone.get((one.metric, one.numerator, one.denominator))
        if solo is None or one.interval is None or solo.interval is None:
            continue
        if one.interval.low > solo.interval.high * HINDERED or one.interval.high * HINDERED < solo.interval.low:
            found.append((one, solo))
    return found
