"""Markdown for GitHub's job summary or a comment on a pull request: the verdict first, what is long folded away."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from analysis.regress.export.explained import explained
from analysis.regress.export.markdown_text import code, inert, plain
from analysis.regress.export.quantity import quantity_of
from analysis.regress.export.wording import HEADLINES, change, commit_of, interval
from analysis.regress.model import DoubtedFlag, RegressResult
from analysis.regress.verdict import ControlVerdict, MetricVerdict
from analysis.text.printable import in_one_line
from loadgen.counted import counted
from loadgen.record.regress import Side

Item = TypeVar("Item")

SYMBOLS = {"pass": "✅", "regression": "❌", "inconclusive": "❔", "invalid": "⚠️"}
MOST_ROWS = 50
"""GitHub refuses a comment beyond 65,536 characters; the rest is in verdict.json."""
HEADS = ("", "slow-down", "interval", "margin", "verdict", "pairs", "detectable")


def job_summary(result: RegressResult, *, linked: bool = False) -> str:
    """The verdict with its metrics, controls, flags and next steps. Everything from outside is escaped.

    In the run's folder its other pages are `linked`.
    """
    blocks = [
        f"## {SYMBOLS[result.outcome]} primebench: {HEADLINES[result.outcome]}",
        f"{_side(result.head)} against {_side(result.base)}{_how(result)}",
        _listed(result.invalid, code),
        *_metrics(result),
        *(explained(explanation, linked=linked) for explanation in result.explanations),
        _listed(result.notes, code, title="**Not judged**\n\n"),
        _listed(result.next_steps, plain, title="**Next steps**\n\n"),
        _folded("controls", result.controls, _control),
        _folded("flags", result.flags, _flag),
        _folding("how to repeat it", f"<pre>{inert(shlex.join(map(in_one_line, result.command)))}</pre>\n\n{_where(result)}"),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _side(side: Side) -> str:
    return f"{code(side.asked)} ({code(commit_of(side))})"


def _how(result: RegressResult) -> str:
    notes = ["the base is where their histories part"] if result.merge_base else []
    notes += ["both sides have the same sources"] if result.same_sources else []
    return "".join(f"; {note}" for note in notes)


def _metrics(result: RegressResult) -> Iterator[str]:
    """What decided, in sight; the table of all others folded if it is long."""
    if not result.metrics:
        return
    decided = [metric for metric in result.metrics if metric.outcome == "regression" or metric.blocks]
    others = [metric for metric in result.metrics if metric not in decided]
    if len(result.metrics) <= MOST_ROWS / 4:
        decided, others = list(result.metrics), []
    if decided:
        yield _table(decided)
    if others:
        yield _folding(f"{counted(len(others), 'metric')} that did not decide", _table(others))
    yield (
        f"Slow-down: + is worse, whichever way the metric counts. Family-wise error {result.family_error:.1%} over "
        f"{counted(result.family, 'metric')}. Detectable: the least slow-down that 80% of such runs would have found."
    )


def _table(metrics: Sequence[MetricVerdict]) -> str:
    lines = [f"| {' | '.join(HEADS)} |", "|---|" + "---:|" * (len(HEADS) - 1), *map(_row, metrics[:MOST_ROWS])]
    return "\n".join(lines) + _more(len(metrics), "\n\n")


def _row(metric: MetricVerdict) -> str:
    where = code(" ".join(part for part in (metric.service, metric.workload) if part))
    effect = metric.minimum_detectable_effect
    cells = (
        f"{where} {plain(quantity_of(metric).metric.title)}",
        change(metric),
        interval(metric),
        f"{metric.margin:.1%}",
        f"{SYMBOLS[metric.outcome]} {metric.outcome}{'' if metric.required else ', not required'}: "
        f"{plain(metric.reason)}{_doubts(metric)}",
        str(metric.pairs),
        "–" if effect is None else f"{effect:.1%}",
    )
    return f"| {' | '.join(cells)} |"


def _doubts(metric: MetricVerdict) -> str:
    return f"; in doubt: {', '.join(map(code, metric.doubts))}" if metric.doubts else ""


def _control(control: ControlVerdict) -> str:
    said = {True: "✅ kept", False: "❌ failed", None: "❔ cannot tell"}[control.kept]
    measured = f"{code(f'{control.service} {control.workload}')}, {counted(control.pairs, 'pair')}"
    return f"{said}: base {control.kind}, {measured}: {code(control.evidence)}"


def _flag(flag: DoubtedFlag) -> str:
    return (
        f"{code(flag.flag.check)} in {flag.raised_by} of {counted(flag.trials, 'trial')} of "
        f"{code(f'{flag.service} {flag.workload}')}: "
        f"{code(flag.flag.evidence)}; threshold: {code(flag.flag.threshold)}; {code(flag.flag.remedy)}"
    )


def _where(result: RegressResult) -> str:
    measured = "" if result.measured_s is None else f", measured for {result.measured_s:.0f} s"
    ended = "" if result.ended_because is None else f" ({plain(result.ended_because)})"
    machine = result.machine
    return (
        f"Run {code(result.run_id)}{measured}{ended}, primebench {code(result.primebench_version)}, on "
        f"{code(machine.cpu_model)}, {counted(machine.cores, 'core')}, {code(machine.system)}."
    )


def _folded(title: str, items: Sequence[Item], write: Callable[[Item], str]) -> str:
    return _folding(f"{title} ({len(items)})", _listed(items, write)) if items else ""


def _listed(items: Sequence[Item], write: Callable[[Item], str], title: str = "") -> str:
    if not items:
        return ""
    return title + "\n".join(f"* {write(item)}" for item in items[:MOST_ROWS]) + _more(len(items), "\n")


def _more(count: int, before: str) -> str:
    return f"{before}* and {count - MOST_ROWS} more, in verdict.json" if count > MOST_ROWS else ""


def _folding(title: str, text: str) -> str:
    """The empty lines make GitHub read Markdown inside of HTML."""
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"
