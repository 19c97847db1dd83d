"""Which workloads the plots of connections and rates are made from, and that they can be drawn."""

from pathlib import Path

import pytest

from analysis.model import metric as m
from analysis.model.figure_of import figure_of, refused
from analysis.model.summary import Summary, WorkloadResult, read_summary
from analysis.plots.load import open_loops, sweeps_of_connections, write_load_plots
from analysis.plots.metrics import one_a_request
from loadgen.record.workload import Rate
from tests.unit.asked import asks
from tests.unit.comparisons import contender

ROOT = Path(__file__).parents[2]


def workload(name: str, n: int, connections: int, rate: Rate | None = None, level: float = 100.0) -> WorkloadResult:
    figures = {metric.name: figure_of([level * (1 + step / 100) for step in range(8)]) for metric in m.TRIAL_METRICS}
    figures[m.LATENCY_P999.name] = refused("too few requests a trial")
    contenders = [contender(label).replace(figures=figures) for label in ("a", "b")]
    twin = contender("a:aa", twin_of="a").replace(figures=figures)
    return WorkloadResult(
        name=name, title="", **asks(n), connections=connections, rate=rate, contenders=[*contenders, twin], comparisons=[]
    )


def at(share: float, whose: str) -> Rate:
    return Rate.model_validate({"share": share, "of": "n1000", "whose": whose})


CLOSED = [workload("article", 10_000, 100), workload("n1000", 1000, 64), *(workload(f"c{c}", 10_000, c) for c in (256, 1))]
OPEN = [
    workload("common", 1000, 64, at(0.7, "common")),
    workload("open90", 1000, 64, at(0.9, "own")),
    workload("open50", 1000, 64, at(0.5, "own")),
]


@pytest.fixture
def summary() -> Summary:
    stored = read_summary(ROOT / "results" / "reference" / "summary.json")
    return stored.replace(workloads=[*CLOSED, *OPEN])


def test_a_sweep_is_three_or_more_connections_of_one_n_in_their_order() -> None:
    (sweep,) = sweeps_of_connections([*CLOSED, *OPEN]).items()
    assert sweep[0] == "n = 10,000"
    assert [workload.connections for workload in sweep[1]] == [1, 100, 256]


def test_open_loops_come_by_their_share_and_the_common_rate_last() -> None:
    assert [loop.name for loop in open_loops([*CLOSED, *OPEN])] == ["open50", "open90", "common"]


def test_other_plots_have_one_closed_loop_an_n() -> None:
    assert [workload.name for workload in one_a_request([*CLOSED, *OPEN])] == ["article", "n1000"]


def test_both_are_drawn_with_every_service_and_without_the_twin(summary: Summary, tmp_path: Path) -> None:
    written = write_load_plots(summary, tmp_path / "plots")
    assert [plot.name for plot in written] == ["connections", "rates"]
    for plot in written:
        text = plot.svg.read_text()
        assert plot.svg.with_suffix(".png").is_file()
        assert ">a</text>" in text
        assert ">b</text>" in text
        assert "a:aa" not in text


def test_a_run_without_such_workloads_has_no_such_plots(summary: Summary, tmp_path: Path) -> None:
    few = summary.replace(workloads=[*CLOSED[:2], *OPEN[:2]])
    assert write_load_plots(few, tmp_path / "plots") == []


def test_loops_at_a_number_come_last_and_are_drawn_at_it(summary: Summary, tmp_path: Path) -> None:
    fixed = [workload(f"at{number}", 1000, 64, Rate(per_s=number)) for number in (2000, 500)]
    assert [loop.name for loop in open_loops([*fixed, *OPEN])] == ["open50", "open90", "common", "at500", "at2000"]
    (plot,) = write_load_plots(summary.replace(workloads=[*OPEN, *fixed]), tmp_path / "plots")
    text = plot.svg.read_text()
    assert "2,000/s" in text
    assert "rate, share of capacity, or requests/s" in text
