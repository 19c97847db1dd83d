"""A load that several generators share out: who sends what, on which cores, and what they measured together."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from analysis.model.metric import GENERATOR_BUSY
from analysis.trial.generators import ANSWERED, MEAN, generator_figures
from analysis.trial.metrics import figures_of
from analysis.trial.rows import Rows, read_rows
from loadgen.config.scenarios import Workload
from loadgen.errors import Error
from loadgen.generator.choice import GENERATORS
from loadgen.generator.generator import Load, Part, Report
from loadgen.generator.rows import write_rows
from loadgen.generator.several import merged
from loadgen.machine.cores import choose_cores, cores_of_generators
from loadgen.record.generators import GeneratorRecord
from loadgen.record.workload import WorkloadRecord, load_in_words
from tests.machines import recorded
from tests.machines.tree import Recorded, topology_of
from tests.unit.asked import asked
from tests.unit.plans import plan, workload
from tests.unit.records import RUN, TRIAL


def rows(ends_s: Sequence[float], **more: Sequence[float]) -> pa.Table:
    ends = np.array(ends_s)
    times = {"start_s": ends - 0.01, "end_s": ends, **{name: np.array(values) for name, values in more.items()}}
    codes = {"status": np.full(ends.size, 200, dtype=np.int16), "body_bytes": np.full(ends.size, 5, dtype=np.int32)}
    return pa.table({**times, **codes})


@given(st.integers(0, 10_000), st.integers(1, 64))
def test_shares_add_up_and_differ_by_one_at_most(total: int, count: int) -> None:
    shares = [Part(number, count).share(total) for number in range(count)]
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1


def test_each_oha_has_its_share_of_connections_rate_and_requests() -> None:
    load = Load(asked(10).first.request, 5, 2.0, "http://127.0.0.1:80", rate_per_s=101)
    commands = [GENERATORS["oha"].command("oha", load._replace(part=Part(number, 2))) for number in range(2)]
    found = [{name: line[line.index(name) + 1] for name in ("-c", "-q", "-n")} for line in commands]
    assert found == [{"-c": "3", "-q": "51", "-n": "102"}, {"-c": "2", "-q": "50", "-n": "100"}]


def test_native_generators_are_told_their_parts_of_one_order_and_one_start() -> None:
    load = Load(asked(10).first.request, 5, 2.0, "http://127.0.0.1:80", rate_per_s=101)
    alone = GENERATORS["native"].command("load", load)
    assert not {"--parts", "--part", "--start-at-ns"} & set(alone)
    second = GENERATORS["native"].command("load", load._replace(part=Part(1, 2, 7_000)))
    given = dict(zip(second[1::2], second[2::2], strict=False))
    assert (given["--connections"], given["--parts"], given["--part"], given["--start-at-ns"]) == ("2", "2", "1", "7000")
    assert (given["--rate"], given["--count"]) == ("101", "202")  # of all together


def test_rows_are_concatenated_and_counts_added_but_quantiles_are_never_merged() -> None:
    first = Report(rows([0.5, 1.5]), {"timeout": 1}, {"requests_per_s": 2.0, "latency_p99_ms": 9.0}, {"a": 3}, 4)
    other = Report(rows([0.4]), {"timeout": 2, "closed": 1}, {"requests_per_s": 1.0, "latency_p99_ms": 1.0}, {"a": 1}, 2)
    found = merged({"g1": first, "g2": other}, {"g1": 0.0, "g2": 0.25}, (0.3, 1.6))
    assert found.report.rows["end_s"].to_pylist() == [0.5, 0.65, 1.5]
    assert found.report.rows["generator"].to_pylist() == ["g1", "g2", "g1"]
    assert found.report.rows["start_s"].to_pylist() == pytest.approx([0.49, 0.64, 1.49])
    assert found.report.errors == {"timeout": 3, "closed": 1}
    assert (found.report.begun, found.report.connections) == ({"a": 4}, 6)
    assert found.report.reported == {"requests_per_s": 3.0}
    assert found.window == (0.55, 1.6), "in which all measured"
    assert [(generator.label, generator.started_s, generator.ended_s, generator.rows) for generator in found.generators] == [
        ("g1", 0.0, 1.5, 2),
        ("g2", 0.25, 0.65, 1),
    ]


def test_the_worst_pacing_error_is_that_of_all_and_what_was_never_late_was_due_when_it_was_sent() -> None:
    late = Report(rows([1.0], intended_s=[0.9]), {}, {"pacing_error_p99_us": 40.0})
    prompt = Report(rows([2.0]), {}, {})
    found = merged({"g1": late, "g2": prompt}, {"g1": 0.0, "g2": 0.0}, (0.0, 3.0)).report
    assert found.reported == {"pacing_error_p99_us": 40.0}
    assert found.rows["intended_s"].to_pylist() == pytest.approx([0.9, 1.99])


def test_one_without_a_single_response_is_there_all_the_same() -> None:
    reports = {"g1": Report(rows([1.0]), {}, {}), "g2": Report(rows([]), {"refused": 5}, {})}
    found = merged(reports, {"g1": 0.0, "g2": 0.1}, (0.0, 2.0))
    assert [(generator.rows, generator.ended_s) for generator in found.generators] == [(1, 1.0), (0, 0.1)]


@pytest.mark.parametrize(
    ("machine", "count", "cores"),
    [
        (recorded.GRAVITON_4, 2, [[0], [1]]),
        (recorded.GRAVITON_4, 3, [[0], [1], [2]]),
        (recorded.WSL2, 3, [[0, 1], [2, 3], [4, 5]]),
        (recorded.RYZEN_5950X, 2, [[8, 10, 12, 24, 26, 28], [9, 11, 13, 25, 27, 29]]),
    ],
)
def test_generators_have_physical_cores_of_their_own_and_as_many_each(
    machine: Recorded, count: int, cores: list[list[int]]
) -> None:
    found = topology_of(machine)
    chosen = choose_cores(found, 1, pinned=True)
    assert cores_of_generators(found, chosen, count) == cores
    assert {cpu for own in cores for cpu in own} <= set(chosen.generator)


def test_slow_cores_are_shared_out_like_fast_ones() -> None:
    found = topology_of(recorded.I7_12700K)
    own = cores_of_generators(found, choose_cores(found, 1, pinned=True), 2)
    slow = {cpu.number for cpu in found.cpus if cpu.speed_class}
    assert slow
    assert len({len(cores) for cores in own}) == 1
    assert len({len(slow & set(cores)) for cores in own}) == 1


@pytest.mark.parametrize("machine", [recorded.TWO_VCPUS, recorded.ONE_VCPU])
def test_too_few_cores_are_said_in_a_line_with_what_to_do(machine: Recorded) -> None:
    found = topology_of(machine)
    with pytest.raises(Error, match=r"^2 generators need a physical core each; this machine has [01] cores? beside the server"):
        cores_of_generators(found, choose_cores(found, 1, pinned=True), 2)
    assert cores_of_generators(found, choose_cores(found, 1, pinned=False), 2) == [[], []]


def test_a_plan_gives_cores_to_the_workloads_that_have_several_generators(monkeypatch: pytest.MonkeyPatch) -> None:
    found = topology_of(recorded.GRAVITON_4)
    monkeypatch.setattr("loadgen.run.plan.read_topology", lambda: found)
    made = plan(one=workload(), two=workload().replace(generators=2))
    assert (made.generator_cores("one"), made.generator_cores("two")) == ([], [[0], [1]])


def test_a_generator_without_a_connection_is_refused() -> None:
    with pytest.raises(ValidationError, match="generators: expected at most as many as connections, 2"):
        Workload(title="t", connections=2, generators=3)


def test_records_of_one_generator_are_what_they_were() -> None:
    assert TRIAL.load is not None
    assert not {"generators", "server_host"} & TRIAL.load.model_dump().keys()
    (load,) = RUN.workloads.values()
    assert "generators" not in load.model_dump()
    assert "generators" not in workload().model_dump()
    assert "generator_machines" not in RUN.model_dump()
    assert WorkloadRecord.model_validate(load.model_dump()) == load
    several = load.replace(generators=2)
    assert WorkloadRecord.model_validate(several.model_dump()) == several


def test_a_load_says_by_how_many_it_is_put() -> None:
    assert load_in_words(10, None) == "10 connections"
    assert load_in_words(10, None, 2) == "10 connections from 2 generators"


def test_figures_are_those_of_all_rows_and_each_generator_has_its_own(tmp_path: Path) -> None:
    assert TRIAL.load is not None
    ends = np.linspace(0.02, 3.98, 199)
    reports = {"g2": Report(rows(list(ends)), {}, {}), "g1": Report(rows(list(ends + 0.001)), {}, {})}
    found = merged(reports, {"g2": 0.0, "g1": 0.0}, (1.0, 3.0))
    assert len(found.report.rows) == 2 * 199
    (tmp_path / "raw").mkdir()
    write_rows(found.report.rows, tmp_path / "raw" / "0.parquet")
    load = TRIAL.load.replace(rows_file="raw/0.parquet", generators=list(found.generators))
    trial = TRIAL.replace(load=load, window_from_s=1.0, window_to_s=3.0, cpu=None)
    read = read_rows(tmp_path, trial)
    own = generator_figures(trial, read)
    assert own[f"{ANSWERED} g1"] == own[f"{ANSWERED} g2"] == 100
    assert own[f"{MEAN} g1"] == pytest.approx(10.0)
    assert figures_of(RUN, trial, read)["goodput_per_s"] == 100.0


def test_how_busy_generators_are_is_of_the_cores_that_they_had() -> None:
    assert TRIAL.load is not None
    both = [
        GeneratorRecord(label=label, connections=5, cores=[number], started_s=0.0, ended_s=11.0, rows=500)
        for number, label in enumerate(("g1", "g2"))
    ]
    trial = TRIAL.replace(load=TRIAL.load.replace(generators=both))
    none = Rows(np.empty(0), np.empty(0), np.empty(0, dtype=np.int16), np.empty(0, dtype=np.int32))
    alone, together = (figures_of(RUN, taken, none)[GENERATOR_BUSY.name] for taken in (TRIAL, trial))
    assert together == pytest.approx(alone / 2)
