"""What all plots have in common: size, marks, how a plot is written, how lines are named."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.checks.affected import marked
from analysis.model.comparison import Figure
from analysis.model.summary import WorkloadResult
from analysis.plots.colours import COLOURS, CONTROL_COLOUR, GRID
from analysis.plots.drawing import (
    Axes,
    Axis,
    Canvas,
    FigureCanvasAgg,
    FigureCanvasSVG,
    FixedLocator,
    Line2D,
    LogLocator,
    MaxNLocator,
    NullLocator,
)
from analysis.text.printable import printable

MARKERS = ("o", "s", "D", "^", "v", "P", "X", "<", ">", "p")
CONTROL_MARKER = "x"
WIDTH_IN = 8.0
PANEL_WIDTH_IN = 4.6
ROW_IN = 0.34
PANEL_IN = 0.95
NAME_CHARACTERS = 30
DPI = 150

STYLE: Any = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "x",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "ytick.left": False,
    "figure.constrained_layout.w_pad": 0.12,  # text of the PNG is a little wider than as laid out
    "svg.hashsalt": "primebench",  # the same figure gives the same file
    "svg.fonttype": "none",
    "text.parse_math": False,  # a dollar sign in a name is one
}
LINES: Any = {**STYLE, "axes.grid.axis": "both", "axes.spines.left": True, "ytick.left": True}
"""For plots of lines, which are read off both axes."""


def drawn_name(title: str) -> str:
    """A title as plots have room for it: two lines at most, nothing that XML forbids. Tables have the whole."""
    lines = textwrap.wrap(printable(title), NAME_CHARACTERS) or [""]
    return "\n".join(lines if len(lines) <= 2 else [lines[0], lines[1][: NAME_CHARACTERS - 1] + "…"])


@dataclass(frozen=True)
class Look:
    """How a contender is drawn in every plot of a run. A twin is its original with a hollow mark."""

    title: str
    colour: str
    marker: str
    hollow: bool = False

    @property
    def mark(self) -> dict[str, Any]:
        """What matplotlib's plot() takes."""
        face = "white" if self.hollow else self.colour
        return {"color": self.colour, "marker": self.marker, "markerfacecolor": face, "markersize": 6}


def looks(workloads: Sequence[WorkloadResult]) -> dict[str, Look]:
    """Label -> look, in the order in which a run has its contenders; controls are grey: the colours are for the services."""
    look: dict[str, Look] = {}
    contenders = {contender.label: contender for workload in workloads for contender in workload.contenders}
    services = [label for label, contender in contenders.items() if not contender.control]
    for index, label in enumerate(services):
        look[label] = Look(drawn_name(contenders[label].title), COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)])
    for label, contender in contenders.items():
        if contender.twin_of is not None and contender.twin_of in look:
            original = look[contender.twin_of]
            look[label] = Look(drawn_name(contender.title), original.colour, original.marker, hollow=True)
        elif contender.control:
            look[label] = Look(drawn_name(contender.title), CONTROL_COLOUR, CONTROL_MARKER)
    return look


def reach(figure: Figure) -> tuple[float, float]:
    """Both ends of a figure's interval, or of its trials' range where there is none."""
    if figure.interval is not None:
        return figure.interval.low, figure.interval.high
    return min(figure.each), max(figure.each)


def headline(canvas: Canvas, title: str) -> None:
    """The plot's title, at its left."""
    canvas.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")


def save(canvas: Canvas, stem: Path) -> Path:
    """Write the SVG and the PNG, laid out once; the SVG's path.

    Not by savefig(), which draws everything once more for each file to see where things go.
    """
    stem.parent.mkdir(parents=True, exist_ok=True)
    canvas.draw_without_rendering()
    canvas.set_layout_engine("none")
    for axes in canvas.axes:  # the solver's last digits differ from run to run, and the file's identifiers with them
        left, bottom, width, height = (round(value, 6) for value in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))
    svg, png = (stem.with_name(f"{stem.name}.{kind}") for kind in ("svg", "png"))  # a name may have a dot of its own
    FigureCanvasSVG(canvas).print_svg(svg, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})  # type: ignore[no-untyped-call]
    canvas.set_dpi(DPI)
    FigureCanvasAgg(canvas).print_png(png)  # type: ignore[no-untyped-call]
    return svg


def doubt_text(doubts: Iterable[str]) -> str:
    """Every reason to doubt, as in the tables; nothing for none."""
    text = marked("", dict.fromkeys(doubts))
    return f"  {text}" if text else ""


def label_ends(axes: Axes, ends: Sequence[tuple[float, float, str]], room: float = 11.0) -> None:
    """Write a name at the end (x, y) of each line, moved apart to `room` points where they would lie upon each other.

    Call it when limits and scales are set.
    """
    pixels_a_point = axes.figure.dpi / 72
    wanted = sorted((float(axes.transData.transform((x, y))[1]), x, y, text) for x, y, text in ends)
    heights = [group[0] for group in wanted]
    for _ in range(60):
        for index in range(len(heights) - 1):
            overlap = room * pixels_a_point - (heights[index + 1] - heights[index])
            if overlap > 0:
                heights[index] -= overlap / 2
                heights[index + 1] += overlap / 2
    for height, (at, x, y, text) in zip(heights, wanted, strict=True):
        axes.annotate(
            text,
            (x, y),
            xytext=(7, (height - at) / pixels_a_point),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
            fontsize=8,
        )


def named(canvas: Canvas, drawn: Mapping[str, Look], notes: Mapping[str, str]) -> None:
    """Every contender once, with its mark, and a note below its name where there is one."""
    handles = [Line2D([], [], linewidth=1.4, **look.mark) for look in drawn.values()]
    names = ["\n".join(filter(None, (look.title, notes.get(label, "")))) for label, look in drawn.items()]
    canvas.legend(handles, names, loc="outside right upper", frameon=False, fontsize=8)


def plain_log_ticks(axis: Axis) -> None:
    """Round values written as people write them; a range of less than a decade has too few powers of ten to go by."""
    low, high = axis.get_view_interval()
    if high / low < 10:
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    else:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 1e4 else (1,), numticks=12))
    axis.set_major_formatter(written)
    axis.set_minor_locator(NullLocator())


def ticks_at(axes: Axes, places: Sequence[float], texts: Sequence[str]) -> None:
    """Ticks of the x axis at these places, with these texts."""
    axes.xaxis.set_major_locator(FixedLocator(list(places)))
    axes.xaxis.set_major_formatter(lambda value, _: dict(zip(places, texts, strict=True)).get(value, ""))
    axes.xaxis.set_minor_locator(NullLocator())


def written(value: float, _position: object) -> str:
    """A tick as people write it."""
    return f"{value:,g}"
