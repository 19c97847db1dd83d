"""Plots of how figures move with the load: goodput against connections, latency against the rate of an open loop.

One line a contender, with its mark and name in the list at the side; bars are 95% intervals, or ranges of few trials.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.checks.affected import marked
from analysis.model import metric as m
from analysis.model.comparison import Figure
from analysis.model.metric import Metric
from analysis.model.summary import Summary, WorkloadResult
from analysis.plots.drawing import Axes, Canvas, drawn_with
from analysis.plots.metrics import BAR
from analysis.plots.plot import Plot
from analysis.plots.style import LINES, WIDTH_IN, Look, headline, looks, named, plain_log_ticks, reach, save, ticks_at, written

FEWEST_POINTS = 3
HEIGHT_IN = 3.6
TAIL = (m.LATENCY_P50, m.LATENCY_P99, m.LATENCY_P999)
Point = tuple[float, Figure]
"""Place on the x axis and what was measured there."""


class Drawn(NamedTuple):
    """A contender's line in one panel: the doubts of its points, or why it has none."""

    label: str
    doubts: list[str]
    refused: str | None


def write_load_plots(summary: Summary, folder: Path) -> list[Plot]:
    """Write the plots that the run has workloads for, as SVG and PNG."""
    plots = []
    look = {label: look for label, look in looks(summary.workloads).items() if not look.hollow}
    if by_request := sweeps_of_connections(summary.workloads):
        plots.append(_connections(by_request, look, folder / "connections"))
    if len(opened := open_loops(summary.workloads)) >= FEWEST_POINTS:
        plots.append(_rates(opened, look, folder / "rates"))
    return plots


def sweeps_of_connections(workloads: Sequence[WorkloadResult]) -> dict[str, list[WorkloadResult]]:
    """Request -> closed loops of it by one generator, by their connections; of those that three or more were measured with."""
    closed = [workload for workload in workloads if workload.rate is None and workload.contenders]
    asked = {workload.label: workload.sending.generator for workload in reversed(closed)}
    by_request = {
        workload.label: sorted(
            (other for other in closed if (other.label, other.sending.generator) == (workload.label, asked[workload.label])),
            key=lambda w: w.connections,
        )
        for workload in closed
    }
    return {
        label: sweep
        for label, sweep in by_request.items()
        if len({workload.connections for workload in sweep}) >= FEWEST_POINTS
    }


def open_loops(workloads: Sequence[WorkloadResult]) -> list[WorkloadResult]:
    """Open loops, from the lowest share of a service's own capacity to the highest, then those at a rate that is common to all:
    shares, and numbers.
    """
    opened = [workload for workload in workloads if workload.rate is not None and workload.contenders]

    def order(workload: WorkloadResult) -> tuple[bool, float, int]:
        assert workload.rate is not None
        return not workload.rate.is_own, workload.rate.share or 1.0, workload.rate.per_s or 0

    return sorted(opened, key=order)


def _connections(by_request: dict[str, list[WorkloadResult]], look: Mapping[str, Look], stem: Path) -> Plot:
    def draw(canvas: Canvas) -> list[Drawn]:
        drawn: list[Drawn] = []
        for axes, (label, workloads) in zip(
            canvas.subplots(1, len(by_request), squeeze=False)[0], by_request.items(), strict=True
        ):
            axes.set_title(label)
            counts = [workload.connections for workload in workloads]
            drawn += _lines(axes, workloads, look, m.GOODPUT, counts, len(counts))
            axes.set_xscale("log")
            ticks_at(axes, counts, [f"{count}" for count in counts])
            axes.set_ylim(bottom=0)
            axes.set_xlabel("connections, log scale")
            axes.set_ylabel(m.GOODPUT.unit)
            axes.yaxis.set_major_formatter(written)
        return drawn

    title = "Goodput against connections (more is better)"
    return _write(title, f"Closed loops that differ in nothing but the number of connections. {BAR}", draw, look, stem)


