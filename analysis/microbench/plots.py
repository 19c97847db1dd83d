"""Plots of the microbenchmarks: the ladder of the work alone and the JSON codecs, one row a contender, log scale."""

from collections.abc import Sequence
from pathlib import Path

from analysis.microbench.cells import written_ns, written_ratio
from analysis.microbench.tables import head_of, ladder_rungs
from analysis.model.microbench import BenchmarkResult, BenchResult, MicrobenchResult
from analysis.plots.colours import COLOURS
from analysis.plots.drawing import Axes, Canvas, drawn_with
from analysis.plots.plot import Plot
from analysis.plots.style import MARKERS, PANEL_IN, ROW_IN, STYLE, WIDTH_IN, headline, plain_log_ticks, reach, save
from loadgen.task.work import BenchmarkRoles

Row = tuple[BenchResult, BenchmarkResult]


def write_microbench_plots(result: MicrobenchResult, folder: Path) -> list[Plot]:
    """Write the plots that the run has figures for, as SVG and PNG."""
    served = [bench for bench in result.benches if bench.variant is None]
    roles = result.roles
    if roles is None:
        return []
    rungs = ladder_rungs(served, roles)
    cases = dict.fromkeys(
        benchmark.case for bench in served for benchmark in bench.benchmarks if benchmark.scenario == roles.decode
    )
    codec = [(f"decode, {case}", _codec(served, roles.decode, case)) for case in cases]
    codec += [("encode", _codec(served, roles.encode, roles.usual))]
    panels = {
        "ladder": (
            f"{roles.title.capitalize()}: time of the largest case, and × the published form of the same language",
            "The same result by ever less work: published forms, one step at a time, several at a time, better algorithms.",
            [("", rungs)] if rungs else [],
        ),
        "codec": (
            "JSON codec: time of one operation, and × what is served in the same language",
            "Decoding requests of several kinds, and encoding the reply.",
            [(title, rows) for title, rows in codec if rows],
        ),
    }
    return [
        Plot(name, title, caption, _write(title, shown, folder / name, roles))
        for name, (title, caption, shown) in panels.items()
        if shown
    ]


def _codec(benches: Sequence[BenchResult], scenario: str, case: str) -> list[Row]:
    rows = [
        (bench, benchmark)
        for bench in benches
        for benchmark in bench.benchmarks
        if (benchmark.scenario, benchmark.case) == (scenario, case) and benchmark.time_ns.value is not None
    ]
    return sorted(rows, key=lambda row: row[1].time_ns.value or 0.0)


def _write(title: str, panels: Sequence[tuple[str, Sequence[Row]]], stem: Path, roles: BenchmarkRoles) -> Path:
    with drawn_with(STYLE):
        heights = [PANEL_IN + ROW_IN * len(rows) for _, rows in panels]
        canvas = Canvas(figsize=(WIDTH_IN, sum(heights) + 0.4), layout="constrained")
        headline(canvas, title)
        axes = canvas.subplots(len(panels), 1, height_ratios=heights, squeeze=False)[:, 0]
        for axis, (name, rows) in zip(axes, panels, strict=True):
            axis.set_title(name)
            _draw(axis, rows, roles)
        return save(canvas, stem)


def _draw(axes: Axes, rows: Sequence[Row], roles: BenchmarkRoles) -> None:
    languages = list(dict.fromkeys(bench.language for bench, _ in sorted(rows, key=lambda row: row[0].label)))
    axes.set_yticks(range(len(rows)), [_name(bench, row, roles) for bench, row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xscale("log")
    values = [row.time_ns.value for _, row in rows if row.time_ns.value]
    axes.set_xlim(min(values) / 1.5, max(values) * 1.5)
    for row, (bench, benchmark) in enumerate(rows):
        value = benchmark.time_ns.value
        assert value is not None
        index = languages.index(bench.language)
        colour, marker = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
        axes.plot(reach(benchmark.time_ns), [row, row], color=colour, linewidth=3, alpha=0.45, solid_capstyle="butt")
        axes.plot(value, row, marker=marker, color=colour, markersize=6)
        times = f"   {written_ratio(benchmark.ratio.value)}×" if benchmark.ratio else ""
        axes.text(1.02, row, written_ns(value) + times, transform=axes.get_yaxis_transform(), va="center")
    plain_log_ticks(axes.xaxis)
    axes.xaxis.set_major_formatter(_tick)
    axes.set_xlabel("log scale")


def _tick(ns: float, _position: object) -> str:
    """A round time in its unit: 100 µs."""
    value, unit = written_ns(ns).split()
    return f"{float(value.replace(',', '')):g} {unit}"


def _name(bench: BenchResult, benchmark: BenchmarkResult, roles: BenchmarkRoles) -> str:
    tier = f" [{benchmark.tier}]" if benchmark.scenario == roles.work and benchmark.tier else ""
    return head_of(bench, benchmark) + tier
