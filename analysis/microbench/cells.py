"""Cells of tables of microbenchmarks: times, ratios, and what an operation costs beside its time."""

from analysis.model import metric as m
from analysis.model.microbench import BenchmarkResult, Ratio
from analysis.tables.table import Cell

_THREE = m.significant(3)
_UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns"))


def written_ns(ns: float) -> str:
    """Nanoseconds in the unit that people would write them in, three significant digits: 14.9 ms."""
    scale, unit = next(((scale, unit) for scale, unit in _UNITS if abs(ns) >= scale), _UNITS[-1])
    return f"{_THREE(ns / scale)} {unit}"


TIME = m.Metric("time_ns", "time", "", "lower", written_ns)


def ratio_cell(ratio: Ratio | None) -> Cell:
    """A ratio with its interval; "1" stands for what the others are set over."""
    if ratio is None:
        return Cell("1")
    value = written_ratio(ratio.value)
    spread = f"of {ratio.pairs}"
    if ratio.interval:
        spread = f"[{written_ratio(ratio.interval.low)}, {written_ratio(ratio.interval.high)}]"
    return Cell(value, spread, f"{value} {spread}")


def written_ratio(value: float) -> str:
    """Three significant digits; far below 1 as a power of ten."""
    return _THREE(value) if value >= 0.001 else f"{value:.1e}"


def cost_heads(suffix: str = "") -> list[str]:
    """Heads of the cells that `costs` makes."""
    return [f"allocations{suffix}", f"bytes allocated{suffix}", f"instructions{suffix}"]


def costs(benchmark: BenchmarkResult) -> list[Cell]:
    """Allocations, bytes allocated, instructions; a dash for what the tool does not count."""
    counts = [benchmark.counters.get("allocations"), benchmark.counters.get("allocated_bytes")]
    cells = [Cell("–" if value is None else f"{value:,.0f}") for value in counts]
    return [*cells, Cell("–" if benchmark.instructions is None else f"{benchmark.instructions.each:,.0f}")]
