"""The pairs of a regression check as SVG and PNG: a row a metric, a dot a pair, the interval, and the limits beside it."""

import math
from pathlib import Path

import numpy as np

from analysis.model import metric as m
from analysis.plots.drawing import Axes, Canvas, drawn_with
from analysis.plots.style import PANEL_IN, ROW_IN, STYLE, WIDTH_IN, headline, save
from analysis.regress.model import RegressResult
from analysis.regress.next_steps import SHORT, titled
from analysis.regress.verdict import MetricVerdict, Outcome
from loadgen.counted import counted

COLOURS: dict[Outcome, str] = {"regression": "#D55E00", "pass": "#0072B2", "inconclusive": "#777777"}
LEAST_REACH = 0.06
MOST_REACH = 0.5
JITTER = 0.22


def draw_pairs(result: RegressResult, folder: Path) -> Path | None:
    """Write pairs.svg and pairs.png into `folder`; the SVG's path, or None if there are no pairs to draw."""
    rows = [metric for metric in result.metrics if metric.logs]
    if not rows:
        return None
    folder.mkdir(exist_ok=True)
    with drawn_with(STYLE):
        canvas = Canvas(figsize=(WIDTH_IN * 1.15, PANEL_IN + 0.35 + ROW_IN * len(rows)), layout="constrained")
        names = " against ".join(side.commit[:SHORT] if side.commit else side.asked for side in (result.head, result.base))
        headline(canvas, f"{result.outcome.upper()}: {names}")
        axes = canvas.subplots()
        _draw(axes, rows)
        return save(canvas, folder / "pairs")


def _draw(axes: Axes, rows: list[MetricVerdict]) -> None:
    reach = _reach(rows)
    services = {row.service for row in rows}
    for row, metric in enumerate(rows):
        _row(axes, row, metric, reach)
    axes.axvline(0, color="#333333", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [titled(row) if len(services) == 1 else f"{row.service}: {titled(row)}" for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(-reach, reach * 1.45)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+.0%}" if abs(value) > 1e-9 else "0")
    axes.set_xlabel("worse by; a dot a pair, the bar its interval, | the margin, : what a pass excludes")


def _reach(rows: list[MetricVerdict]) -> float:
    """Wide enough for the intervals and limits of what is required; pairs and intervals beyond are cut off at the edge."""
    required = [row for row in rows if row.required] or rows
    ends = [abs(limit - 1) for metric in required if metric.interval for limit in (metric.interval.low, metric.interval.high)]
    limits = [metric.exclude for metric in required if metric.exclude is not None and metric.metric != m.RSS_LOADED.name]
    return min(MOST_REACH, max(LEAST_REACH, 1.1 * max([*ends, *limits], default=0.0)))


def _row(axes: Axes, row: int, metric: MetricVerdict, reach: float) -> None:
    colour = COLOURS[metric.outcome]
    values = np.clip(np.expm1(metric.logs), -reach, reach)
    places = row + JITTER * np.sin(np.arange(len(values)) * math.pi * (3 - math.sqrt(5)))
    axes.plot(values, places, linestyle="none", marker="o", markersize=2.2, color=colour, alpha=0.45, markeredgewidth=0)
    for limit, line in ((metric.margin, "-"), (metric.exclude, ":")):
        if limit is not None and limit <= reach:
            axes.plot([limit] * 2, [row - 0.3, row + 0.3], color="#333333", linewidth=1, linestyle=line)
    if metric.worse is None or metric.interval is None:
        return
    ends = np.clip([metric.interval.low - 1, metric.interval.high - 1], -reach, reach)
    axes.plot(ends, [row, row], color=colour, linewidth=4, solid_capstyle="butt")
    axes.plot(metric.worse - 1, row, marker="|", color="white", markersize=6)
    text = f"{metric.worse - 1:+.1%} {metric.outcome}, {counted(metric.pairs, 'pair')}"
    axes.annotate(text, (reach, row), xytext=(8, 0), textcoords="offset points", va="center", fontsize=8, color=colour)
