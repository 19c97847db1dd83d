"""JSON for github-action-benchmark, which keeps a history of head's figures: [{name, unit, value, range, extra}].

It has one direction a file: its tools customSmallerIsBetter and customBiggerIsBetter.
"""

from typing import Literal

from analysis.regress.export.kept import kept, place
from analysis.regress.export.quantity import quantity_of
from analysis.regress.export.strict_json import strict_json
from analysis.regress.export.wording import found, sides
from analysis.regress.model import RegressResult
from analysis.regress.verdict import MetricVerdict
from analysis.stats.interval import median_interval


def github_action_benchmark(result: RegressResult, better: Literal["higher", "lower"]) -> str:
    """Head's medians of the metrics that are better this way. Empty for an invalid run, which the action refuses to keep."""
    entries = [_entry(result, metric) for metric in kept(result) if quantity_of(metric).metric.better == better]
    return strict_json(entries)


def _entry(result: RegressResult, metric: MetricVerdict) -> dict[str, str | float | None]:
    quantity = quantity_of(metric)
    entry: dict[str, str | float | None] = {
        "name": f"{place(metric)}: {quantity.metric.title}",
        "unit": quantity.unit,
        "value": metric.head,
        "extra": f"{sides(result)}\n{found(metric)}",
    }
    spread = _range(metric)
    return entry if spread is None else entry | {"range": spread}


def _range(metric: MetricVerdict) -> str | None:
    """± the longer half of the 95% interval of head's median.

    The action draws what follows ±, if that is at least two characters of a plain number (src/extractRangeInfo.ts).
    """
    interval = median_interval(metric.head_values)
    if interval is None or metric.head is None:
        return None
    half = max(interval.high - metric.head, metric.head - interval.low)
    return f"± {float(f'{half:.4g}')}"
