"""Who stands where under a workload: the order in which services are shown, and by how much they need more. Pure."""

import math
from collections.abc import Sequence

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.invert import inverted
from analysis.model.summary import ContenderResult, WorkloadResult, told

ARTICLE = "article"


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
