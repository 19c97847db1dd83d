"""Where a request's CPU time goes, stacked: one bar a service, one panel an n."""

from pathlib import Path

from analysis.cost.shares import PARTS, Spent, spent
from analysis.model import metric as m
from analysis.model.summary import Summary, WorkloadResult
from analysis.plots.colours import COLOURS
from analysis.plots.drawing import Axes, Canvas, Patch, drawn_with
from analysis.plots.metrics import one_a_request, panel_title
from analysis.plots.plot import Plot
from analysis.plots.style import PANEL_IN, STYLE, WIDTH_IN, drawn_name, headline, save, written

TITLE = "Where the CPU time of a request goes"
CAPTION = (
    "Kernel: by its own account of system time. Calculation: work × the cost of a unit of it by the fit. JSON and HTTP: "
    "by the microbenchmarks of the same run, where it has them. The rest is what remains: runtime, event loop, and HTTP and "
    "JSON where nothing tells them apart. Where the fit says more of the calculation than there is, both are shown as one."
)
LOOKS = dict(
    zip(
        PARTS,
        zip(
            (COLOURS[4], COLOURS[1], COLOURS[2], COLOURS[3], "#aaaaaa", "#ddc596"),
            ("", "//", "..", "\\\\", "", "xx"),
            strict=True,
        ),
        strict=True,
    )
)
ROW_IN = 0.5
LEAST_SAID = 0.005
"""Smaller shares are drawn, not written."""


def write_shares_plot(summary: Summary, folder: Path) -> list[Plot]:
    """Write the plot as SVG and PNG, if the run tells time in the kernel from the rest."""
    panels = [(workload, shares) for workload in one_a_request(summary.workloads) if (shares := spent(summary, workload))]
    if not panels:
        return []
    with drawn_with({**STYLE, "axes.grid": False, "hatch.linewidth": 0.6}):
        heights = [PANEL_IN + ROW_IN * len(shares) for _, shares in panels]
        canvas = Canvas(figsize=(WIDTH_IN, sum(heights) + 0.7), layout="constrained")
        headline(canvas, TITLE)
        for axes, (workload, shares) in zip(
            canvas.subplots(len(panels), 1, height_ratios=heights, squeeze=False)[:, 0], panels, strict=True
        ):
            _panel(axes, workload, shares)
        used = [part for part in PARTS if any(part in spent.parts for _, shares in panels for spent in shares)]
        handles = [Patch(facecolor=LOOKS[part][0], hatch=LOOKS[part][1], edgecolor="black", label=part) for part in used]
        canvas.legend(handles=handles, loc="outside lower left", ncols=len(used), frameon=False, fontsize=8)
        return [Plot("cpu_shares", TITLE, CAPTION, save(canvas, folder / "cpu_shares"))]


def _panel(axes: Axes, workload: WorkloadResult, shares: list[Spent]) -> None:
    titles = {contender.label: drawn_name(contender.title) for contender in workload.contenders}
    axes.set_title(panel_title(workload))
    axes.set_yticks(range(len(shares)), [titles[share.label] for share in shares])
    axes.set_ylim(len(shares) - 0.3, -0.4)
    for row, share in enumerate(shares):
        left = 0.0
        for part, us in share.parts.items():
            colour, hatch = LOOKS[part]
            axes.barh(row, us, left=left, height=0.42, color=colour, hatch=hatch, edgecolor="black", linewidth=0.4)
            left += us
        axes.annotate(
            f"{m.CPU_PER_REQUEST.write(share.total_us)} µs", (left, row), xytext=(6, 0), textcoords="offset points", va="center"
        )
        said = " · ".join(
            f"{part} {us / share.total_us:.0%}" for part, us in share.parts.items() if us / share.total_us >= LEAST_SAID
        )
        axes.annotate(said, (0, row), xytext=(0, -14), textcoords="offset points", va="center", fontsize=8)
    axes.set_xlim(0, max(share.total_us for share in shares) * 1.2)
    axes.xaxis.set_major_formatter(written)
    axes.set_xlabel("µs a request")
