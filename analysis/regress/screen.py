"""The regression verdict on one screen: a section a workload, a row a metric, then controls, flags, what to do next. Pure."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from analysis.model import metric as m
from analysis.model.flag import GENERATOR_BOUND
from analysis.regress.look import failed
from analysis.regress.model import RegressResult
from analysis.regress.next_steps import SHORT, amount
from analysis.regress.verdict import ControlVerdict, MetricVerdict
from analysis.text.printable import printable
from loadgen.record.regress import Side
from loadgen.record.trial import MICROBENCH

BARS = " ▁▂▃▄▅▆▇█"
BARS_IN_ASCII = " .:-=+*#@"
BINS = 13
REACH = 0.05
WIDTHS = (29, 21, 12, 5, 6)
"""Of the columns that fit into 80 characters; the strip of pairs is shown where there is room for it."""
GAP = 1
LAYER_TITLES = {"microbench": "benchmarks", "instructions": "instructions (callgrind)", "size": "artefact"}
ROW_KINDS = ("pass", "regression", "inconclusive")
STRIP_FROM = sum(WIDTHS) + GAP * len(WIDTHS) + BINS + 2


class Line(NamedTuple):
    """One line of the screen; `kind` says how it is to be coloured, or nothing."""

    text: str
    kind: str = ""


def screen(result: RegressResult, *, width: int = 80, unicode: bool = True) -> list[Line]:
    """Everything that the terminal shows, in lines that are not longer than `width` where words allow it."""
    strips = width >= STRIP_FROM
    lines = [Line(compared(result)), Line("")]
    head = ["worse by, with interval", "verdict", "pairs", "sees"]
    lines.append(Line(_row(["", *head], f"{-REACH:+.0%} to {REACH:+.0%}" if strips else "", heading=True)))
    for (service, title), group in groupby(result.metrics, key=lambda metric: (metric.service, section(metric))):
        metrics = list(group)
        several = len({metric.service for metric in result.metrics}) > 1
        lines.append(Line(f"{service}: {title}" if several else title, "section"))
        lines += [_metric_line(metric_verdict, strips, unicode) for metric_verdict in folded(metrics)]
    lines += [Line(""), *_control_lines(result), *_notes(result)]
    lines += [Line(""), Line(headline(result), result.outcome)]
    if result.ended_because:
        lines.append(Line(f"  {result.ended_because}"))
    lines += [Line(f"  - {step}") for step in result.next_steps]
    return [part for line in lines for part in _wrapped(Line(printable(line.text), line.kind), width)]


def _wrapped(line: Line, width: int) -> list[Line]:
    """The line in parts of at most `width`, the later ones indented further."""
    if len(line.text) <= width or (line.kind in ROW_KINDS and line.text.startswith("  ")):
        return [line]
    indent = " " * (len(line.text) - len(line.text.lstrip()) + 2)
    parts = textwrap.wrap(line.text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [Line(part, line.kind) for part in parts]


def compared(result: RegressResult) -> str:
    """What was set over what."""
    sides = f"head {_named(result.head)} against base {_named(result.base)}"
    return f"{sides}: the same sources, an A/A run" if result.same_sources else sides


def _named(side: Side) -> str:
    commit = side.commit[:SHORT] if side.commit else ""
    changed = f", {len(side.changed)} files changed" if side.changed else ""
    return f"{side.asked} ({commit}{changed})" if commit else side.asked


def section(metric: MetricVerdict) -> str:
    """The heading that a metric stands under."""
    return LAYER_TITLES.get(metric.layer, f"{metric.workload} under load")


def folded(metrics: Sequence[MetricVerdict]) -> Iterator[MetricVerdict | Sequence[MetricVerdict]]:
    """The metrics as rows: those without noise that pass are one row together."""
    quiet = [metric for metric in metrics if metric.exact and metric.outcome == "pass"]
    for metric in metrics:
        if metric not in quiet or len(quiet) == 1:
            yield metric
    if len(quiet) > 1:
        yield quiet


def _metric_line(row: MetricVerdict | Sequence[MetricVerdict], strips: bool, unicode: bool) -> Line:
    if not isinstance(row, MetricVerdict):
        worst = max(metric.worse or 0.0 for metric in row) - 1
        return Line(_row([f"{len(row)} benchmarks", f"{worst:+.2%} at most", "pass", "exact", ""], ""), "pass")
    verdict = row.outcome.upper() if row.outcome == "regression" else row.outcome
    sees = "" if row.minimum_detectable_effect is None else m.percent(row.minimum_detectable_effect)
    cells = [row_name(row), _short(amount(row)), verdict, "exact" if row.exact else str(row.pairs), sees]
    doubts = "".join(f" !{check}" for check in row.doubts)
    return Line(_row(cells, strip(row, unicode) if strips else "") + doubts, row.outcome)


def row_name(metric: MetricVerdict) -> str:
    """Within its section: a benchmark by its name, all else by the metric's title."""
    return metric.workload if metric.layer in ("microbench", "instructions") else m.BY_NAME[metric.metric].title