def _rates(workloads: Sequence[WorkloadResult], look: Mapping[str, Look], stem: Path) -> Plot:
    def draw(canvas: Canvas) -> list[Drawn]:
        drawn: list[Drawn] = []
        panels = canvas.subplots(1, len(TAIL), sharey=True, squeeze=False)[0]
        places = list(range(len(workloads)))
        for axes, metric in zip(panels, TAIL, strict=True):
            axes.set_title(metric.title)
            joined = sum(workload.rate is not None and workload.rate.is_own for workload in workloads)
            drawn += _lines(axes, workloads, look, metric, places, joined)
            axes.set_yscale("log")
            ticks_at(axes, places, [_load(workload) for workload in workloads])
            axes.set_xlim(-0.4, len(places) - 0.6)
        for axes in panels:
            plain_log_ticks(axes.yaxis)
        panels[0].set_ylabel("ms, log scale")
        numbers = any(workload.rate is not None and workload.rate.per_s is not None for workload in workloads)
        canvas.supxlabel(f"rate, share of capacity{', or requests/s' if numbers else ''}", fontsize=9)
        return drawn

    requests = ", ".join(dict.fromkeys(workload.label for workload in workloads))
    caption = (
        "Open loops: requests come at a fixed rate whether answers come or not, and latency counts from when one was due. "
        f"{BAR}"
    )
    return _write(f"Latency against rate, {requests} (less is better)", caption, draw, look, stem)


def _load(workload: WorkloadResult) -> str:
    assert workload.rate is not None
    if workload.rate.per_s is not None:
        return f"{workload.rate.per_s:,}/s"
    common = "\nsame for all" if workload.rate.whose == "common" else ""
    return f"{workload.rate.share:.0%}{common}"


def _lines(
    axes: Axes,
    workloads: Sequence[WorkloadResult],
    look: Mapping[str, Look],
    metric: Metric,
    places: Sequence[float],
    joined: int,
) -> list[Drawn]:
    """A line for each contender, through the first `joined` places; what was drawn, and of whom nothing could be."""
    drawn = []
    for label, one_look in look.items():
        figures = [
            (position, figure)
            for position, workload in zip(places, workloads, strict=True)
            for contender in workload.contenders
            if contender.label == label and (figure := contender.figures.get(metric.name)) is not None
        ]
        points = [(position, figure) for position, figure in figures if figure.value is not None]
        refusals = [figure.refused for _, figure in figures if figure.refused]
        doubts = list(dict.fromkeys(name for _, figure in points for name in figure.doubts))
        _line(axes, points, places[joined - 1] if joined else -1, one_look)
        if figures:
            drawn.append(Drawn(label, doubts, None if points else next(iter(refusals), "no figure")))
    return drawn


def _line(axes: Axes, points: Sequence[Point], last: float, look: Look) -> None:
    """Points with their intervals, those up to the place `last` joined."""
    for position, figure in points:
        axes.plot([position, position], reach(figure), color=look.colour, linewidth=3, alpha=0.45, solid_capstyle="butt")
    for style, part in (("-", [point for point in points if point[0] <= last]), ("none", points)):
        values = [figure.value or 0.0 for _, figure in part]
        axes.plot([position for position, _ in part], values, linestyle=style, linewidth=1.2, **{**look.mark, "markersize": 5})


def _notes(drawn: Sequence[Drawn]) -> dict[str, str]:
    """Of each contender every reason to doubt a point of its lines, or why it has none."""
    by_label: dict[str, list[Drawn]] = {}
    for draw in drawn:
        by_label.setdefault(draw.label, []).append(draw)
    return {
        label: "\n".join(dict.fromkeys(marked("", [name]) for line in lines for name in line.doubts))
        if any(line.refused is None for line in lines)
        else f"not shown: {lines[0].refused}"
        for label, lines in by_label.items()
    }


def _write(title: str, caption: str, draw: Callable[[Canvas], list[Drawn]], look: Mapping[str, Look], stem: Path) -> Plot:
    with drawn_with(LINES):
        canvas = Canvas(figsize=(WIDTH_IN * 1.25, HEIGHT_IN), layout="constrained")
        headline(canvas, title)
        notes = _notes(draw(canvas))
        named(canvas, {label: drawn_as for label, drawn_as in look.items() if label in notes}, notes)
        return Plot(stem.name, title, caption, save(canvas, stem))
