"""The sentences about a verdict that more than one format has."""

from analysis.regress.export.quantity import quantity_of
from analysis.regress.model import RegressResult
from analysis.regress.verdict import MetricVerdict
from analysis.text.printable import in_one_line
from loadgen.record.regress import Side

COMMIT_DIGITS = 12


def commit_of(side: Side) -> str:
    """The commit, short; files of a working tree that differ from it make it another thing, so `+changes` says so."""
    if side.commit is None:
        return "no commit"
    return side.commit[:COMMIT_DIGITS] + ("+changes" if side.changed else "")


def sides(result: RegressResult) -> str:
    """Head against base, as asked for and as commits, in one line."""
    head, base = (f"{in_one_line(one.asked)} ({commit_of(one)})" for one in (result.head, result.base))
    return f"{head} against {base}"


def change(one: MetricVerdict) -> str:
    """The estimate of head's cost over base's: + is worse."""
    return "–" if one.worse is None else f"{one.worse - 1:+.2%}"


def interval(one: MetricVerdict) -> str:
    """The interval of `change` with its level; "exact" for what has no noise."""
    if one.interval is None:
        return "exact" if one.exact else "–"
    return f"[{one.interval.low - 1:+.2%}, {one.interval.high - 1:+.2%}] at {one.interval.level:.2%}"


def found(one: MetricVerdict) -> str:
    """The verdict on a metric in one line."""
    doubts = f"; in doubt: {', '.join(one.doubts)}" if one.doubts else ""
    return (
        f"{quantity_of(one).metric.title} {change(one)} {interval(one)}, {one.pairs} pairs: {one.outcome}, {one.reason}{doubts}"
    )


HEADLINES = {
    "pass": "no regression",
    "regression": "regression",
    "inconclusive": "cannot tell",
    "invalid": "the measurement is invalid",
}
"""What the outcome means, where it stands alone."""
