"""Plots of a run's figures: one row a contender, a dot with its interval, the value written beside it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from analysis.model import metric as m
from analysis.model.metric import Metric
from analysis.model.summary import ContenderResult, Summary, WorkloadResult
from analysis.plots.colours import MUTED
from analysis.plots.drawing import Axes, Canvas, drawn_with
from analysis.plots.plot import Plot
from analysis.plots.style import (
    PANEL_IN,
    ROW_IN,
    STYLE,
    WIDTH_IN,
    Look,
    doubt_text,
    drawn_name,
    headline,
    looks,
    plain_log_ticks,
    reach,
    save,
    written,
)
from loadgen.record.workload import load_in_words

Draw = Callable[[Axes, WorkloadResult, Mapping[str, Look]], None]
BAR = "The bar is the 95% interval over the trials, or their range where they are too few."


def write_plots(summary: Summary, folder: Path) -> list[Plot]:
    """Write every plot that the run has figures for, as SVG and PNG."""
    plots: dict[str, tuple[str, str, Draw]] = {
        "throughput": ("Goodput: correct answers per second (more is better)", BAR, _dots(m.GOODPUT)),
        "latency": (
            "Latency: P50, P90 and P99 of all requests (less is better)",
            "The three marks of a row are its quantiles, from the raw rows of all trials together.",
            _latency,
        ),
        "cpu_per_request": ("CPU time per request (less is better)", BAR, _dots(m.CPU_PER_REQUEST)),
        "memory": (
            "Memory: resident set idle, loaded and at its peak (less is better)",
            "From the kernel's smaps_rollup and status of all processes of the service.",
            _memory,
        ),
    }
    workloads = one_a_request(summary.workloads)
    look = looks(summary.workloads)
    return [
        Plot(name, title, caption, _write(title, draw, workloads, look, folder / name))
        for name, (title, caption, draw) in plots.items()
        if workloads
    ]


def one_a_request(workloads: Sequence[WorkloadResult]) -> list[WorkloadResult]:
    """The first closed loop of each request: how figures move with connections and rate has plots of its own (plot_load)."""
    closed = {workload.label: workload for workload in reversed(workloads) if workload.rate is None and workload.contenders}
    return [workload for workload in workloads if workload is closed.get(workload.label)]


def panel_title(workload: WorkloadResult) -> str:
    """What was asked for, how."""
    return f"{workload.name}: {workload.label}, {load_in_words(workload.connections, workload.rate, workload.generators)}"


def not_shown(axes: Axes, row: float, why: str | None) -> None:
    """In place of a mark, the reason why there is none."""
    text = f"not shown: {why}"
    axes.text(0.02, row, text, va="center", style="italic", color=MUTED, transform=axes.get_yaxis_transform())


@contextmanager
def row_panels(workloads: Sequence[WorkloadResult], title: str) -> Iterator[tuple[Canvas, list[tuple[Axes, WorkloadResult]]]]:
    """Draw a panel a workload below a title, as high as its contenders need, each of whom has a row."""
    with drawn_with(STYLE):
        heights = [PANEL_IN + ROW_IN * len(workload.contenders) for workload in workloads]
        canvas = Canvas(figsize=(WIDTH_IN, sum(heights) + 0.4), layout="constrained")
        headline(canvas, title)
        panels = canvas.subplots(len(workloads), 1, height_ratios=heights, squeeze=False)[:, 0]
        for axes, workload in zip(panels, workloads, strict=True):
            axes.set_title(panel_title(workload))
            axes.set_yticks(range(len(workload.contenders)), [drawn_name(contender.title) for contender in workload.contenders])
            axes.set_ylim(len(workload.contenders) - 0.25, -0.6)
        yield canvas, list(zip(panels, workloads, strict=True))


def _write(title: str, draw: Draw, workloads: Sequence[WorkloadResult], look: Mapping[str, Look], stem: Path) -> Path:
    with row_panels(workloads, title) as (canvas, panels):
        for axes, workload in panels:
            axes.xaxis.set_major_formatter(written)
            draw(axes, workload, look)
        return save(canvas, stem)


def _dots(metric: Metric) -> Draw:
    def draw(axes: Axes, workload: WorkloadResult, look: Mapping[str, Look]) -> None:
        limit = 0.0
        for row, contender in enumerate(workload.contenders):
            limit = max(limit, _mark(axes, row, contender, metric, look[contender.label]))
        axes.set_xlim(0, limit * 1.3 or 1)
        axes.set_xlabel(metric.unit)

    return draw


def _mark(axes: Axes, row: int, contender: ContenderResult, metric: Metric, look: Look) -> float:
    """One dot with its interval (or range) and its value; how far to the right it reaches."""
    figure = contender.figures[metric.name]
    if figure.value is None:
        not_shown(axes, row, figure.refused)
        return 0.0
    low, high = reach(figure)
    axes.plot([min(low, figure.value), max(high, figure.value)], [row, row], color=look.colour, linewidth=3, alpha=0.45)
    axes.plot(figure.value, row, **look.mark)
    bound = any(flag.check == "generator_bound" for flag in contender.flags) and metric is m.GOODPUT
    text = f"{'at least ' if bound else ''}{metric.write(figure.value)}{doubt_text(figure.doubts)}"
    axes.annotate(text, (max(high, figure.value), row), xytext=(8, 0), textcoords="offset points", va="center")
    return max(high, figure.value)


def _doubted(contender: ContenderResult, *metrics: Metric) -> str:
    return doubt_text(name for metric in metrics for name in contender.figures[metric.name].doubts)


def _latency(axes: Axes, workload: WorkloadResult, look: Mapping[str, Look]) -> None:
    for row, contender in enumerate(workload.contenders):
        quantiles = [
            (metric, figure.value)
            for metric in (m.LATENCY_P50, m.LATENCY_P90, m.LATENCY_P99)
            if (figure := contender.figures[metric.name]).value is not None
        ]
        if not quantiles:
            not_shown(axes, row, contender.figures[m.LATENCY_P50.name].refused)
            continue
        axes.plot([value for _, value in quantiles], [row] * len(quantiles), **look[contender.label].mark)
        text = "   ".join(f"{metric.title.removeprefix('latency ')} {metric.write(value)}" for metric, value in quantiles)
        axes.annotate(
            text + _doubted(contender, *(metric for metric, _ in quantiles)),
            (quantiles[0][1], row),
            xytext=(0, -11),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_xscale("log")
    axes.margins(x=0.35)
    plain_log_ticks(axes.xaxis)
    axes.set_xlabel("ms, log scale")


def _memory(axes: Axes, workload: WorkloadResult, look: Mapping[str, Look]) -> None:
    limit = 0.0
    for row, contender in enumerate(workload.contenders):
        figures = [contender.figures[metric.name] for metric in (m.RSS_IDLE, m.RSS_LOADED, m.RSS_PEAK)]
        shown = [figure.value / 1e6 for figure in figures if figure.value is not None]
        if len(shown) < 3:
            not_shown(axes, row, next((figure.refused for figure in figures if figure.refused), ""))
            continue
        mark = look[contender.label].mark
        axes.plot([shown[0], shown[2]], [row, row], color=look[contender.label].colour, linewidth=3, alpha=0.45)
        for value, shape in zip(shown, ("|", mark["marker"], "|"), strict=True):
            axes.plot(value, row, **{**mark, "marker": shape})
        text = "idle {:.1f}, loaded {:.1f}, peak {:.1f}".format(*shown) + _doubted(contender, m.RSS_LOADED)
        axes.annotate(text, (max(shown), row), xytext=(8, 0), textcoords="offset points", va="center")
        limit = max(limit, *shown)
    axes.set_xlim(0, limit * 1.9 or 1)
    axes.set_xlabel("MB")
