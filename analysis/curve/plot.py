"""The plot of capacity curves, as SVG and PNG: latency against rate, a panel a quantile, every service in each.

A dot is a trial, a line joins the medians of rates that are about the same. Where the objective has its panel, each service's
capacity is the point at which its line crosses it, and the band around it is the interval.
"""

import math
import statistics
from collections.abc import Sequence
from pathlib import Path

from analysis.curve.model import CurveResult, ServiceCurve
from analysis.curve.table import interval_in_words
from analysis.model import metric as m
from analysis.plots.colours import COLOURS
from analysis.plots.drawing import Axes, Canvas, drawn_with
from analysis.plots.style import LINES, MARKERS, WIDTH_IN, Look, drawn_name, headline, named, plain_log_ticks, save

HEIGHT_IN = 3.9
ROOM = 1.3
ABOUT_THE_SAME = 0.04
"""Rates within such a share of each other are one point of a line."""
PERCENTILES = {50: m.LATENCY_P50, 90: m.LATENCY_P90, 99: m.LATENCY_P99, 99.9: m.LATENCY_P999}
ALWAYS = (50, 99, 99.9)


def draw_curves(result: CurveResult, folder: Path) -> Path | None:
    """Write curve.svg and curve.png into `folder`; the SVG's path, or None if there is no latency to draw."""
    panels = [
        percentile
        for percentile, metric in PERCENTILES.items()
        if percentile in (*ALWAYS, result.objective.percentile) and any(_line(curve, metric) for curve in result.curves)
    ]
    if not panels:
        return None
    shown = [PERCENTILES[percentile] for percentile in panels]
    folder.mkdir(exist_ok=True)
    looks = {
        curve.label: Look(drawn_name(curve.title), COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)])
        for index, curve in enumerate(result.curves)
    }
    with drawn_with(LINES):
        canvas = Canvas(figsize=(WIDTH_IN * 1.4, HEIGHT_IN), layout="constrained")
        headline(canvas, f"Latency against rate: {result.label}, {result.objective.in_words}")
        every = canvas.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        drawn = [point for curve in result.curves for point in curve.points]
        values = [point.figures[metric.name] for point in drawn for metric in shown if metric.name in point.figures]
        for axes, percentile in zip(every, panels, strict=True):
            axes.set_title(PERCENTILES[percentile].title)
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_xlim(*_with_room([float(point.rate_per_s) for point in drawn]))
            axes.set_ylim(*_with_room([*values, result.objective.limit_ms]))
            _draw(axes, result, percentile, looks)
            plain_log_ticks(axes.yaxis)
            plain_log_ticks(axes.xaxis)
        every[0].set_ylabel("ms, log scale")
        canvas.supxlabel("requests/s, log scale", fontsize=9)
        named(canvas, looks, {curve.label: _note(curve) for curve in result.curves})
        return save(canvas, folder / "curve")


def _draw(axes: Axes, result: CurveResult, percentile: float, looks: dict[str, Look]) -> None:
    """One panel: the objective and the capacities, if it is the objective's, below the lines."""
    if percentile == result.objective.percentile:
        axes.axhline(result.objective.limit_ms, color="#333333", linewidth=1, linestyle="--")
        for curve in result.curves:
            if curve.capacity is not None and curve.found == "capacity":
                colour = looks[curve.label].colour
                axes.axvspan(curve.capacity.low_per_s, curve.capacity.high_per_s, color=colour, alpha=0.25, linewidth=0)
                axes.axvline(curve.capacity.per_s, color=colour, linewidth=1)
    metric = PERCENTILES[percentile]
    for other in result.curves:
        look, line = looks[other.label], _line(other, metric)
        trials = [(point.rate_per_s, point.figures[metric.name]) for point in other.points if metric.name in point.figures]
        style = {**look.mark, "markersize": 3.5, "alpha": 0.45, "markeredgewidth": 0}
        axes.plot([rate for rate, _ in trials], [value for _, value in trials], linestyle="none", **style)
        axes.plot([rate for rate, _ in line], [value for _, value in line], color=look.colour, linewidth=1.4)


def _line(curve: ServiceCurve, metric: m.Metric) -> list[tuple[float, float]]:
    """The medians of rates that are about the same, in ascending order of rates."""
    points = sorted((point.rate_per_s, point.figures[metric.name]) for point in curve.points if metric.name in point.figures)
    groups: list[list[tuple[int, float]]] = []
    for rate, value in points:
        if groups and rate <= groups[-1][0][0] * (1 + ABOUT_THE_SAME):
            groups[-1].append((rate, value))
        else:
            groups.append([(rate, value)])
    return [(_middle([rate for rate, _ in group]), statistics.median(value for _, value in group)) for group in groups]


def _with_room(values: Sequence[float]) -> tuple[float, float]:
    """Limits of an axis that has these values: a single one has none by itself."""
    return min(values) / ROOM, max(values) * ROOM


def _middle(rates: Sequence[int]) -> float:
    return math.exp(statistics.fmean(math.log(rate) for rate in rates))


def _note(curve: ServiceCurve) -> str:
    """The capacity in the list of names."""
    if curve.capacity is None:
        return "no capacity"
    if curve.found == "at least":
        return f"at least {m.GOODPUT.write(curve.capacity.per_s)}/s"
    return f"{m.GOODPUT.write(curve.capacity.per_s)}/s {interval_in_words(curve.capacity)}"
