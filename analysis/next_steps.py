"""What whoever reads a verdict can do next, in sentences. Pure."""

import math
import shlex
from collections.abc import Sequence

from analysis import metric as m
from analysis.regress_result import RegressResult
from analysis.verdict import MetricVerdict

SHORT = 12
MOST_NAMED = 4


def titled(one: MetricVerdict) -> str:
    """What a row of the verdict is about: workload or benchmark, and metric."""
    return " · ".join(part for part in (one.workload, m.BY_NAME[one.metric].title) if part)


def commit_range(result: RegressResult) -> str | None:
    """`base..head` in short commits, or None where a side is not a commit, or both are the same."""
    base, head = result.base.commit, result.head.commit
    if base is None or head is None or base == head or result.head.changed:
        return None
    return f"{base[:SHORT]}..{head[:SHORT]}"


def next_steps(result: RegressResult) -> list[str]:
    """Sentences, the most important first."""
    again = f"the same measurement again: {shlex.join(result.command)}"
    steps = {
        "regression": _after_a_regression,
        "pass": _after_a_pass,
        "inconclusive": _after_an_inconclusive_run,
        "invalid": _after_an_invalid_run,
    }[result.outcome](result)
    return [*steps, again]


def _after_a_regression(result: RegressResult) -> list[str]:
    worse = sorted(
        (one for one in result.metrics if one.outcome == "regression"), key=lambda one: one.worse or 0.0, reverse=True
    )
    named = "; ".join(f"{titled(one)} {amount(one)}" for one in worse[:MOST_NAMED])
    more = f"; and {len(worse) - MOST_NAMED} more" if len(worse) > MOST_NAMED else ""
    commits = commit_range(result)
    where = f"git log --oneline {commits}" if commits else "the changes that are not committed, or in the other folder"
    steps = [f"worse: {named}{more}", f"look at what changed: {where}"]
    if {one.layer for one in worse} == {"instructions"}:
        steps.append(
            "more instructions, but no more time that could be shown: fewer instructions can be slower, and the reverse"
        )
    if commits:
        steps.append(
            f"to find the commit: git bisect start {result.head.commit} {result.base.commit}, then this command for each"
        )
    return steps


def amount(one: MetricVerdict) -> str:
    """How much worse, with its interval."""
    if one.worse is None:
        return "–"
    text = f"{one.worse - 1:+.2%}"
    return text if one.interval is None else f"{text} [{one.interval.low - 1:+.2%}, {one.interval.high - 1:+.2%}]"


def _after_a_pass(result: RegressResult) -> list[str]:
    limits = {one.metric: one.exclude for one in result.metrics if one.exclude is not None and one.outcome == "pass"}
    excluded = ", ".join(f"{m.BY_NAME[name].title} {share:.0%}" for name, share in limits.items())
    steps = [f"nothing to do: a slow-down of this size is excluded: {excluded}"] if excluded else ["nothing to do"]
    untold = [one for one in result.metrics if one.outcome == "inconclusive"]
    if untold:
        steps.append(f"not required, and not told: {_named(untold)}")
    return steps


def _after_an_inconclusive_run(result: RegressResult) -> list[str]:
    open_ones = [one for one in result.metrics if one.blocks]
    steps = [f"not decided: {_named(open_ones)}"]
    needed = [one.pairs_needed for one in open_ones]
    known = [count for count in needed if count is not None]
    pairs = max((one.pairs for one in open_ones), default=0)
    if known and len(known) == len(needed) and pairs and result.measured_s:
        budget_m = math.ceil(result.measured_s * max(known) / pairs / 60)
        looks = "" if max(known) <= result.looks[-1] else f", with looks up to {max(known)} in [regress]"
        steps.append(f"about {max(known) - pairs} more pairs would decide: --budget {budget_m}m{looks}; or a quieter machine")
    else:
        steps.append(
            "the estimate is near a limit: more pairs will hardly decide; judge whether the size matters, or move the limit"
        )
    return steps


def _named(verdicts: Sequence[MetricVerdict]) -> str:
    named = "; ".join(f"{titled(one)} {amount(one)}" for one in verdicts[:MOST_NAMED])
    return named + (f"; and {len(verdicts) - MOST_NAMED} more" if len(verdicts) > MOST_NAMED else "")


def _after_an_invalid_run(result: RegressResult) -> list[str]:
    steps = [f"the measurement says nothing of the change: {line}" for line in result.invalid]
    if any(control.kind == "relinked" and control.kept is False for control in result.controls):
        steps.append(
            "the same code in another layout differs by more than the margin: widen that margin, or leave the benchmark out "
            "(leave_out in [regress])"
        )
    elif any(control.kind == "slowed" and not control.kept for control in result.controls):
        steps.append("the machine is too noisy to see a slow-down of the size that was planted: give it more time, or quiet")
    return steps
