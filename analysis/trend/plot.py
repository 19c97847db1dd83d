"""Plots of trends: a plot for each machine, service and layer, a panel for each metric, a dot for each run."""

import re
from collections.abc import Sequence
from pathlib import Path

from analysis.plots.colours import COLOURS
from analysis.plots.drawing import Axes, Canvas, FixedLocator, MaxNLocator, drawn_with
from analysis.plots.style import STYLE, WIDTH_IN, headline, save
from analysis.text.printable import in_one_line
from analysis.trend.text import short_commit, title_of
from analysis.trend.trend import NOTE, Trend, TrendResult

PANEL_IN = 1.75
HEAD_IN = 0.75
MOST_TICKS = 8
BETTER, WORSE = COLOURS[2], COLOURS[5]
SCALES = {"MB": 1e-6}
"""What people read over the unit that the metric's name ends in, where they differ."""


def write_trend_plots(result: TrendResult, folder: Path) -> list[Path]:
    """Write a plot for each machine, service and layer, as SVG and PNG; the SVG paths."""
    folder.mkdir(parents=True, exist_ok=True)
    groups: dict[tuple[str, str, str], list[Trend]] = {}
    for trend in result.trends:
        groups.setdefault((trend.fingerprint, trend.service, trend.layer), []).append(trend)
    return [_write(trends, folder / _file_name(*key)) for key, trends in groups.items()]


def _file_name(*parts: str) -> str:
    return "-".join(["trend", *(re.sub(r"[^A-Za-z0-9._]+", "-", part).strip("-.") for part in parts)])


def _write(trends: Sequence[Trend], stem: Path) -> Path:
    first = trends[0]
    with drawn_with({**STYLE, "axes.grid.axis": "y", "axes.spines.left": True, "ytick.left": True}):
        canvas = Canvas(figsize=(WIDTH_IN, HEAD_IN + PANEL_IN * len(trends)), layout="constrained")
        title = f"{first.service}, {first.layer}: runs on {first.cpu_model} ({first.fingerprint})"
        headline(canvas, title)
        for axes, trend in zip(canvas.subplots(len(trends), 1, squeeze=False)[:, 0], trends, strict=True):
            _panel(axes, trend)
        doubted = any(run.doubts for trend in trends for run in trend.runs)
        hollow = "; hollow: a check casts doubt on the figure" if doubted else ""
        canvas.supxlabel(f"run, by its commit{hollow}\n{NOTE}", fontsize=8)
        return save(canvas, stem)


def _panel(axes: Axes, trend: Trend) -> None:
    scale = SCALES.get(trend.unit, 1.0)
    values = [run.value * scale for run in trend.runs]
    axes.set_title(in_one_line(f"{title_of(trend)} ({trend.better} is better)"))
    for first, last, level in trend.levels if trend.not_searched is None else []:
        axes.plot([first - 0.4, last + 0.4], [level * scale] * 2, color=COLOURS[0], linewidth=3, alpha=0.45)
    for position, (run, value) in enumerate(zip(trend.runs, values, strict=True)):
        face = "white" if run.doubts else COLOURS[0]
        axes.plot(position, value, marker="o", markersize=4.5, color=COLOURS[0], markerfacecolor=face)
    _limits(axes, values)
    _change_points(axes, trend)
    if trend.not_searched is not None:
        axes.text(1, 1.02, trend.not_searched, transform=axes.transAxes, ha="right", va="bottom", fontsize=8, style="italic")
    _ticks(axes, trend)
    axes.set_ylabel(trend.unit)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")


def _limits(axes: Axes, values: Sequence[float]) -> None:
    """Room for what is written above, and at least 2% of the level, so that noise does not fill the panel."""
    low, high = min(values), max(values)
    room = max(high - low, 0.02 * abs(high), 1e-12)
    middle = (low + high) / 2
    axes.set_ylim(middle - room * 0.6, middle + room * 0.85)


def _change_points(axes: Axes, trend: Trend) -> None:
    for change_point in trend.change_points:
        colour = WORSE if change_point.worse else BETTER
        axes.axvline(change_point.first - 0.5, color=colour, linewidth=1, linestyle="--")
        late = change_point.first > 0.75 * len(trend.runs)
        axes.annotate(
            f"{change_point.change:+.1%} {'worse' if change_point.worse else 'better'}",
            (change_point.first - 0.5, 1),
            xycoords=axes.get_xaxis_transform(),
            xytext=(-4 if late else 4, -2),
            textcoords="offset points",
            ha="right" if late else "left",
            va="top",
            color=colour,
            fontsize=8,
        )


def _ticks(axes: Axes, trend: Trend) -> None:
    count = len(trend.runs)
    step = max(1, -(-count // MOST_TICKS))
    axes.xaxis.set_major_locator(FixedLocator(range(0, count, step)))
    names = {position: short_commit(run.commit) for position, run in enumerate(trend.runs)}
    axes.xaxis.set_major_formatter(lambda value, _: names.get(round(value), ""))
    axes.set_xlim(-0.8, max(count, 2) - 0.2)
