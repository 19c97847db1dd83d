"""Which figures another tool may keep, and under which name."""

import math
import re

from analysis.regress.model import RegressResult
from analysis.regress.verdict import MetricVerdict
from analysis.text.printable import in_one_line

MARKUP = re.compile("[`|<>]")


def kept(result: RegressResult) -> list[MetricVerdict]:
    """The metrics that were measured, without values that are no numbers; none of an invalid run, whose figures would stay in a
    history that nobody corrects.
    """
    if result.outcome == "invalid":
        return []
    return [
        metric
        for metric in result.metrics
        if metric.head_values and all(map(math.isfinite, (*metric.base_values, *metric.head_values)))
    ]


def place(metric: MetricVerdict) -> str:
    """Where a metric was measured, service/layer/workload: the same from run to run, so that a history goes on.

    Without the characters that would end a cell of the tables that consumers write into comments (github-action-benchmark
    puts names between backticks).
    """
    return MARKUP.sub("_", "/".join(in_one_line(part) for part in (metric.service, metric.layer, metric.workload) if part))
