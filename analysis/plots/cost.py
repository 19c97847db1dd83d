"""CPU time per request against its work, with the fit: what a request costs beside its work, and what a unit of that costs."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from analysis.cost.fit import FEWEST_AMOUNTS
from analysis.model import metric as m
from analysis.model.comparison import Figure
from analysis.model.microbench import FitResult
from analysis.model.summary import Summary
from analysis.plots.drawing import Axes, drawn_with
from analysis.plots.grid import grid
from analysis.plots.metrics import one_a_request
from analysis.plots.plot import Plot
from analysis.plots.style import LINES, Look, headline, looks, named, plain_log_ticks, reach, save, ticks_at

TITLE = "CPU time per request against its work (less is better)"
CAPTION = (
    "Left: marks are what was measured, with 95% intervals or ranges of few trials; lines are overhead + work × cost "
    "of a unit of it, fitted in each round. The two figures below a name are the medians of the fits. Right: how far what was "
    "measured lies from the fit."
)


class Drawn(NamedTuple):
    """A contender: its look, its CPU time at each amount of work, its fit if it has one."""

    look: Look
    points: list[tuple[float, Figure]]
    fit: FitResult | None


def write_work_plot(summary: Summary, folder: Path) -> list[Plot]:
    """Write the plot as SVG and PNG, if some service was measured with three amounts of work or more."""
    drawn = _drawn(summary)
    if not drawn:
        return []
    with drawn_with(LINES):
        canvas, (left, right) = grid(2, height_in=3.8)
        headline(canvas, TITLE)
        for draw in drawn.values():
            _measured(left, draw)
            _residuals(right, draw)
        _scales(left, right, _ticks(summary))
        notes = {label: _in_words(draw.fit) for label, draw in drawn.items() if draw.fit is not None}
        named(canvas, {label: draw.look for label, draw in drawn.items()}, notes)
        return [Plot("cpu_against_work", TITLE, CAPTION, save(canvas, folder / "cpu_against_work"))]


def _drawn(summary: Summary) -> Mapping[str, Drawn]:
    """By label; twins would hide their originals."""
    fits = {fit.label: fit for fit in summary.microbench.fits} if summary.microbench else {}
    drawn = {}
    for label, look in looks(summary.workloads).items():
        points = [
            (workload.work.amount, figure)
            for workload in one_a_request(summary.workloads)
            if workload.work is not None
            for contender in workload.contenders
            if contender.label == label and (figure := contender.figures[m.CPU_PER_REQUEST.name]).value is not None
        ]
        if len(points) >= FEWEST_AMOUNTS and not look.hollow:
            drawn[label] = Drawn(look, sorted(points, key=lambda point: point[0]), fits.get(label))
    return drawn


def _measured(axes: Axes, drawn: Drawn) -> None:
    for amount, figure in drawn.points:
        axes.plot([amount, amount], reach(figure), color=drawn.look.colour, linewidth=3, alpha=0.45)
    style = "none" if drawn.fit else ":"
    axes.plot(
        [amount for amount, _ in drawn.points],
        [figure.value or 0.0 for _, figure in drawn.points],
        linestyle=style,
        **drawn.look.mark,
    )
    if drawn.fit is not None:
        axes.plot(*_line(drawn.fit, [amount for amount, _ in drawn.points]), color=drawn.look.colour, linewidth=1.2)


def _line(fit: FitResult, amounts: Sequence[float]) -> tuple[list[float], list[float]]:
    places = sorted({*amounts, *map(float, np.geomspace(min(a for a in amounts if a > 0), max(amounts), 60))})
    overhead, cost = fit.overhead_us.value or 0.0, fit.cost_per_unit_ns.value or 0.0
    return places, [overhead + amount * cost / 1e3 for amount in places]


def _residuals(axes: Axes, drawn: Drawn) -> None:
    if drawn.fit is None:
        return
    points = sorted((residual.amount, residual.residual) for residual in drawn.fit.residuals)
    axes.plot([amount for amount, _ in points], [value * 100 for _, value in points], linewidth=1.2, **drawn.look.mark)


def _ticks(summary: Summary) -> dict[float, str]:
    """Amounts of work -> the labels of requests that have them."""
    workloads = one_a_request(summary.workloads)
    return {workload.work.amount: workload.label for workload in workloads if workload.work is not None}


def _scales(left: Axes, right: Axes, ticks: Mapping[float, str]) -> None:
    least = min(amount for amount in ticks if amount > 0)
    for axes in (left, right):
        axes.set_xscale("symlog", linthresh=least)  # the least request may have no work at all
    left.set_title("measured, and the fit")
    left.set_yscale("log")
    left.set_ylabel("µs, log scale")
    plain_log_ticks(left.yaxis)
    right.set_title("measured over the fit, less 1")
    right.axhline(0.0, color="#888888", linewidth=1)
    right.set_ylabel("%")
    for axes in (left, right):
        ticks_at(axes, sorted(ticks), [ticks[amount] for amount in sorted(ticks)])
        axes.set_xlabel("work of a request, log scale")


def _in_words(fit: FitResult) -> str:
    if fit.overhead_us.value is None or fit.cost_per_unit_ns.value is None:
        return "no fit"
    return f"{fit.overhead_us.value:.3g} µs + {fit.cost_per_unit_ns.value:.3g} ns × {fit.unit}"
