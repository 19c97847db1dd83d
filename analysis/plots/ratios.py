"""The answer as a picture: how much more CPU each service needs than the one that needs the least."""

from pathlib import Path

from analysis.model.comparison import Comparison
from analysis.model.standing import best_first, cpu_over, main_workload
from analysis.model.summary import Summary
from analysis.plots.colours import MUTED
from analysis.plots.drawing import Axes, Canvas, drawn_with
from analysis.plots.metrics import panel_title
from analysis.plots.outliers import axis_end
from analysis.plots.plot import Plot
from analysis.plots.style import PANEL_IN, ROW_IN, STYLE, WIDTH_IN, doubt_text, drawn_name, headline, looks, save, written


def write_ratio_plot(summary: Summary, folder: Path) -> list[Plot]:
    """Write the plot as SVG and PNG, if some service of the main workload is set over another."""
    workloads = [workload for workload in summary.workloads if workload.comparisons]
    if not workloads:
        return []
    main = main_workload(workloads)
    first, *others = best_first(main)
    comparisons = {
        label: comparison for label, comparison in cpu_over(main, first.label).items() if comparison.ratio is not None
    }
    rows = [first, *(other for other in others if other.label in comparisons)]
    if len(rows) < 2:
        return []
    title = f"CPU per request, more than {drawn_name(first.title)}"
    how = "of servers side by side on the same core" if main.paired else "of trials in turn"
    caption = f"The bar is the 95% interval of the ratio, from pairs of the same round, {how}."
    look = looks(summary.workloads)
    with drawn_with(STYLE):
        canvas = Canvas(figsize=(WIDTH_IN, PANEL_IN + 0.4 + ROW_IN * 1.4 * len(rows)), layout="constrained")
        headline(canvas, title)
        axes: Axes = canvas.subplots()
        axes.set_title(panel_title(main))
        axes.set_yticks(range(len(rows)), [drawn_name(row.title) for row in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.axvline(0, color=MUTED, linewidth=1)
        ends = [0.0]
        limit = (axis_end([1.0, *(_reach(comparisons[row.label])[1] for row in rows[1:])]) - 1) * 100
        axes.plot(0.0, 0, **look[first.label].mark)
        axes.annotate("the least", (0.0, 0), xytext=(8, 0), textcoords="offset points", va="center")
        for row, service in enumerate(rows[1:], start=1):
            comparison = comparisons[service.label]
            assert comparison.ratio is not None
            low, high = _reach(comparison)
            percents = [(end - 1) * 100 for end in (low, comparison.ratio, high)]
            mark = look[service.label]
            beyond = percents[2] > limit
            if not beyond:
                axes.plot(percents[::2], [row, row], color=mark.colour, linewidth=4, alpha=0.45)
                axes.plot(percents[1], row, **mark.mark)
            said = f"{percents[1]:+.1f}%" + (f" [{percents[0]:.1f}, {percents[2]:.1f}]" if comparison.interval else "")
            said += f" {comparison.verdict}" if comparison.verdict in ("tie", "cannot tell") else ""
            said += doubt_text(comparison.doubts)
            if beyond:
                _write_beyond(axes, row, said, mark.colour)
                continue
            axes.annotate(said, (max(percents), row), xytext=(8, 0), textcoords="offset points", va="center")
            ends += percents
        span = max(ends) - min(ends) or 1.0
        axes.set_xlim(min(ends) - 0.05 * span, max(ends) + 0.45 * span)
        axes.xaxis.set_major_formatter(written)
        axes.set_xlabel("% more CPU time a request (less is better)")
        return [Plot("ratios", title, caption, save(canvas, folder / "ratios"))]


def _reach(comparison: Comparison) -> tuple[float, float]:
    """Both ends of the interval, or twice the ratio without one."""
    assert comparison.ratio is not None
    return (comparison.interval.low, comparison.interval.high) if comparison.interval else (comparison.ratio, comparison.ratio)


def _write_beyond(axes: Axes, row: int, text: str, colour: str) -> None:
    """An arrow at the edge with the figure before it: a mark at its place would squeeze all others together."""
    edge = axes.get_yaxis_transform()
    axes.plot(1.0, row, color=colour, marker=">", markersize=7, clip_on=False, transform=edge)
    axes.annotate(
        f"beyond the axis: {text}",
        (1.0, row),
        xycoords=edge,
        xytext=(-9, 0),
        textcoords="offset points",
        va="center",
        ha="right",
    )
