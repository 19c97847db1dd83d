"""Tables of the microbenchmarks: ladder, codec, request path, compilers and flags, reconciliation, shares of a request."""

import math
from collections.abc import Sequence

from analysis.microbench.by_name import by_name
from analysis.microbench.cells import TIME, cost_heads, costs, ratio_cell
from analysis.microbench.reconcile import SERVED, value_of
from analysis.microbench.summary import largest_case
from analysis.model import metric as m
from analysis.model.microbench import BenchmarkResult, BenchResult, FitResult, MicrobenchResult, Shares
from analysis.tables.table import Cell, Table, figure_cell
from loadgen.task.work import BenchmarkRoles

NS = m.Metric("time_ns", "time", "ns", "lower", m.significant(3))
_THREE = m.significant(3)


def microbench_tables(result: MicrobenchResult) -> list[Table]:
    """Every table that the run has figures for."""
    served = [bench for bench in result.benches if bench.variant is None]
    variants = [bench for bench in result.benches if bench.variant is not None]
    tables = [] if result.roles is None else _tables_by_role(served, variants, result.roles, result)
    tables += by_name(result)
    if result.fits:
        tables.append(_fits(result))
    if result.reconciliations:
        tables.append(_reconciled(result))
    if result.shares:
        tables.append(_shares(result.shares))
    return tables


def _tables_by_role(
    served: Sequence[BenchResult], variants: Sequence[BenchResult], roles: BenchmarkRoles, result: MicrobenchResult
) -> list[Table]:
    """Return the tables of what each benchmark is of."""
    tables = []
    if _of(served, roles.work):
        tables += [_ladder(served, roles, result.unit or "", result.notes), _every_case(served, roles)]
    if _of(served, roles.decode):
        tables.append(_decode(served, roles))
    if _of(served, roles.encode) or _of(served, roles.request):
        tables.append(_encode(served, roles))
    if variants:
        tables.append(_variants(variants, roles))
    return tables


def _of(benches: Sequence[BenchResult], scenario: str) -> list[tuple[BenchResult, BenchmarkResult]]:
    return [(bench, benchmark) for bench in benches for benchmark in bench.benchmarks if benchmark.scenario == scenario]


def head_of(bench: BenchResult, benchmark: BenchmarkResult) -> str:
    """Language and contender."""
    return f"{bench.language} · {benchmark.title}"


def ladder_rungs(benches: Sequence[BenchResult], roles: BenchmarkRoles) -> list[tuple[BenchResult, BenchmarkResult]]:
    """The work alone in its largest case, slowest first."""
    case = largest_case(benches, roles)
    rungs = [
        (bench, benchmark)
        for bench, benchmark in _of(benches, roles.work)
        if benchmark.case == case and benchmark.time_ns.value is not None
    ]
    return sorted(rungs, key=lambda pair: -(pair[1].time_ns.value or 0.0))


def _ladder(benches: Sequence[BenchResult], roles: BenchmarkRoles, unit: str, notes: Sequence[str]) -> Table:
    counted = {
        (bench.label, benchmark.contender): benchmark
        for bench, benchmark in _of(benches, roles.work)
        if benchmark.instructions is not None
    }
    rows = []
    for bench, rung in ladder_rungs(benches, roles):
        assert rung.time_ns.value is not None
        amount = rung.counters.get(unit, 0.0)
        at = counted.get((bench.label, rung.contender))
        rows.append(
            (
                head_of(bench, rung),
                [
                    Cell(rung.tier),
                    figure_cell(TIME, rung.time_ns),
                    ratio_cell(rung.ratio),
                    Cell(f"{amount:,.0f}" if amount else "–"),
                    Cell(_THREE(rung.time_ns.value / amount) if amount else "–"),
                    _instructions_per_unit(at, unit),
                    Cell(_exponent(bench, rung, roles)),
                ],
            )
        )
    heads = [
        "tier",
        _in_words(largest_case(benches, roles)),
        "× published",
        unit,
        "ns each",
        "instructions each",
        "growth",
    ]
    said = [
        "tiers are not compared with each other: a tuned one does the same work many at a time (and some that is not needed, "
        "which is not counted), a better algorithm does less",
        "× published: over the published form in the same language; growth: the power of the parameter that time grows with",
        "instructions each: callgrind, exact but for ≈ (a runtime's threads are in the count)",
    ]
    return Table(f"{roles.title}: the ladder", heads, rows, [*said, *notes])


