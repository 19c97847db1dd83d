"""Plots of how figures move with the load: goodput against connections, latency against the rate of an open loop.

One line a contender, told apart by colour and mark, which the names at the side show; bars are 95% intervals.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

from analysis import metric as m
from analysis.doubt import marked
from analysis.metric import Metric
from analysis.plot import COLOURS, DPI, MARKERS, STYLE, WIDTH_IN, written
from analysis.summary import Figure, Summary, WorkloadResult

FEWEST_POINTS = 3
HEIGHT_IN = 3.6
TAIL = (m.LATENCY_P50, m.LATENCY_P99, m.LATENCY_P999)
Point = tuple[float, Figure]
"""Place on the x axis and what was measured there."""


class Drawn(NamedTuple):
    """A contender's line in one panel, the doubts of its points, or why it has none."""

    label: str
    title: str
    line: Line2D
    doubts: list[str]
    refused: str | None


def write_load_plots(summary: Summary, folder: Path) -> list[Path]:
    """Write the plots that the run has workloads for, as SVG and PNG; the SVG paths."""
    folder.mkdir(exist_ok=True)
    found = []
    if by_n := sweeps_of_connections(summary.workloads):
        found.append(_connections(by_n, folder / "connections"))
    if len(opened := open_loops(summary.workloads)) >= FEWEST_POINTS:
        found.append(_rates(opened, folder / "rates"))
    return found


def sweeps_of_connections(workloads: Sequence[WorkloadResult]) -> dict[int, list[WorkloadResult]]:
    """n -> closed loops with that n, by their connections; of those n that three or more were measured with."""
    closed = [one for one in workloads if one.rate is None and one.contenders]
    by_n = {one.n: sorted((other for other in closed if other.n == one.n), key=lambda w: w.connections) for one in closed}
    return {n: found for n, found in by_n.items() if len({one.connections for one in found}) >= FEWEST_POINTS}


def open_loops(workloads: Sequence[WorkloadResult]) -> list[WorkloadResult]:
    """Open loops, from the lowest share of a service's own capacity to the highest, then those at a common rate."""
    opened = [one for one in workloads if one.rate is not None and one.contenders]
    return sorted(opened, key=lambda one: (one.rate is not None and one.rate.whose == "common", one.rate and one.rate.share))


def _connections(by_n: dict[int, list[WorkloadResult]], stem: Path) -> Path:
    def draw(canvas: Canvas) -> list[Drawn]:
        drawn: list[Drawn] = []
        for axes, (n, workloads) in zip(canvas.subplots(1, len(by_n), squeeze=False)[0], by_n.items(), strict=True):
            axes.set_title(f"n = {n:,}")
            counts = [one.connections for one in workloads]
            drawn += _lines(axes, workloads, m.GOODPUT, counts, len(counts))
            axes.set_xscale("log")
            _ticks(axes, counts, [f"{count}" for count in counts])
            axes.set_ylim(bottom=0)
            axes.set_xlabel("connections, log scale")
            axes.set_ylabel(m.GOODPUT.unit)
            axes.yaxis.set_major_formatter(written)
        return drawn

    return _write("Goodput against connections (more is better)", draw, stem)


def _rates(workloads: Sequence[WorkloadResult], stem: Path) -> Path:
    def draw(canvas: Canvas) -> list[Drawn]:
        drawn: list[Drawn] = []
        panels = canvas.subplots(1, len(TAIL), sharey=True, squeeze=False)[0]
        places = list(range(len(workloads)))
        for axes, metric in zip(panels, TAIL, strict=True):
            axes.set_title(metric.title)
            joined = sum(one.rate is not None and one.rate.whose == "own" for one in workloads)
            drawn += _lines(axes, workloads, metric, places, joined)
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=12))
            axes.yaxis.set_minor_locator(NullLocator())
            _ticks(axes, places, [_load(one) for one in workloads])
            axes.set_xlim(-0.4, len(places) - 0.6)
            axes.yaxis.set_major_formatter(written)
        panels[0].set_ylabel("ms, log scale")
        canvas.supxlabel("rate, share of capacity", fontsize=9)
        return drawn

    n = ", ".join(dict.fromkeys(f"{one.n:,}" for one in workloads))
    return _write(f"Latency at a fixed rate, n = {n} (less is better)", draw, stem)


