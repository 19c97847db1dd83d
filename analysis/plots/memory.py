"""Resident memory over time: idle, under load, after."""

from pathlib import Path

from analysis.model.summary import ContenderResult, MemoryTimeline, Summary, WorkloadResult
from analysis.plots.drawing import Axes
from analysis.plots.grid import line_panels, wrapped
from analysis.plots.metrics import one_a_request, panel_title
from analysis.plots.plot import Plot
from analysis.plots.style import Look, label_ends, looks, save, ticks_at, written

TITLE = "Memory over time: idle, under load, after (less is better)"
CAPTION = (
    "Resident set of all processes of a service: the median of the trials, shaded their range. The first mark is the fresh "
    "server before any request, the last one after the load; the grey part of the axis is the warm-up."
)
MB = 1e6
BESIDE = 0.2
"""How far before the load its first reading stands, as a share of its length."""
AFTER = 0.4
"""The same of the last reading, whose name must have room beside that of the load's end."""


def write_memory_plot(summary: Summary, folder: Path) -> list[Plot]:
    """Write the plot as SVG and PNG, one panel a workload, if the run has samples."""
    workloads = [workload for workload in one_a_request(summary.workloads) if _drawn(workload)]
    if not workloads:
        return []
    look = looks(summary.workloads)
    with line_panels(len(workloads), TITLE) as (canvas, panels):
        ends = []
        for axes, workload in zip(panels, workloads, strict=True):
            axes.set_title(wrapped(panel_title(workload)))
            timelines = [(look[contender.label], contender.memory) for contender in _drawn(workload) if contender.memory]
            ends.append([_timeline(axes, look, timeline) for look, timeline in timelines])
            _axes(axes, [timeline for _, timeline in timelines])
        canvas.draw_without_rendering()
        for axes, names in zip(panels, ends, strict=True):
            label_ends(axes, names)
        return [Plot("memory_over_time", TITLE, CAPTION, save(canvas, folder / "memory_over_time"))]


def _drawn(workload: WorkloadResult) -> list[ContenderResult]:
    """Those with samples; twins would hide their originals."""
    return [contender for contender in workload.contenders if contender.memory and contender.twin_of is None]


def _timeline(axes: Axes, look: Look, timeline: MemoryTimeline) -> tuple[float, float, str]:
    """Draw one line; its end and its name."""
    before_s, after_s = -BESIDE * timeline.at_s[-1], (1 + AFTER) * timeline.at_s[-1]
    axes.fill_between(
        timeline.at_s,
        [value / MB for value in timeline.low_bytes],
        [value / MB for value in timeline.high_bytes],
        color=look.colour,
        alpha=0.18,
        linewidth=0,
    )
    values = [timeline.idle_bytes, *timeline.rss_bytes, timeline.after_bytes]
    axes.plot([before_s, *timeline.at_s, after_s], [value / MB for value in values], color=look.colour, linewidth=1.6)
    axes.plot([before_s, after_s], [values[0] / MB, values[-1] / MB], linestyle="none", **{**look.mark, "markersize": 5})
    return after_s, values[-1] / MB, look.title


def _axes(axes: Axes, timelines: list[MemoryTimeline]) -> None:
    end_s = max(timeline.at_s[-1] for timeline in timelines)
    window_s = timelines[0].window_from_s
    axes.axvspan(0, window_s, color="#888888", alpha=0.12, linewidth=0)
    axes.set_xlim(-1.3 * BESIDE * end_s, end_s * 2.2)
    axes.set_ylim(bottom=0)
    places = [-BESIDE * end_s, 0.0, end_s, (1 + AFTER) * end_s]
    ticks_at(axes, places, ["idle", "0 s", f"{end_s:.3g} s", "after"])
    axes.grid(visible=False, axis="x")
    axes.yaxis.set_major_formatter(written)
    axes.set_ylabel("MB")
