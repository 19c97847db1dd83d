"""From timings and load trials to ratios, fits, reconciliations and shares."""

import math

import pytest

from analysis.cost.fit import fit
from analysis.microbench.cells import written_ns
from analysis.microbench.reconcile import CpuPerRequest, agreement
from analysis.microbench.summary import summarise_microbench
from analysis.microbench.tables import microbench_tables
from analysis.model.microbench import MicrobenchResult
from analysis.stats.interval import Interval
from loadgen.record.contender import MicrobenchRecord
from loadgen.record.trial import MICROBENCH, BenchmarkTrial, Trial
from loadgen.task.prime.divisions import divisions
from tests.unit.asked import SCALE, of
from tests.unit.records import BENCHMARK_TRIAL, COUNT, COUNT_TRIAL, RUN, TIMING

ROUNDS = range(8)
TIMES_NS = {
    ("prime_loop", "published", "n=1000"): 200_000.0,
    ("prime_loop", "served", "n=1000"): 100_000.0,
    ("prime_loop", "published", "n=10000"): 10_000_000.0,
    ("prime_loop", "served", "n=10000"): 2_925_594 * 2.0,
    ("json_decode", "served", "article"): 100.0,
    ("json_encode", "served", "article"): 50.0,
    ("request_path", "served", "n=1"): 1000.0,
}
BENCH = MicrobenchRecord(
    label="cpp",
    service="cpp",
    language="C++",
    variant=None,
    over=None,
    title="C++ · as served",
    build=None,
    commands=[],
    titles={"published": "as published"},
    tiers={"published": "published", "served": "reference"},
    not_measured=None,
)


def trials(label: str = "cpp", slower: float = 1.0) -> list[BenchmarkTrial]:
    return [
        BENCHMARK_TRIAL.replace(
            contender=label,
            round=number,
            timings=[
                TIMING.replace(
                    scenario=scenario,
                    contender=contender,
                    case=case,
                    time_ns=time_ns * slower * (1 + 0.001 * number),
                    counters={"divisions": 2_925_594.0} if case == "n=10000" else {},
                )
                for (scenario, contender, case), time_ns in TIMES_NS.items()
            ],
        )
        for number in ROUNDS
    ]


def load(overhead_us: float = 10.0, cost_ns: float = 2.0) -> list[CpuPerRequest]:
    """Trials that follow the model exactly but for the drift that the microbenchmarks above have too."""
    return [
        CpuPerRequest(number, of(n), total, 0.75 * total)
        for number in ROUNDS
        for n in (1, 100, 1_000, 10_000)
        for total in [(overhead_us + divisions(n) * cost_ns / 1e3) * (1 + 0.001 * number)]
    ]


def summarised(cpu: list[CpuPerRequest] | None = None, more: tuple[Trial, ...] = ()) -> MicrobenchResult:
    builds = [BENCH.replace(label=f"cpp+{name}", variant=name, over="cpp+base") for name in ("base", "o2")]
    run = RUN.replace(microbenches=[BENCH, *builds])
    cpu_of = {"cpp": cpu} if cpu else {}
    result = summarise_microbench(run, [*trials(), *trials("cpp+base"), *trials("cpp+o2", 1.1), *more], cpu_of, SCALE)
    assert result is not None
    return result


@pytest.mark.parametrize(("n", "count"), [(1, 0), (2, 0), (3, 2), (10, 44), (100, 2_337), (1_000, 85_624), (10_000, 2_925_594)])
def test_divisions_are_those_of_the_reference_tier(n: int, count: int) -> None:
    assert divisions(n) == count


def test_the_fit_finds_overhead_and_cost_again() -> None:
    found = fit({divisions(n): 7.5 + divisions(n) * 1.7 / 1e3 for n in (1, 10, 100, 1_000, 10_000)})
    assert found is not None
    assert found.overhead_us == pytest.approx(7.5)
    assert found.cost_per_unit_ns == pytest.approx(1.7)
    assert all(abs(value) < 1e-9 for value in found.residuals.values())


def test_two_values_of_n_are_no_sweep() -> None:
    assert fit({1: 10.0, 100: 14.0}) is None


def test_a_loop_is_set_over_the_published_form_and_a_build_over_the_one_that_is_served() -> None:
    served, base, other = summarised().benches
    found = {(benchmark.scenario, benchmark.contender, benchmark.case): benchmark for benchmark in served.benchmarks}
    loop = found["prime_loop", "served", "n=10000"]
    assert loop.ratio is not None
    assert (loop.ratio.over, loop.ratio.pairs) == ("as published", len(ROUNDS))
    assert loop.ratio.value == pytest.approx(0.5851188)
    assert found["prime_loop", "published", "n=10000"].ratio is None
    assert all(benchmark.ratio is None for benchmark in base.benchmarks)
    for benchmark in other.benchmarks:
        assert benchmark.ratio is not None
        assert benchmark.ratio.value == pytest.approx(1.1)


def test_a_load_run_that_costs_what_the_loop_costs_agrees() -> None:
    loop, thousand, largest, path = summarised(load()).reconciliations
    assert (loop.unit, loop.verdict) == ("ns", "agree")
    assert loop.ratio.value == pytest.approx(1.0)
    assert (thousand.quantity.partition(":")[0], thousand.verdict) == ("calculation for n = 1,000", "differ")
    assert (largest.quantity.partition(":")[0], largest.verdict) == ("calculation for n = 10,000", "agree")
    assert largest.ratio.value == pytest.approx(1.0)
    assert (path.unit, path.verdict) == ("µs", "differ")
    assert path.ratio.value == pytest.approx(2.5)


