"""Tables of the microbenchmarks: ladder, codec, request path, compilers and flags, reconciliation, shares of a request."""

import math
from collections.abc import Sequence

from analysis.microbench.summary import ARTICLE, DECODE, ENCODE, LARGEST_N, LOOP, REQUEST, SERVED, n_of
from analysis.model import metric as m
from analysis.model.summary import BenchmarkResult, BenchResult, MicrobenchResult, Ratio, Shares
from analysis.tables.workload import Cell, Table, figure_cell

NS = m.Metric("time_ns", "time", "ns", "lower", m.significant(3))
_THREE = m.significant(3)
_UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns"))
OF_LARGEST = f"n={LARGEST_N}"


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


def microbench_tables(result: MicrobenchResult) -> list[Table]:
    """Every table that the run has figures for."""
    served = [bench for bench in result.benches if bench.variant is None]
    variants = [bench for bench in result.benches if bench.variant is not None]
    tables = []
    if _of(served, LOOP):
        tables += [_ladder(served, result.notes), _every_n(served)]
    if _of(served, DECODE):
        tables.append(_decode(served))
    if _of(served, ENCODE) or _of(served, REQUEST):
        tables.append(_encode(served))
    if variants:
        tables.append(_variants(variants))
    if result.fits:
        tables.append(_fits(result))
    if result.reconciliations:
        tables.append(_reconciled(result))
    if result.shares:
        tables.append(_shares(result.shares))
    return tables


def _of(benches: Sequence[BenchResult], scenario: str) -> list[tuple[BenchResult, BenchmarkResult]]:
    return [(bench, one) for bench in benches for one in bench.benchmarks if one.scenario == scenario]


def head_of(bench: BenchResult, one: BenchmarkResult) -> str:
    """Language and contender."""
    return f"{bench.language} · {one.title}"


def ladder_rungs(benches: Sequence[BenchResult]) -> list[tuple[BenchResult, BenchmarkResult]]:
    """The prime loop at n = 10,000, slowest first."""
    found = [(bench, one) for bench, one in _of(benches, LOOP) if one.case == OF_LARGEST and one.time_ns.value is not None]
    return sorted(found, key=lambda pair: -(pair[1].time_ns.value or 0.0))


def _ladder(benches: Sequence[BenchResult], notes: Sequence[str]) -> Table:
    counted = {(bench.label, one.contender): one for bench, one in _of(benches, LOOP) if one.instructions is not None}
    rows = []
    for bench, one in ladder_rungs(benches):
        assert one.time_ns.value is not None
        divisions = one.counters.get("divisions", 0.0)
        at = counted.get((bench.label, one.contender))
        rows.append(
            (
                head_of(bench, one),
                [
                    Cell(one.tier),
                    figure_cell(TIME, one.time_ns),
                    ratio_cell(one.ratio),
                    Cell(f"{divisions:,.0f}" if divisions else "–"),
                    Cell(_THREE(one.time_ns.value / divisions) if divisions else "–"),
                    _instructions_per_division(at),
                    Cell(_exponent(bench, one)),
                ],
            )
        )
    heads = [
        "tier",
        "n = 10,000",
        "× published",
        "divisions",
        "ns each",
        "instructions each",
        "growth",
    ]
    said = [
        "tiers are not compared with each other: a tuned loop makes the same divisions many at a time (and some that are not "
        "needed, which are not counted), a better algorithm makes fewer",
        "× published: over the published form in the same language; growth: the power of n that time grows with",
        "instructions of a division: callgrind, exact but for ≈ (a runtime's threads are in the count)",
    ]
    return Table("prime loop: the ladder", heads, rows, [*said, *notes])


def _instructions_per_division(one: BenchmarkResult | None) -> Cell:
    divisions = one.counters.get("divisions", 0.0) if one else 0.0
    if one is None or one.instructions is None or not divisions:
        return Cell("–")
    about = "" if one.instructions.exact else "≈ "
    return Cell(about + _THREE(one.instructions.each / divisions))


def _exponent(bench: BenchResult, one: BenchmarkResult) -> str:
    """The slope of log time over log n between the two largest n."""
    times = {
        n: other.time_ns.value
        for other in bench.benchmarks
        if other.scenario == LOOP and other.contender == one.contender and other.time_ns.value and (n := n_of(other.case))
    }
    largest = sorted(times)[-2:]
    if len(largest) < 2:
        return "–"
    a, b = largest
    return f"{round(math.log(times[b] / times[a]) / math.log(b / a), 2) + 0.0:.2f}"  # + 0.0: no -0.00


def _every_n(benches: Sequence[BenchResult]) -> Table:
    cases = list(dict.fromkeys(one.case for _, one in _of(benches, LOOP)))
    found = {(bench.label, one.contender, one.case): one for bench, one in _of(benches, LOOP)}
    rows = [
        (
            head_of(bench, one),
            [_time_of(found.get((bench.label, one.contender, case))) for case in cases],
        )
        for bench, one in ladder_rungs(benches)
    ]
    return Table("prime loop: time for each n", [case.replace("=", " = ") for case in cases], rows)


def _time_of(one: BenchmarkResult | None) -> Cell:
    return Cell("–") if one is None else figure_cell(TIME, one.time_ns)


