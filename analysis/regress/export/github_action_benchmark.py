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
    entries = [_entry(result, one) for one in kept(result) if quantity_of(one).metric.better == better]
    return strict_json(entries)


def _entry(result: RegressResult, one: MetricVerdict) -> dict[str, str | float | None]:
    quantity = quantity_of(one)
    entry: dict[str, str | float | None] = {
        "name": f"{place(one)}: {quantity.metric.title}",
        "unit": quantity.unit,
        "value": one.head,
        "extra": f"{sides(result)}\n{found(one)}",
    }
    spread = _range(one)
    return entry if spread is None else entry | {"range": spread}


def _range(one: MetricVerdict) -> str | None:
    """± the longer half of the 95% interval of head's median.

    The action draws what follows ±, if that is at least two characters of a plain number (src/extractRangeInfo.ts).
    """
    interval = median_interval(one.head_values)
    if interval is None or one.head is None:
        return None
    half = max(interval.high - one.head, one.head - interval.low)
    return f"± {float(f'{half:.4g}')}"
