"""The parts of a request's CPU time add up to the whole."""

import pytest

from analysis.cost.shares import BOTH, CALCULATION, HTTP, JSON, KERNEL, REST, spent
from analysis.model import metric as m
from analysis.model.figure_of import figure_of, refused
from analysis.model.microbench import FitResult, MicrobenchResult, Shares
from analysis.model.summary import Summary, WorkloadResult, read_summary
from loadgen.task.prime.divisions import divisions
from tests.unit.asked import asks
from tests.unit.comparisons import contender
from tests.unit.test_plot_load import ROOT

FIT = FitResult(
    label="a", title="a", unit="divisions", overhead_us=figure_of([6.0]), cost_per_unit_ns=figure_of([2.0]), residuals=[]
)
SHARES = Shares(
    label="a",
    request="n = 1",
    title="a",
    total_us=figure_of([10.0]),
    kernel_us=figure_of([6.0]),
    json_us=figure_of([0.5]),
    http_us=figure_of([1.5]),
    rest_us=figure_of([2.0]),
)


def workload(n: int, total_us: float, kernel_us: float | None) -> WorkloadResult:
    figures = {
        m.CPU_PER_REQUEST.name: figure_of([total_us]),
        m.KERNEL_PER_REQUEST.name: refused("not readable here") if kernel_us is None else figure_of([kernel_us]),
    }
    one = contender("a").replace(figures=figures)
    twin = contender("a:aa", twin_of="a").replace(figures=figures)
    return WorkloadResult(name="w", title="", **asks(n), connections=1, contenders=[one, twin], comparisons=[])


def summary(fits: list[FitResult], shares: list[Shares]) -> Summary:
    stored = read_summary(ROOT / "results" / "reference" / "summary.json")
    parts = MicrobenchResult(benches=[], fits=fits, reconciliations=[], shares=shares, notes=[])
    return stored.replace(microbench=parts)


def test_the_calculation_is_the_divisions_times_the_cost_of_the_fit() -> None:
    (found,) = spent(summary([FIT], []), workload(1000, 500.0, 6.0))
    assert found.parts[CALCULATION] == pytest.approx(divisions(1000) * 2.0 / 1e3)
    assert found.parts[KERNEL] == 6.0
    assert sum(found.parts.values()) == pytest.approx(found.total_us)


def test_benchmarks_tell_json_and_http_from_the_rest_at_n_1_alone() -> None:
    (at_1,) = spent(summary([FIT], [SHARES]), workload(1, 10.0, 6.0))
    assert (at_1.parts[JSON], at_1.parts[HTTP]) == (0.5, 1.5)
    assert sum(at_1.parts.values()) == pytest.approx(10.0)
    (at_10,) = spent(summary([FIT], [SHARES]), workload(10, 10.0, 6.0))
    assert set(at_10.parts) == {KERNEL, CALCULATION, REST}


def test_a_calculation_that_the_fit_has_no_room_for_is_not_told_from_the_rest() -> None:
    (found,) = spent(summary([FIT], []), workload(1000, 7.0, 6.0))
    assert found.parts == {KERNEL: 6.0, BOTH: 1.0}


def test_without_the_kernels_share_nothing_is_shown() -> None:
    assert spent(summary([FIT], []), workload(1, 10.0, None)) == []