def _load(workload: WorkloadResult) -> str:
    assert workload.rate is not None
    common = "\nsame for all" if workload.rate.whose == "common" else ""
    return f"{workload.rate.share:.0%}{common}"


def _lines(
    axes: Axes, workloads: Sequence[WorkloadResult], metric: Metric, places: Sequence[float], joined: int
) -> list[Drawn]:
    """A line for each contender but twins, through the first `joined` places; what was drawn, and of whom nothing could be."""
    labels = list(dict.fromkeys(one.label for workload in workloads for one in workload.contenders if one.twin_of is None))
    drawn = []
    for number, label in enumerate(labels):
        colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
        found = [
            (place, figure, one.title)
            for place, workload in zip(places, workloads, strict=True)
            for one in workload.contenders
            if one.label == label and (figure := one.figures.get(metric.name)) is not None
        ]
        points = [(place, figure) for place, figure, _ in found if figure.value is not None]
        refusals = [figure.refused for _, figure, _ in found if figure.refused]
        title = next((title for *_, title in found), label)
        doubts = list(dict.fromkeys(name for _, figure in points for name in figure.doubts))
        line = _line(axes, points, places[joined - 1] if joined else -1, colour, marker)
        drawn.append(Drawn(label, title, line, doubts, None if points else next(iter(refusals), "no figure")))
    return drawn


def _line(axes: Axes, points: Sequence[Point], last: float, colour: str, marker: str) -> Line2D:
    """Points with their intervals, those up to the place `last` joined."""
    for place, figure in points:
        reach = [figure.interval.low, figure.interval.high] if figure.interval else [min(figure.each), max(figure.each)]
        axes.plot([place, place], reach, color=colour, linewidth=3, alpha=0.45, solid_capstyle="butt")
    for style, part in (("-", [one for one in points if one[0] <= last]), ("none", points)):
        values = [figure.value or 0.0 for _, figure in part]
        axes.plot(
            [place for place, _ in part], values, linestyle=style, color=colour, linewidth=1.2, marker=marker, markersize=5
        )
    return Line2D([], [], color=colour, marker=marker, markersize=5, linewidth=1.2)


def _legend(canvas: Canvas, drawn: Sequence[Drawn]) -> None:
    """Every contender once, with every reason to doubt a point of its lines, or why it has none."""
    by_label: dict[str, list[Drawn]] = {}
    for one in drawn:
        by_label.setdefault(one.label, []).append(one)
    names = []
    for lines in by_label.values():
        doubts = dict.fromkeys(marked("", [name]) for one in lines for name in one.doubts)
        shown = any(one.refused is None for one in lines)
        names.append("\n".join([lines[0].title, *doubts] if shown else [lines[0].title, f"not shown: {lines[0].refused}"]))
    handles = [lines[0].line for lines in by_label.values()]
    canvas.legend(handles, names, loc="outside right upper", frameon=False, labelcolor="linecolor", fontsize=8)


def _ticks(axes: Axes, places: Sequence[float], texts: Sequence[str]) -> None:
    axes.xaxis.set_major_locator(FixedLocator(list(places)))
    axes.xaxis.set_major_formatter(lambda value, _: dict(zip(places, texts, strict=True)).get(value, ""))
    axes.xaxis.set_minor_locator(NullLocator())


def _write(title: str, draw: Callable[[Canvas], list[Drawn]], stem: Path) -> Path:
    with mpl.rc_context(rc={**STYLE, "axes.grid.axis": "y", "axes.spines.left": True, "ytick.left": True}):
        canvas = Canvas(figsize=(WIDTH_IN * 1.25, HEIGHT_IN), layout="constrained")
        canvas.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")
        _legend(canvas, draw(canvas))
        svg = stem.with_suffix(".svg")
        canvas.savefig(svg, metadata={"Date": None})
        canvas.savefig(stem.with_suffix(".png"), dpi=DPI)
    return svg
