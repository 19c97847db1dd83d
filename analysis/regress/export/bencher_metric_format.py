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
    for one in kept(result):
        benchmarks.setdefault(place(one)[:LONGEST_NAME], {})[quantity_of(one).measure] = _values(one)
    return strict_json(benchmarks)


def _values(one: MetricVerdict) -> dict[str, float]:
    assert one.head is not None
    interval = median_interval(one.head_values)
    spread = {} if interval is None else {"lower_value": interval.low, "upper_value": interval.high}
    return {"value": one.head} | spread
