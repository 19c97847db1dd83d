"""What a request costs side services, and the memory that they take, beside the service's own."""

from collections.abc import Mapping
from pathlib import Path

from analysis.model import metric as m
from analysis.model.comparison import Figure
from analysis.model.metric import Metric
from analysis.model.summary import ContenderResult, Summary, WorkloadResult
from analysis.plots.colours import COLOURS
from analysis.plots.drawing import Axes, Canvas, Patch, drawn_with
from analysis.plots.grid import wrapped
from analysis.plots.metrics import BAR, not_shown, one_a_request, panel_title
from analysis.plots.plot import Plot
from analysis.plots.style import PANEL_IN, STYLE, WIDTH_IN, doubt_text, drawn_name, headline, reach, save, written

TITLE = "Side services beside the service that asks them (less is better)"
CAPTION = (
    "CPU time per request of the service's processes and of all its side services' together, and their resident memory near "
    f"the load's end. {BAR}"
)
ROW_IN = 0.62
BAR_HEIGHT = 0.3
LOOKS = {"service": (COLOURS[0], ""), "side services": (COLOURS[1], "//")}
COLUMNS: tuple[tuple[str, str, float, tuple[Metric, Metric]], ...] = (
    ("CPU time per request", "µs", 1.0, (m.CPU_PER_REQUEST, m.SIDECAR_CPU)),
    ("memory (RSS) under load", "MB", 1e-6, (m.RSS_LOADED, m.SIDECAR_MEMORY)),
)
"""Title, unit, scale into it, and the metrics of the service and of its side services."""


def write_side_services_plot(summary: Summary, folder: Path) -> list[Plot]:
    """Write the plot as SVG and PNG, two panels a workload, if the run has side services."""
    workloads = [(workload, shown) for workload in one_a_request(summary.workloads) if (shown := _drawn(workload))]
    if not workloads:
        return []
    with drawn_with(STYLE):
        heights = [PANEL_IN + ROW_IN * len(shown) for _, shown in workloads]
        canvas = Canvas(figsize=(WIDTH_IN * 1.2, sum(heights) + 0.7), layout="constrained")
        headline(canvas, TITLE)
        panels = canvas.subplots(len(workloads), len(COLUMNS), height_ratios=heights, squeeze=False)
        for row, (workload, shown) in zip(panels, workloads, strict=True):
            for axes, (title, unit, scale, metrics) in zip(row, COLUMNS, strict=True):
                axes.set_title(title)
                _panel(axes, shown, dict(zip(LOOKS, metrics, strict=True)), scale)
                axes.set_xlabel(unit)
            row[0].set_title(f"{wrapped(panel_title(workload))}\n{COLUMNS[0][0]}")
            row[1].tick_params(labelleft=False)
        handles = [
            Patch(facecolor=colour, hatch=hatch, edgecolor="black", linewidth=0.4, label=name)
            for name, (colour, hatch) in LOOKS.items()
        ]
        canvas.legend(handles=handles, loc="outside lower left", ncols=len(handles), frameon=False, fontsize=8)
        return [Plot("side_services", TITLE, CAPTION, save(canvas, folder / "side_services"))]


def _drawn(workload: WorkloadResult) -> list[ContenderResult]:
    """Its contenders, if some have side services; twins would say the same again."""
    shown = [contender for contender in workload.contenders if contender.twin_of is None]
    return (
        shown if any(_known(contender, metric) for contender in shown for metric in (m.SIDECAR_CPU, m.SIDECAR_MEMORY)) else []
    )


def _known(contender: ContenderResult, metric: Metric) -> Figure | None:
    figure = contender.figures.get(metric.name)
    return None if figure is None or figure.value is None else figure


def _panel(axes: Axes, contenders: list[ContenderResult], metrics: Mapping[str, Metric], scale: float) -> None:
    axes.set_yticks(range(len(contenders)), [drawn_name(contender.title) for contender in contenders])
    axes.set_ylim(len(contenders) - 0.4, -0.6)
    limit = 0.0
    for row, contender in enumerate(contenders):
        for (name, metric), offset in zip(metrics.items(), (-0.5, 0.5), strict=True):
            position = row + offset * BAR_HEIGHT * 1.1
            figure = _known(contender, metric)
            if figure is None or figure.value is None:
                not_shown(
                    axes,
                    position,
                    contender.figures[metric.name].refused if metric.name in contender.figures else "not measured",
                )
                continue
            limit = max(limit, _bar(axes, position, name, metric, figure, scale))
    axes.set_xlim(0, limit * 1.35 or 1)
    axes.xaxis.set_major_formatter(written)


def _bar(axes: Axes, position: float, name: str, metric: Metric, figure: Figure, scale: float) -> float:
    """One bar with its interval (or range) and its value; how far to the right it reaches."""
    assert figure.value is not None
    colour, hatch = LOOKS[name]
    low, high = (end * scale for end in reach(figure))
    value = figure.value * scale
    axes.barh(position, value, height=BAR_HEIGHT, color=colour, hatch=hatch, edgecolor="black", linewidth=0.4)
    axes.plot([low, high], [position, position], color="black", linewidth=1.2)
    end = max(value, high)
    text = f"{metric.write(figure.value)}{doubt_text(figure.doubts)}"
    axes.annotate(text, (end, position), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8)
    return end