def _short(text: str) -> str:
    """An interval without the signs that a reader can do without: +0.04% [-0.14, +0.22]."""
    head, bracket, interval = text.partition(" [")
    return head + bracket + interval.replace("%", "") if bracket else head


def _row(cells: Sequence[str], last: str, *, heading: bool = False) -> str:
    first, *rest = cells
    text = f"{'' if heading else '  '}{first}".ljust(WIDTHS[0] + (0 if heading else 1))
    for cell, width in zip(rest, WIDTHS[1:], strict=True):
        text += " " * GAP + (cell.ljust(width) if width > 10 else cell.rjust(width))
    return f"{text}  {last}".rstrip()


def strip(metric: MetricVerdict, unicode: bool = True) -> str:
    """The pairs as a small histogram over -5% to +5%; what lies beyond is in the outermost bins."""
    if not metric.logs:
        return ""
    counts = [0] * BINS
    for log in metric.logs:
        index = round((log / REACH + 1) / 2 * (BINS - 1))
        counts[min(max(index, 0), BINS - 1)] += 1
    bars = BARS if unicode else BARS_IN_ASCII
    highest = max(counts)
    return "".join(bars[-(-count * (len(bars) - 1) // highest)] for count in counts)


def _control_lines(result: RegressResult) -> list[Line]:
    if not result.controls:
        return []
    lines = [
        Line("controls: base against itself, linked in another order (must stay silent) and slowed (must be found)", "section")
    ]
    several = len({control.service for control in result.controls}) > 1
    for (service, workload), group in groupby(result.controls, key=lambda control: (control.service, control.workload)):
        controls = list(group)
        has_failed = any(map(failed, controls))
        name = "benchmarks" if workload == MICROBENCH else workload
        evidence = "; ".join(_control(control) for control in controls)
        lines.append(Line(f"  {f'{service}: ' if several else ''}{name}: {evidence}", "invalid" if has_failed else ""))
    return lines


def _control(control: ControlVerdict) -> str:
    if control.kind == "relinked":
        state = {True: "silent", False: f"FIRED, {control.evidence}", None: "not told"}[control.kept]
    else:
        evidence = control.evidence.partition(";")[0]
        state = f"found, {evidence}" if control.kept else f"NOT FOUND, {evidence}" if failed(control) else "not told"
    return f"{control.kind}: {state} ({control.pairs} pairs)"


def _notes(result: RegressResult) -> list[Line]:
    limits: dict[tuple[float, float | None], list[str]] = {}
    for metric in result.metrics:
        titles = limits.setdefault((metric.margin, metric.exclude), [])
        title = m.BY_NAME[metric.metric].title
        if title not in titles:
            titles.append(title)
    evidence = "; ".join(
        f"{', '.join(titles)} {m.percent(margin)}" + ("" if exclude is None else f", excluded {m.percent(exclude)}")
        for (margin, exclude), titles in limits.items()
    )
    lines = [*(Line(f"note: {note}") for note in result.notes), Line(f"margins: {evidence}")]
    levels = {metric.interval.level for metric in result.metrics if metric.interval}
    if levels:
        lines.append(
            Line(
                f"intervals at {max(levels):.3%}: an error of {result.family_error:.0%} is shared by {result.family} metrics "
                f"and {len(result.looks)} looks; 'sees': what 80% of such runs would call a regression"
            )
        )
    for doubted in result.flags:
        group = (doubted.service, doubted.workload)
        judged = {metric.metric for metric in result.metrics if (metric.service, metric.workload) == group}
        if doubted.flag.check == GENERATOR_BOUND and m.GOODPUT.name not in judged:
            lines.append(Line(f"{' '.join(group)}: goodput and latency are not judged: they are the generator's"))
    return lines + [
        Line(
            f"!{doubted.flag.check}: {doubted.service} {doubted.workload}, {doubted.raised_by} of {doubted.trials} trials: "
            f"{doubted.flag.evidence}; threshold: {doubted.flag.threshold}; {doubted.flag.remedy}"
        )
        for doubted in result.flags
    ]


def headline(result: RegressResult) -> str:
    """The outcome in a line."""
    counts = {
        outcome: sum(metric.outcome == outcome for metric in result.metrics)
        for outcome in ("regression", "pass", "inconclusive")
    }
    counted = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    return f"{result.outcome.upper()}: {counted or 'nothing was judged'}"
