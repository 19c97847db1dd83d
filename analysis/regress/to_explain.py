"""What is explained after a verdict: which services under which workload, and which of their benchmarks. Pure."""

from collections.abc import Sequence

from analysis.regress.model import RegressResult
from analysis.regress.verdict import MetricVerdict
from loadgen.record.explain import Wanted

BENCHMARKS = ("microbench", "instructions")


def to_explain(result: RegressResult, *, always: bool) -> list[Wanted]:
    """Return what is to be explained of each service that has a regression, or with `always` of each: of those that regressed,
    else of all, the workload that is worst; and the benchmarks that regressed, with `always` else all, the worst first.

    A service that no load was put on has no workload, one whose benchmarks were not judged no benchmark.
    """
    wanted = []
    for service in dict.fromkeys(metric.service for metric in result.metrics):
        metrics = [metric for metric in result.metrics if metric.service == service]
        regressed = [metric for metric in metrics if metric.outcome == "regression"]
        loads = _names(regressed, "load") or _names(metrics, "load")
        benchmarks = _names(regressed, *BENCHMARKS) or (_names(metrics, *BENCHMARKS) if always else [])
        if loads and (regressed or always):
            wanted.append(Wanted(service, "request", (loads[0],)))
        if benchmarks:
            wanted.append(Wanted(service, "operation", tuple(benchmarks)))
    return wanted


def _names(metrics: Sequence[MetricVerdict], *layers: str) -> list[str]:
    """Return what was judged in these layers, each name once, the worst first."""
    own = sorted((metric for metric in metrics if metric.layer in layers), key=lambda metric: -(metric.worse or 0.0))
    return list(dict.fromkeys(metric.workload for metric in own))