def test_a_load_run_whose_divisions_cost_a_tenth_more_differs() -> None:
    loop, *_ = summarised(load(cost_ns=2.2)).reconciliations
    assert loop.verdict == "differ"
    assert loop.ratio.value == pytest.approx(1.1)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.96, 1.04, "agree"), (1.06, 1.2, "differ"), (0.8, 0.9, "differ"), (0.9, 1.1, "cannot tell"), (1.0, 1.06, "cannot tell")],
)
def test_agreement_is_the_whole_interval_within_five_percent(low: float, high: float, verdict: str) -> None:
    assert agreement(Interval(low=low, high=high, level=0.95, method="trimmed-mean-yuen")) == verdict
    assert agreement(None) == "cannot tell"


def test_the_shares_of_a_request_add_up_to_all_of_it() -> None:
    (shares,) = summarised(load()).shares
    assert shares.http_us is not None
    parts = [shares.kernel_us, shares.http_us, shares.json_us, shares.rest_us]
    assert sum(part.value or 0.0 for part in parts) == pytest.approx(shares.total_us.value)
    assert (shares.kernel_us.value or 0.0) / (shares.total_us.value or 1.0) == pytest.approx(0.75)


def test_what_was_skipped_or_has_no_time_is_named_and_has_no_figure() -> None:
    odd = TIMING.replace(scenario="", contender="", case="odd", time_ns=math.nan)
    update = {
        "workload": MICROBENCH,
        "contender": "cpp",
        "timings": [odd, odd.replace(case="zero", time_ns=0.0)],
    }
    more = BENCHMARK_TRIAL.model_copy(update=update | {"round": 99, "skipped": {"a": "needs AVX2"}, "failed": {"b": "no file"}})
    result = summarised(more=(more, more))
    assert result.notes == [
        "cpp: odd: not measured: its time is nan ns",
        "cpp: zero: not measured: its time is 0 ns",
        "cpp: a: not measured: skipped: needs AVX2",
        "cpp: b: not measured: failed: no file",
    ]
    assert {"odd", "zero"}.isdisjoint(benchmark.case for benchmark in result.benches[0].benchmarks)


@pytest.mark.parametrize("case", ["n=", "n=ten", "n=1e3", "n=²", "ten"])
def test_a_loop_whose_case_says_no_n_is_shown_without_divisions(case: str) -> None:
    timing = TIMING.replace(case=case)
    result = summarised(more=(BENCHMARK_TRIAL.replace(contender="cpp", round=99, timings=[timing]),))
    (shown,) = (benchmark for benchmark in result.benches[0].benchmarks if benchmark.case == case)
    assert shown.counters == {}
    assert microbench_tables(result)


def test_instructions_that_are_not_the_same_twice_are_noted() -> None:
    def counted(again: float, *, exact: bool = True) -> Trial:
        one = COUNT.replace(case="n=1000", times=2, instructions=500_000.0, again=again, exact=exact)
        return COUNT_TRIAL.replace(contender="cpp", instructions=[one])

    assert summarised(more=(counted(500_000.0),)).notes == []
    assert summarised(more=(counted(500_100.0, exact=False),)).notes == []
    (note,) = summarised(more=(counted(500_100.0),)).notes
    assert "500,000.0 and 500,100.0" in note


def test_a_tools_warning_is_noted_once() -> None:
    warned = trials()[0].replace(warnings=["CPU scaling is enabled"])
    assert summarised(more=(warned, warned)).notes == ["cpp: the tool warns: CPU scaling is enabled"]


def test_a_failed_trial_is_noted() -> None:
    failed = BENCHMARK_TRIAL.replace(contender="cpp", failure="cpp: it broke", round=8)
    assert summarised(more=(failed,)).notes == ["microbench, round 9: cpp: it broke"]


def test_every_table_has_a_cell_under_every_head() -> None:
    tables = microbench_tables(summarised(load()))
    assert [table.title.partition(":")[0] for table in tables][:2] == ["prime loop", "prime loop"]
    assert len(tables) == 8
    for table in tables:
        for _, cells in table.rows:
            assert len(cells) == len(table.heads)


def test_benchmarks_of_any_name_are_shown_where_the_task_has_no_role_for_them() -> None:
    run = RUN.replace(benchmark_roles=None, microbenches=[BENCH])
    timing = TIMING.replace(scenario="", contender="", case="Greet", time_ns=207.0, counters={"allocations": 2.0})
    named = [BENCHMARK_TRIAL.replace(contender="cpp", round=number, timings=[timing]) for number in ROUNDS]
    result = summarise_microbench(run, [*named, BENCHMARK_TRIAL.replace(failure="it hung", round=9)], {}, None)
    assert result is not None
    (table,) = microbench_tables(result)
    ((name, cells),) = table.rows
    assert (name, cells[0].value, cells[1].value) == ("cpp: Greet", "207 ns", "2")
    assert any("it hung" in note for note in table.notes)


@pytest.mark.parametrize(
    ("ns", "text"),
    [(1.234, "1.23 ns"), (999.4, "999 ns"), (1_500.0, "1.50 µs"), (14_912_000.0, "14.9 ms"), (0.512, "0.512 ns")],
)
def test_times_are_written_in_the_unit_that_people_use(ns: float, text: str) -> None:
    assert written_ns(ns) == text
