"""What whoever reads a verdict can do next, in sentences. Pure."""

import math
import shlex
from collections.abc import Sequence

from analysis.model import metric as m
from analysis.regress.look import failed
from analysis.regress.model import RegressResult
from analysis.regress.verdict import NEAR_A_LIMIT, MetricVerdict

SHORT = 12
MOST_NAMED = 4


def titled(verdict: MetricVerdict) -> str:
    """What a row of the verdict is about: workload or benchmark, and metric."""
    return " · ".join(part for part in (verdict.workload, m.BY_NAME[verdict.metric].title) if part)


def commit_range(result: RegressResult) -> str | None:
    """`base..head` in short commits; None where a side is not a commit, both are the same, or of two folders, which may be of
    two repositories.
    """
    base, head = result.base.commit, result.head.commit
    if base is None or head is None or base == head or (result.base.folder and result.head.folder):
        return None
    return f"{base[:SHORT]}..{head[:SHORT]}"


def _git(result: RegressResult) -> str:
    """git, in the repository that was judged."""
    repository = _option(result.command, "--repository")
    return "git" if repository is None else f"git -C {shlex.quote(repository)}"


def _option(command: Sequence[str], name: str) -> str | None:
    """The value of an option, after it or behind its =."""
    for index, word in enumerate(command):
        if word == name and index + 1 < len(command):
            return command[index + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None


def _of_each_commit(result: RegressResult) -> str:
    """The command that judges what a bisection has checked out, against the base, with settings as they were."""
    kept, words = [], iter(result.command)
    for word in words:
        if word.partition("=")[0] in ("--base", "--head", "--seed", "--export", "--history"):
            if "=" not in word:
                next(words, None)
        elif word != "--exact-base":
            kept.append(word)
    return shlex.join([*kept, "--base", result.base.commit or "", "--exact-base", "--head", "HEAD"])


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
        (metric for metric in result.metrics if metric.outcome == "regression"),
        key=lambda metric: metric.worse or 0.0,
        reverse=True,
    )
    named = "; ".join(f"{titled(metric)} {amount(metric)}" for metric in worse[:MOST_NAMED])
    more = f"; and {len(worse) - MOST_NAMED} more" if len(worse) > MOST_NAMED else ""
    commits = commit_range(result)
    places = [f"{_git(result)} log --oneline {commits}"] if commits else []
    if result.head.changed:
        listed = ", ".join(result.head.changed[:MOST_NAMED])
        others = len(result.head.changed) - MOST_NAMED
        places.append(f"what is not committed ({listed}{f', and {others} more' if others > 0 else ''})")
    elif not commits:
        places.append("the other folder")
    steps = [f"worse: {named}{more}", f"look at what changed: {'; '.join(places)}"]
    if {metric.layer for metric in worse} == {"instructions"}:
        steps.append(
            "more instructions, but no more time that could be shown: fewer instructions can be slower, and the reverse"
        )
    if commits and not result.head.changed:
        clone = "" if _option(result.command, "--repository") else " (in a clone, with --repository CLONE)"
        steps.append(
            f"to find the commit: {_git(result)} bisect start {result.head.commit} {result.base.commit}{clone}, then for each "
            f"{_of_each_commit(result)}: exit code 1 is bad, 0 good, any other to be skipped"
        )
    return steps


def amount(metric: MetricVerdict) -> str:
    """How much worse, with its interval."""
    if metric.worse is None:
        return "–"
    text = f"{metric.worse - 1:+.2%}"
    return text if metric.interval is None else f"{text} [{metric.interval.low - 1:+.2%}, {metric.interval.high - 1:+.2%}]"


def _after_a_pass(result: RegressResult) -> list[str]:
    limits = {
        metric.metric: metric.exclude for metric in result.metrics if metric.exclude is not None and metric.outcome == "pass"
    }
    excluded = ", ".join(f"{m.BY_NAME[name].title} {share:.0%}" for name, share in limits.items())
    steps = [f"nothing to do: a slow-down of this size is excluded: {excluded}"] if excluded else ["nothing to do"]
    untold = [metric for metric in result.metrics if metric.outcome == "inconclusive"]
    if untold:
        steps.append(f"not required, and not told: {_named(untold)}")
    return steps


def _after_an_inconclusive_run(result: RegressResult) -> list[str]:
    open_ones = [metric for metric in result.metrics if metric.blocks]
    if not open_ones:  # what was to be measured was not
        return [f"not decided: {'; '.join(result.notes) or 'nothing was measured'}; more time (--budget), or fewer layers"]
    steps = [f"not decided: {_named(open_ones)}"]
    steps += [
        f"{titled(metric)}: {metric.reason}"
        for metric in open_ones
        if metric.pairs_needed is None and metric.reason != NEAR_A_LIMIT
    ][:MOST_NAMED]
    known = [metric.pairs_needed for metric in open_ones if metric.pairs_needed is not None]
    pairs = max(metric.pairs for metric in open_ones)
    if len(known) == len(open_ones) and pairs and result.measured_s:
        budget_m = math.ceil(result.measured_s * max(known) / pairs / 60)
        looks = "" if max(known) <= result.looks[-1] else f", with looks up to {max(known)} in [regress]"
        steps.append(f"about {max(known) - pairs} more pairs would decide: --budget {budget_m}m{looks}; or a quieter machine")
    elif any(metric.reason == NEAR_A_LIMIT for metric in open_ones):
        steps.append(
            "the estimate is near a limit: more pairs will hardly decide; judge whether the size matters, or move the limit"
        )
    else:
        steps.append("more time (--budget), or a quieter machine")
    if any(metric.layer == "load" for metric in open_ones):
        steps.append("primebench regress --self-check 10m says which limits this machine can tell, and in what time")
    return steps


def _named(verdicts: Sequence[MetricVerdict]) -> str:
    named = "; ".join(f"{titled(verdict)} {amount(verdict)}" for verdict in verdicts[:MOST_NAMED])
    return named + (f"; and {len(verdicts) - MOST_NAMED} more" if len(verdicts) > MOST_NAMED else "")


def _after_an_invalid_run(result: RegressResult) -> list[str]:
    steps = [f"the measurement says nothing of the change: {line}" for line in result.invalid]
    if any(control.kind == "relinked" and failed(control) for control in result.controls):
        steps.append(
            "the same code in another layout differs by more than the margin: widen that margin, or leave the benchmark out "
            "(leave_out in [regress])"
        )
    elif any(control.kind == "slowed" and failed(control) for control in result.controls):
        steps.append("the machine is too noisy to see a slow-down of the size that was planted: give it more time, or quiet")
    return steps
