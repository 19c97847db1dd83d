"""Plots of a run as SVG and PNG: one row a contender, a dot with its interval, the value written beside it.

Colours are Okabe and Ito's (2008), told apart by colour-blind readers; every mark also has its name on its row.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from analysis import metric as m
from analysis.doubt import marked
from analysis.metric import Metric
from analysis.summary import ContenderResult, Summary, WorkloadResult
from loadgen.record import load_in_words

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999")
MARKERS = ("o", "s", "D", "^", "v", "P", "X")
WIDTH_IN = 8.0
ROW_IN = 0.34
PANEL_IN = 0.95
DPI = 110

STYLE: Any = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "x",
    "grid.color": "#dddddd",
    "ytick.left": False,
    "svg.hashsalt": "primebench",  # the same figure gives the same file
    "svg.fonttype": "none",
}

Draw = Callable[[Axes, WorkloadResult], None]


def write_plots(summary: Summary, folder: Path) -> list[Path]:
    """Write every plot that the run has figures for, as SVG and PNG; the SVG paths."""
    folder.mkdir(exist_ok=True)
    plots: dict[str, tuple[str, Draw]] = {
        "throughput": ("Goodput: correct answers per second (more is better)", _dots(m.GOODPUT)),
        "latency": ("Latency: P50, P90 and P99 of all requests (less is better)", _latency),
        "cpu_per_request": ("CPU time per request (less is better)", _dots(m.CPU_PER_REQUEST)),
        "memory": ("Memory: resident set idle, loaded and at its peak (less is better)", _memory),
    }
    workloads = one_an_n(summary.workloads)
    return [_write(title, draw, workloads, folder / name) for name, (title, draw) in plots.items() if workloads]


def one_an_n(workloads: Sequence[WorkloadResult]) -> list[WorkloadResult]:
    """The first closed loop of each n: how figures move with connections and rate has plots of its own (plot_load)."""
    closed = {one.n: one for one in reversed(workloads) if one.rate is None and one.contenders}
    return [one for one in workloads if one is closed.get(one.n)]


def _write(title: str, draw: Draw, workloads: Sequence[WorkloadResult], stem: Path) -> Path:
    with mpl.rc_context(rc=STYLE):
        heights = [PANEL_IN + ROW_IN * len(one.contenders) for one in workloads]
        canvas = Canvas(figsize=(WIDTH_IN, sum(heights) + 0.4), layout="constrained")
        canvas.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")
        panels = canvas.subplots(len(workloads), 1, height_ratios=heights, squeeze=False)[:, 0]
        for axes, workload in zip(panels, workloads, strict=True):
            axes.set_title(f"{workload.name}: n = {workload.n:,}, {load_in_words(workload.connections, workload.rate)}")
            _rows(axes, workload.contenders)
            draw(axes, workload)
        svg = stem.with_suffix(".svg")
        canvas.savefig(svg, metadata={"Date": None})
        canvas.savefig(stem.with_suffix(".png"), dpi=DPI)
    return svg


def _rows(axes: Axes, contenders: Sequence[ContenderResult]) -> None:
    axes.set_yticks(range(len(contenders)), [one.title for one in contenders])
    axes.set_ylim(len(contenders) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(written)


def _dots(metric: Metric) -> Draw:
    def draw(axes: Axes, workload: WorkloadResult) -> None:
        limit = 0.0
        for row, one in enumerate(workload.contenders):
            limit = max(limit, _mark(axes, row, one, metric))
        axes.set_xlim(0, limit * 1.3 or 1)
        axes.set_xlabel(metric.unit)

    return draw


def _mark(axes: Axes, row: int, one: ContenderResult, metric: Metric) -> float:
    """One dot with its interval (or range) and its value; how far to the right it reaches."""
    figure = one.figures[metric.name]
    if figure.value is None:
        axes.text(0, row, f"  not shown: {figure.refused}", va="center", style="italic", color="#555555")
        return 0.0
    spread = [figure.interval.low, figure.interval.high] if figure.interval else [min(figure.each), max(figure.each)]
    low, high = min(*spread, figure.value), max(*spread, figure.value)
    colour, marker = COLOURS[row % len(COLOURS)], MARKERS[row % len(MARKERS)]
    axes.plot([low, high], [row, row], color=colour, linewidth=3, alpha=0.45, solid_capstyle="butt")
    axes.plot(figure.value, row, marker=marker, color=colour, markersize=6)
    bound = any(flag.check == "generator_bound" for flag in one.flags) and metric is m.GOODPUT
    text = f"{'at least ' if bound else ''}{metric.write(figure.value)}{_doubted(one, metric)}"
    axes.annotate(text, (high, row), xytext=(8, 0), textcoords="offset points", va="center")
    return high


def _doubted(one: ContenderResult, *metrics: Metric) -> str:
    """Every reason to doubt one of these figures, as in the tables."""
    doubts = dict.fromkeys(name for metric in metrics for name in one.figures[metric.name].doubts)
    return f"  {marked('', doubts)}" if doubts else ""


def _latency(axes: Axes, workload: WorkloadResult) -> None:
    for row, one in enumerate(workload.contenders):
        colour, marker = COLOURS[row % len(COLOURS)], MARKERS[row % len(MARKERS)]
        found = [
            (metric, figure.value)
            for metric in (m.LATENCY_P50, m.LATENCY_P90, m.LATENCY_P99)
            if (figure := one.figures[metric.name]).value is not None
        ]
        if not found:
            text = f"not shown: {one.figures[m.LATENCY_P50.name].refused}"
            axes.text(0.02, row, text, va="center", style="italic", transform=axes.get_yaxis_transform())
            continue
        axes.plot([value for _, value in found], [row] * len(found), marker=marker, color=colour, markersize=6)
        text = "   ".join(f"{metric.title.removeprefix('latency ')} {metric.write(value)}" for metric, value in found)
        axes.annotate(
            text + _doubted(one, *(metric for metric, _ in found)),
            (found[0][1], row),
            xytext=(0, -11),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_xscale("log")
    axes.margins(x=0.35)
    plain_log_ticks(axes)
    axes.set_xlabel("ms, log scale")


def plain_log_ticks(axes: Axes) -> None:
    """Round values written as people write them; a range of less than a decade has too few powers of ten to go by."""
    low, high = axes.get_xlim()
    if high / low < 10:
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    else:
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 1e3 else (1,), numticks=9))
    axes.xaxis.set_major_formatter(written)
    axes.xaxis.set_minor_locator(NullLocator())


def written(value: float, _position: object) -> str:
    return f"{value:,g}"


def _memory(axes: Axes, workload: WorkloadResult) -> None:
    reach = 0.0
    for row, one in enumerate(workload.contenders):
        colour = COLOURS[row % len(COLOURS)]
        figures = [one.figures[metric.name] for metric in (m.RSS_IDLE, m.RSS_LOADED, m.RSS_PEAK)]
        shown = [figure.value / 1e6 for figure in figures if figure.value is not None]
        if len(shown) < 3:
            why = next((figure.refused for figure in figures if figure.refused), "")
            axes.text(0, row, f"  not shown: {why}", va="center", style="italic", color="#555555")
            continue
        axes.plot([shown[0], shown[2]], [row, row], color=colour, linewidth=3, alpha=0.45, solid_capstyle="butt")
        for value, marker in zip(shown, ("|", MARKERS[row % len(MARKERS)], "|"), strict=True):
            axes.plot(value, row, marker=marker, color=colour, markersize=7)
        text = "idle {:.1f}, loaded {:.1f}, peak {:.1f}".format(*shown) + _doubted(one, m.RSS_LOADED)
        axes.annotate(text, (max(shown), row), xytext=(8, 0), textcoords="offset points", va="center")
        reach = max(reach, *shown)
    axes.set_xlim(0, reach * 1.6 or 1)
    axes.set_xlabel("MB")
