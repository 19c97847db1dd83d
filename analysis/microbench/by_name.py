"""The table of benchmarks that the task has no role for: any name, as a service's tool prints it."""

from analysis.microbench.cells import TIME, cost_heads, costs, ratio_cell
from analysis.model.microbench import BenchmarkResult, BenchResult, MicrobenchResult, Ratio
from analysis.tables.table import Cell, Table, figure_cell
from loadgen.record.benchmark import benchmark_name
from loadgen.task.work import BenchmarkRoles


def by_name(result: MicrobenchResult) -> list[Table]:
    """Return a table with a row for each benchmark of each build that no other table has, or none if there are none.

    It has the run's notes where no table of the work alone shows them.
    """
    scenarios = _scenarios(result.roles)
    rows = [
        (bench, benchmark) for bench in result.benches for benchmark in bench.benchmarks if benchmark.scenario not in scenarios
    ]
    if not rows:
        return []
    has_work = result.roles is not None and any(
        benchmark.scenario == result.roles.work for bench in result.benches for benchmark in bench.benchmarks
    )
    over = any(benchmark.ratio is not None for _, benchmark in rows)
    return [
        Table(
            "microbenchmarks by name",
            ["time", *(["ratio"] if over else []), *cost_heads()],
            [
                (
                    _named(bench, benchmark),
                    [figure_cell(TIME, benchmark.time_ns), *_ratios(benchmark.ratio, over), *costs(benchmark)],
                )
                for bench, benchmark in rows
            ],
            [
                *(["ratio: the time over that of the base's build, or of what is served"] if over else []),
                *([] if has_work else result.notes),
            ],
        )
    ]


def _scenarios(roles: BenchmarkRoles | None) -> tuple[str, ...]:
    return () if roles is None else (roles.work, roles.decode, roles.encode, roles.request)


def _named(bench: BenchResult, benchmark: BenchmarkResult) -> str:
    return f"{bench.label}: {benchmark_name(benchmark.scenario, benchmark.contender, benchmark.case)}"


def _ratios(ratio: Ratio | None, over: bool) -> list[Cell]:
    return [Cell("–") if ratio is None else ratio_cell(ratio)] if over else []
