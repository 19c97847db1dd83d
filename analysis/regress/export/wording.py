"""The sentences about a verdict that more than one format has."""

from analysis.regress.export.quantity import quantity_of
from analysis.regress.model import RegressResult
from analysis.regress.verdict import MetricVerdict
from analysis.text.printable import in_one_line
from loadgen.counted import counted
from loadgen.record.regress import Side

COMMIT_DIGITS = 12


def commit_of(side: Side) -> str:
    """The commit, short; files of a working tree that differ from it make it another thing, so `+changes` says so."""
    if side.commit is None:
        return "no commit"
    return side.commit[:COMMIT_DIGITS] + ("+changes" if side.changed else "")


def sides(result: RegressResult) -> str:
    """Head against base, as asked for and as commits, in one line."""
    head, base = (f"{in_one_line(side.asked)} ({commit_of(side)})" for side in (result.head, result.base))
    return f"{head} against {base}"


def change(verdict: MetricVerdict) -> str:
    """The estimate of head's cost over base's: + is worse."""
    return "–" if verdict.worse is None else f"{verdict.worse - 1:+.2%}"


def interval(metric: MetricVerdict) -> str:
    """The interval of `change` with its level; "exact" for what has no noise."""
    if metric.interval is None:
        return "exact" if metric.exact else "–"
    return f"[{metric.interval.low - 1:+.2%}, {metric.interval.high - 1:+.2%}] at {metric.interval.level:.2%}"


def found(metric: MetricVerdict) -> str:
    """The verdict on a metric in one line."""
    doubts = f"; in doubt: {', '.join(metric.doubts)}" if metric.doubts else ""
    measured = f"{quantity_of(metric).metric.title} {change(metric)} {interval(metric)}, {counted(metric.pairs, 'pair')}"
    return f"{measured}: {metric.outcome}, {metric.reason}{doubts}"


HEADLINES = {
    "pass": "no regression",
    "regression": "regression",
    "inconclusive": "cannot tell",
    "invalid": "the measurement is invalid",
}
"""What the outcome means, where it stands alone."""
