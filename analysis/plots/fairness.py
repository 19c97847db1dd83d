"""How alike the connections of one client are served."""

from pathlib import Path

import numpy as np

from analysis.model.summary import ContenderResult, Summary
from analysis.plots.drawing import Axes
from analysis.plots.metrics import not_shown, one_a_request, row_panels
from analysis.plots.plot import Plot
from analysis.plots.style import Look, looks, plain_log_ticks, save

TITLE = "Fairness: latency of each connection over the mean of its trial (1 is fair)"
CAPTION = (
    "The harness's own slow client holds 16 connections beside the load. A mark is one connection of one trial, or one of 60 "
    "quantiles of many; beside them stands by how much slow connections differ from fast ones beyond what chance makes of "
    "equal ones."
)
MOST_MARKS = 60


def write_fairness_plot(summary: Summary, folder: Path) -> list[Plot]:
    """Write the plot as SVG and PNG, one panel a workload, if the run tells connections apart."""
    workloads = [
        workload for workload in one_a_request(summary.workloads) if any(other.fairness for other in workload.contenders)
    ]
    if not workloads:
        return []
    look = looks(summary.workloads)
    with row_panels(workloads, TITLE) as (canvas, panels):
        for axes, workload in panels:
            for row, contender in enumerate(workload.contenders):
                _row(axes, row, contender, look[contender.label])
            _limits(axes, workload.contenders)
        return [Plot("fairness", TITLE, CAPTION, save(canvas, folder / "fairness"))]


def _row(axes: Axes, row: int, contender: ContenderResult, look: Look) -> None:
    if contender.fairness is None:
        not_shown(axes, row, "too few answers to compare connections")
        return
    levels = np.array(contender.fairness.levels)
    if levels.size > MOST_MARKS:
        levels = np.quantile(levels, np.linspace(0, 1, MOST_MARKS))
    scatter = (np.arange(levels.size) * 0.618 % 1 - 0.5) * 0.5  # spread, the same each time
    axes.plot(levels, row + scatter, **{**look.mark, "markersize": 3.5, "alpha": 0.5, "linestyle": "none"})
    text = f"slow / fast {contender.fairness.factor:.2f}\n{contender.fairness.when}"
    axes.text(1.01, row, text, va="center", fontsize=8, transform=axes.get_yaxis_transform())


def _limits(axes: Axes, contenders: list[ContenderResult]) -> None:
    levels = [level for contender in contenders if contender.fairness for level in contender.fairness.levels]
    farthest = max(1.1, *(max(level, 1 / level) for level in levels if level > 0)) * 1.1
    axes.set_xscale("log")
    axes.set_xlim(1 / farthest, farthest)
    plain_log_ticks(axes.xaxis)
    axes.axvline(1.0, color="#888888", linewidth=1)
    axes.set_xlabel("latency over the trial's mean, log scale")
