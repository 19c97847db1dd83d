"""Bencher Metric Format: {benchmark: {measure: {value, lower_value, upper_value}}}, which Bencher keeps a history of.

Schema: https://bencher.dev/bmf.json. A benchmark's name may have 1024 characters, a measure's 64.
"""

from analysis.regress.export.kept import kept, place
from analysis.regress.export.quantity import quantity_of
from analysis.regress.export.strict_json import strict_json
from analysis.regress.model import RegressResult
from analysis.regress.verdict import MetricVerdict
from analysis.stats.interval import median_interval

LONGEST_NAME = 1024


def bencher_metric_format(result: RegressResult) -> str:
    """Head's medians with their own 95% intervals, where there are values enough for one; {} for an invalid run.

    Measures that Bencher has (latency in ns, throughput per second, file-size in bytes) are used for what is in that unit.
    """
    benchmarks: dict[str, dict[str, dict[str, float]]] = {}
    for metric in kept(result):
        benchmarks.setdefault(place(metric)[:LONGEST_NAME], {})[quantity_of(metric).measure] = _values(metric)
    return strict_json(benchmarks)


def _values(metric: MetricVerdict) -> dict[str, float]:
    assert metric.head is not None
    interval = median_interval(metric.head_values)
    spread = {} if interval is None else {"lower_value": interval.low, "upper_value": interval.high}
    return {"value": metric.head} | spread
