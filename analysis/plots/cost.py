"""CPU time per request against n, with the fit: what a request costs beside its divisions, and what a division costs."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from analysis.cost.divisions import divisions
from analysis.cost.fit import FEWEST_N
from analysis.model import metric as m
from analysis.model.summary import Figure, FitResult, Summary
from analysis.plots.drawing import Axes, drawn_with
from analysis.plots.grid import grid
from analysis.plots.metrics import one_an_n
from analysis.plots.style import LINES, Look, Plot, headline, looks, named, plain_log_ticks, reach, save, ticks_at

TITLE = "CPU time per request against n (less is better)"
CAPTION = (
    "Left: marks are what was measured, with 95% intervals or ranges of few trials; lines are overhead + divisions(n) × cost "
    "per division, fitted in each round. The two figures below a name are the medians of the fits. Right: how far what was "
    "measured lies from the fit."
)


class Drawn(NamedTuple):
    """A contender: its look, its CPU time at each n, its fit if it has one."""

    look: Look
    points: list[tuple[int, Figure]]
    fit: FitResult | None


def write_n_plot(summary: Summary, folder: Path) -> list[Plot]:
    """Write the plot as SVG and PNG, if some service was measured with three values of n or more."""
    drawn = _drawn(summary)
    if not drawn:
        return []
    with drawn_with(LINES):
        canvas, (left, right) = grid(2, height_in=3.8)
        headline(canvas, TITLE)
        for one in drawn.values():
            _measured(left, one)
            _residuals(right, one)
        of_n = sorted({n for one in drawn.values() for n, _ in one.points})
        _scales(left, right, of_n)
        notes = {label: _in_words(one.fit) for label, one in drawn.items() if one.fit is not None}
        named(canvas, {label: one.look for label, one in drawn.items()}, notes)
        return [Plot("cpu_against_n", TITLE, CAPTION, save(canvas, folder / "cpu_against_n"))]


def _drawn(summary: Summary) -> Mapping[str, Drawn]:
    """By label; twins would hide their originals."""
    fits = {one.label: one for one in summary.microbench.fits} if summary.microbench else {}
    found = {}
    for label, look in looks(summary.workloads).items():
        points = [
            (workload.n, figure)
            for workload in one_an_n(summary.workloads)
            for one in workload.contenders
            if one.label == label and (figure := one.figures[m.CPU_PER_REQUEST.name]).value is not None
        ]
        if len(points) >= FEWEST_N and not look.hollow:
            found[label] = Drawn(look, sorted(points, key=lambda point: point[0]), fits.get(label))
    return found


def _measured(axes: Axes, one: Drawn) -> None:
    for n, figure in one.points:
        axes.plot([n, n], reach(figure), color=one.look.colour, linewidth=3, alpha=0.45)
    style = "none" if one.fit else ":"
    axes.plot([n for n, _ in one.points], [figure.value or 0.0 for _, figure in one.points], linestyle=style, **one.look.mark)
    if one.fit is not None:
        axes.plot(*_line(one.fit, [n for n, _ in one.points]), color=one.look.colour, linewidth=1.2)


def _line(fit: FitResult, of_n: Sequence[int]) -> tuple[list[int], list[float]]:
    places = sorted({*of_n, *(int(one) for one in np.geomspace(min(of_n), max(of_n), 60))})
    overhead, cost = fit.overhead_us.value or 0.0, fit.cost_per_division_ns.value or 0.0
    return places, [overhead + divisions(n) * cost / 1e3 for n in places]


def _residuals(axes: Axes, one: Drawn) -> None:
    if one.fit is None:
        return
    found = sorted(one.fit.residuals.items())
    axes.plot([n for n, _ in found], [value * 100 for _, value in found], linewidth=1.2, **one.look.mark)


def _scales(left: Axes, right: Axes, of_n: Sequence[int]) -> None:
    left.set_title("measured, and the fit")
    left.set_xscale("log")
    left.set_yscale("log")
    left.set_ylabel("µs, log scale")
    plain_log_ticks(left.yaxis)
    plain_log_ticks(left.xaxis)
    right.set_title("measured over the fit, less 1")
    right.set_xscale("log")
    right.axhline(0.0, color="#888888", linewidth=1)
    right.set_ylabel("%")
    for axes in (left, right):
        ticks_at(axes, of_n, [f"{n:,}" for n in of_n])
        axes.set_xlabel("n, log scale")


def _in_words(fit: FitResult) -> str:
    if fit.overhead_us.value is None or fit.cost_per_division_ns.value is None:
        return "no fit"
    return f"{fit.overhead_us.value:.3g} µs + {fit.cost_per_division_ns.value:.3g} ns a division"
