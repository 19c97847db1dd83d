"""Latency quantiles on an axis of nines: each step to the right is ten times rarer."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.model import metric as m
from analysis.model.summary import Summary, WorkloadResult
from analysis.plots.drawing import Axes, Canvas
from analysis.plots.grid import line_panels, wrapped
from analysis.plots.load import open_loops
from analysis.plots.metrics import one_a_request, panel_title
from analysis.plots.plot import Plot
from analysis.plots.style import Look, label_ends, looks, plain_log_ticks, save, ticks_at
from analysis.trial.tail import MARKS

TITLE = "Latency by quantile: how slow the slowest requests are (less is better)"
CAPTION = (
    "All requests of all trials together; a line ends where a trial has fewer than ten requests beyond. Shaded: the 95% "
    "interval over the trials, or their range where they are too few. In a closed loop the next request waits for the answer "
    "before; an open loop sends at a fixed rate, and latency counts from when a request was due."
)


def write_tail_plot(summary: Summary, folder: Path) -> list[Plot]:
    """Write the plot as SVG and PNG, one panel a workload, if any has a tail."""
    workloads = [
        workload
        for workload in (*one_a_request(summary.workloads), *open_loops(summary.workloads))
        if any(other.tail and other.twin_of is None for other in workload.contenders)
    ]
    if not workloads:
        return []
    look = looks(summary.workloads)
    with line_panels(len(workloads), TITLE) as (canvas, panels):
        for axes, workload in zip(panels, workloads, strict=True):
            _panel(axes, workload, look)
        _name_lines(canvas, panels, workloads, look)
        return [Plot("latency_tail", TITLE, CAPTION, save(canvas, folder / "latency_tail"))]


def nines(quantile: float) -> float:
    """0.9 is one nine, 0.99 two: the place of a quantile on the axis."""
    return -math.log10(1 - quantile)


def _panel(axes: Axes, workload: WorkloadResult, look: Mapping[str, Look]) -> None:
    axes.set_title(wrapped(panel_title(workload)))
    longest = 0.0
    missing = 0
    for contender in (other for other in workload.contenders if other.twin_of is None):
        if contender.tail is None:
            why = contender.figures[m.LATENCY_P50.name].refused or "too few requests a trial"
            text = f"{look[contender.label].title}: not shown: {why}"
            axes.text(0.03, 0.95 - 0.08 * missing, text, va="top", style="italic", fontsize=8, transform=axes.transAxes)
            missing += 1
            continue
        places = [nines(quantile) for quantile in contender.tail.quantiles]
        longest = max(longest, places[-1])
        axes.fill_between(
            places, contender.tail.low_ms, contender.tail.high_ms, color=look[contender.label].colour, alpha=0.18, linewidth=0
        )
        axes.plot(places, contender.tail.latency_ms, color=look[contender.label].colour, linewidth=1.6)
        axes.plot(places[-1], contender.tail.latency_ms[-1], **{**look[contender.label].mark, "markersize": 5})
    marks = [mark for mark in MARKS if nines(mark) <= longest + 1e-9]
    ticks_at(axes, [nines(mark) for mark in marks], [f"P{mark * 100:g}" for mark in marks])
    axes.set_xlim(nines(0.5), nines(0.5) + (longest - nines(0.5) or 1) * 1.5)
    axes.set_yscale("log")
    axes.set_ylabel("ms, log scale")


def _name_lines(canvas: Canvas, panels: Sequence[Axes], workloads: Sequence[WorkloadResult], look: Mapping[str, Look]) -> None:
    canvas.draw_without_rendering()
    for axes, workload in zip(panels, workloads, strict=True):
        plain_log_ticks(axes.yaxis)
        tails = {
            contender.label: contender.tail
            for contender in workload.contenders
            if contender.tail is not None and contender.twin_of is None
        }
        label_ends(axes, [(nines(tail.quantiles[-1]), tail.latency_ms[-1], look[label].title) for label, tail in tails.items()])