def _decode(benches: Sequence[BenchResult]) -> Table:
    cases = list(dict.fromkeys(one.case for _, one in _of(benches, DECODE)))
    found = {(bench.label, one.contender, one.case): one for bench, one in _of(benches, DECODE)}
    rows = []
    for bench, one in _of(benches, DECODE):
        if one.case != ARTICLE:
            continue
        cells = [_time_of(found.get((bench.label, one.contender, case))) for case in cases]
        rows.append((head_of(bench, one), [*cells, *_costs(one)]))
    heads = [*cases, *_cost_heads(f" ({ARTICLE})")]
    return Table('JSON: reading n; article is {"n":10000}, crowded has 4,096 bytes of keys to ignore', heads, rows)


def _cost_heads(suffix: str = "") -> list[str]:
    return [f"allocations{suffix}", f"bytes allocated{suffix}", f"instructions{suffix}"]


def _costs(one: BenchmarkResult) -> list[Cell]:
    """Allocations, bytes allocated, instructions; a dash for what the tool does not count."""
    counts = [one.counters.get("allocations"), one.counters.get("allocated_bytes")]
    cells = [Cell("–" if value is None else f"{value:,.0f}") for value in counts]
    return [*cells, Cell("–" if one.instructions is None else f"{one.instructions.each:,.0f}")]


def _encode(benches: Sequence[BenchResult]) -> Table:
    rows = [
        (
            f"{'request path, bytes in to bytes out, n = 1' if one.scenario == REQUEST else 'reply'}: {head_of(bench, one)}",
            [figure_cell(TIME, one.time_ns), *_costs(one)],
        )
        for scenario in (ENCODE, REQUEST)
        for bench, one in _of(benches, scenario)
    ]
    return Table("JSON: writing the reply; and a whole request without a socket", ["time", *_cost_heads()], rows)


def _variants(benches: Sequence[BenchResult]) -> Table:
    """A row a build, a column a served benchmark: the base's time, the others' over it."""
    shown = [
        (LOOP, OF_LARGEST, "prime loop, n = 10,000"),
        (DECODE, ARTICLE, "decode"),
        (ENCODE, ARTICLE, "encode"),
        (REQUEST, "n=1", "request path, n = 1"),
    ]
    rows = []
    for bench in benches:
        found = {(one.scenario, one.case): one for one in bench.benchmarks if one.contender == SERVED}
        cells = [_over_base_cell(found.get((scenario, case))) for scenario, case, _ in shown]
        rows.append((f"{bench.service}: {bench.title}", cells))
    heads = [head for _, _, head in shown]
    return Table("compilers and flags: time over that of the first row's build, with 95% intervals", heads, rows)


def _over_base_cell(one: BenchmarkResult | None) -> Cell:
    """The time of the base, the ratio of the others."""
    if one is None:
        return Cell("–")
    return figure_cell(TIME, one.time_ns) if one.ratio is None else ratio_cell(one.ratio)


def _fits(result: MicrobenchResult) -> Table:
    every_n = sorted({n for one in result.fits for n in one.residuals})
    us = m.Metric("overhead_us", "overhead", "µs", "lower", _THREE)
    rows = [
        (
            one.title,
            [
                figure_cell(us, one.overhead_us),
                figure_cell(NS, one.cost_per_division_ns),
                *(Cell(f"{one.residuals[n]:+.1%}" if n in one.residuals else "–") for n in every_n),
            ],
        )
        for one in result.fits
    ]
    heads = ["overhead, µs", "a division, ns", *(f"off at n = {n:,}" for n in every_n)]
    return Table("CPU per request = overhead + divisions × cost, fitted to the load trials", heads, rows)


def _reconciled(result: MicrobenchResult) -> Table:
    rows = []
    for one in result.reconciliations:
        metric = m.Metric("", "", one.unit, "lower", _THREE)
        cell = ratio_cell(one.ratio)
        rows.append(
            (
                f"{one.title}: {one.quantity}, {one.unit}",
                [figure_cell(metric, one.load), figure_cell(metric, one.microbench), cell, Cell(one.verdict)],
            )
        )
    notes = [
        "the fit takes one cost for every division, and short loops are cheaper: residuals show by how much",
        "agree: the whole interval of the ratio lies within 5% of 1; differ: all of it lies outside",
        "over the request path: what the event loop, the system calls' user side and colder caches add is the difference",
    ]
    return Table("do the microbenchmarks explain the load runs?", ["load", "microbenchmark", "ratio", "verdict"], rows, notes)


def _shares(shares: Sequence[Shares]) -> Table:
    us = m.Metric("", "", "µs", "lower", _THREE)
    rows = []
    for one in shares:
        parts = [one.kernel_us, one.http_us, one.json_us, one.rest_us]
        cells = [figure_cell(us, part) if part else Cell("in the rest") for part in parts]
        rows.append((one.title, [figure_cell(us, one.total_us), *cells]))
    heads = ["CPU per request, µs", "kernel", "HTTP", "JSON", "rest"]
    notes = ["HTTP: the request path without a socket, less JSON; rest: event loop, system calls' user side, caches"]
    return Table("where a request's CPU time goes at n = 1, µs", heads, rows, notes)