def _in_words(case: str) -> str:
    """Return a case NAME=VALUE as people write it: n = 10,000."""
    name, _, _ = case.partition("=")
    value = value_of(case)
    return case if value is None else f"{name} = {value:,}"


def _instructions_per_unit(benchmark: BenchmarkResult | None, unit: str) -> Cell:
    amount = benchmark.counters.get(unit, 0.0) if benchmark else 0.0
    if benchmark is None or benchmark.instructions is None or not amount:
        return Cell("–")
    about = "" if benchmark.instructions.exact else "≈ "
    return Cell(about + _THREE(benchmark.instructions.each / amount))


def _exponent(bench: BenchResult, benchmark: BenchmarkResult, roles: BenchmarkRoles) -> str:
    """The slope of log time over log value between the two largest cases."""
    times = {
        value: other.time_ns.value
        for other in bench.benchmarks
        if (other.scenario, other.contender) == (roles.work, benchmark.contender) and other.time_ns.value
        if (value := value_of(other.case))
    }
    largest = sorted(times)[-2:]
    if len(largest) < 2:
        return "–"
    a, b = largest
    return f"{round(math.log(times[b] / times[a]) / math.log(b / a), 2) + 0.0:.2f}"  # + 0.0: no -0.00


def _every_case(benches: Sequence[BenchResult], roles: BenchmarkRoles) -> Table:
    cases = list(dict.fromkeys(benchmark.case for _, benchmark in _of(benches, roles.work)))
    by_case = {(bench.label, benchmark.contender, benchmark.case): benchmark for bench, benchmark in _of(benches, roles.work)}
    rows = [
        (
            head_of(bench, rung),
            [_time_of(by_case.get((bench.label, rung.contender, case))) for case in cases],
        )
        for bench, rung in ladder_rungs(benches, roles)
    ]
    return Table(f"{roles.title}: time for each case", [case.replace("=", " = ") for case in cases], rows)


def _time_of(benchmark: BenchmarkResult | None) -> Cell:
    return Cell("–") if benchmark is None else figure_cell(TIME, benchmark.time_ns)


def _decode(benches: Sequence[BenchResult], roles: BenchmarkRoles) -> Table:
    cases = list(dict.fromkeys(benchmark.case for _, benchmark in _of(benches, roles.decode)))
    by_case = {(bench.label, benchmark.contender, benchmark.case): benchmark for bench, benchmark in _of(benches, roles.decode)}
    rows = []
    for bench, benchmark in _of(benches, roles.decode):
        if benchmark.case != roles.usual:
            continue
        cells = [_time_of(by_case.get((bench.label, benchmark.contender, case))) for case in cases]
        rows.append((head_of(bench, benchmark), [*cells, *costs(benchmark)]))
    heads = [*cases, *cost_heads(f" ({roles.usual})")]
    return Table(f"JSON: reading a request; {roles.decode_note}", heads, rows)


def _encode(benches: Sequence[BenchResult], roles: BenchmarkRoles) -> Table:
    rows = [
        (f"{title}: {head_of(bench, benchmark)}", [figure_cell(TIME, benchmark.time_ns), *costs(benchmark)])
        for scenario, title in ((roles.encode, "reply"), (roles.request, "request path, bytes in to bytes out"))
        for bench, benchmark in _of(benches, scenario)
    ]
    return Table("JSON: writing the reply; and a whole request without a socket", ["time", *cost_heads()], rows)


def _variants(benches: Sequence[BenchResult], roles: BenchmarkRoles) -> Table:
    """A row a build, a column a served benchmark: the base's time, the others' over it."""
    largest = largest_case(benches, roles)
    request = next((benchmark.case for _, benchmark in _of(benches, roles.request)), "")
    shown = [
        (roles.work, largest, f"{roles.title}, {_in_words(largest)}"),
        (roles.decode, roles.usual, "decode"),
        (roles.encode, roles.usual, "encode"),
        (roles.request, request, f"request path, {_in_words(request)}"),
    ]
    rows = []
    for bench in benches:
        benchmarks = {
            (benchmark.scenario, benchmark.case): benchmark for benchmark in bench.benchmarks if benchmark.contender == SERVED
        }
        cells = [_over_base_cell(benchmarks.get((scenario, case))) for scenario, case, _ in shown]
        rows.append((f"{bench.service}: {bench.title}", cells))
    heads = [head for _, _, head in shown]
    return Table("compilers and flags: time over that of the first row's build, with 95% intervals", heads, rows)


def _over_base_cell(benchmark: BenchmarkResult | None) -> Cell:
    """The time of the base, the ratio of the others."""
    if benchmark is None:
        return Cell("–")
    return figure_cell(TIME, benchmark.time_ns) if benchmark.ratio is None else ratio_cell(benchmark.ratio)


def _fits(result: MicrobenchResult) -> Table:
    labels = {residual.amount: residual.label for fit in result.fits for residual in fit.residuals}
    unit = next(fit.unit for fit in result.fits)
    us = m.Metric("overhead_us", "overhead", "µs", "lower", _THREE)
    rows = [
        (
            fit.title,
            [
                figure_cell(us, fit.overhead_us),
                figure_cell(NS, fit.cost_per_unit_ns),
                *(_residual_cell(fit, amount) for amount in sorted(labels)),
            ],
        )
        for fit in result.fits
    ]
    heads = ["overhead, µs", "cost, ns", *(f"off at {labels[amount]}" for amount in sorted(labels))]
    return Table(f"CPU per request = overhead + {unit} × cost, fitted to the load trials", heads, rows)


def _residual_cell(fit: FitResult, amount: float) -> Cell:
    return next((Cell(f"{residual.residual:+.1%}") for residual in fit.residuals if residual.amount == amount), Cell("–"))


def _reconciled(result: MicrobenchResult) -> Table:
    rows = []
    for reconciliation in result.reconciliations:
        metric = m.Metric("", "", reconciliation.unit, "lower", _THREE)
        cell = ratio_cell(reconciliation.ratio)
        rows.append(
            (
                f"{reconciliation.title}: {reconciliation.quantity}, {reconciliation.unit}",
                [
                    figure_cell(metric, reconciliation.load),
                    figure_cell(metric, reconciliation.microbench),
                    cell,
                    Cell(reconciliation.verdict),
                ],
            )
        )
    notes = [
        "the fit takes one cost for every unit of work, and little work is cheaper: residuals show by how much",
        "agree: the whole interval of the ratio lies within 5% of 1; differ: all of it lies outside",
        "over the request path: what the event loop, the system calls' user side and colder caches add is the difference",
    ]
    return Table("do the microbenchmarks explain the load runs?", ["load", "microbenchmark", "ratio", "verdict"], rows, notes)


def _shares(shares: Sequence[Shares]) -> Table:
    us = m.Metric("", "", "µs", "lower", _THREE)
    rows = []
    for share in shares:
        parts = [share.kernel_us, share.http_us, share.json_us, share.rest_us]
        cells = [figure_cell(us, part) if part else Cell("in the rest") for part in parts]
        rows.append((share.title, [figure_cell(us, share.total_us), *cells]))
    heads = ["CPU per request, µs", "kernel", "HTTP", "JSON", "rest"]
    notes = ["HTTP: the request path without a socket, less JSON; rest: event loop, system calls' user side, caches"]
    return Table(f"where a request's CPU time goes at {shares[0].request}, µs", heads, rows, notes)
