"""`primebench run --cluster` with a server on one host and generators on two others, each with a network of its own; root only.

All hosts have this machine's two cores: of figures only what is true however slow it is, is looked at.
"""

import os
import re
import signal
import time
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from analysis.model.metric import GOODPUT, LATENCY_P50
from loadgen.record.generators import HostReadings
from loadgen.record.trial import LoadTrial
from tests.cluster.campaigns import Machines
from tests.cluster.generators import GENERATORS, WAIT_MS, Several, with_generators
from tests.cluster.networks import relayed
from tests.patience import PATIENCE_S
from tests.trials import load_trials


@pytest.fixture
def several(machines: Machines, tmp_path: Path) -> Several:
    return with_generators(machines, tmp_path / "project", GENERATORS)


def hosts_of(trial: LoadTrial) -> dict[str, HostReadings]:
    assert trial.load is not None
    return {generator.label: generator.host for generator in trial.load.generators if generator.host is not None}


def test_rows_of_two_hosts_are_those_of_one_load(several: Several) -> None:
    done = several.run("smoke")
    assert done.returncode in (0, 2), done.stderr  # 2 where checks find this machine too busy
    run, trials = several.trials()
    assert (run.end_reason, list(run.generator_machines)) == ("finished", GENERATORS)
    assert trials.keys() == {"native", "oha", "due"}
    for name, trial in trials.items():
        assert trial.failure is None, name
        assert trial.load is not None
        rows = pq.read_table(several.folder.path / trial.load.rows_file)
        counts = {value["values"]: value["counts"] for value in rows["generator"].cast("string").value_counts().to_pylist()}
        assert counts == {generator.label: generator.rows for generator in trial.load.generators}
        assert counts.keys() == set(GENERATORS)
        assert rows.num_rows == trial.load.rows == trial.load.statuses["200"]
        assert [generator.connections for generator in trial.load.generators] == [3, 2]
        assert (rows["end_s"].to_numpy() - rows["start_s"].to_numpy()).min() * 1e3 >= WAIT_MS
        assert run.workloads[name].generators == 2
        assert trial.answers is not None
        assert trial.answers.checked > 0
        assert trial.answers.wrong == []
        assert trial.cpu is not None
        assert trial.cpu.server_cpu_s > 0
        assert trial.cpu.generator_cpu_s == pytest.approx(sum(generator.cpu_s or 0.0 for generator in trial.load.generators))
        assert hosts_of(trial).keys() == set(GENERATORS)
        assert trial.load.server_host is not None
        assert trial.load.server_host.received_bytes > 0
    due = trials["due"]
    assert due.load is not None
    rows = pq.read_table(several.folder.path / due.load.rows_file)
    assert rows.num_rows == round(101 * 1.3)
    if all(generator.started_s == 0.0 for generator in due.load.generators):  # one that was late is due later
        spaced = sorted(rows["intended_s"].to_pylist())
        assert spaced == pytest.approx([number / 101 for number in range(len(spaced))], abs=1e-6)
    several.machines.await_nothing_left()


@pytest.mark.long
def test_one_generator_finds_what_two_find(machines: Machines, tmp_path: Path) -> None:
    found = []
    for generators in (GENERATORS[:1], GENERATORS):
        several = with_generators(machines, tmp_path / str(len(generators)), generators)
        done = several.run("rounds")
        assert done.returncode in (0, 2), done.stderr  # 2 where checks find this machine too busy
        result = several.workload("native")
        assert result.generators == len(generators)
        found.append(result.contenders[0].figures)
    for metric in (GOODPUT, LATENCY_P50):
        by_one, by_two = (figures[metric.name].interval for figures in found)
        assert by_one is not None, found
        assert by_two is not None, found
        assert by_one.low <= by_two.high, (metric.name, by_one, by_two)
        assert by_two.low <= by_one.high, (metric.name, by_one, by_two)


@pytest.mark.long
def test_a_generator_host_that_stands_still_for_5_s_is_named(several: Several) -> None:
    machines = several.machines
    with several.started("long") as process:
        several.await_generator("hammer", process)
        time.sleep(2.0)  # the common start is up to 1.5 s away
        stopped = [psutil.Process(pid) for pid in machines.namespaces["hammer"].processes()]
        for running in stopped:
            running.suspend()
        time.sleep(5.0)
        for live in stopped:
            live.resume()
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in (0, 2), f"{out}{err}"
    (trial,) = several.trials()[1].values()
    assert trial.failure is None
    assert several.flags("native")["straggler"].evidence.startswith("hammer had ")
    machines.await_nothing_left()


@pytest.mark.long
def test_a_generator_host_whose_worker_is_killed_is_named_and_ends_the_run(several: Several) -> None:
    machines = several.machines
    with several.started("twice") as process:
        several.await_generator("hammer", process)
        for worker in machines.processes("hammer", "cluster.worker"):
            os.kill(worker.pid, signal.SIGKILL)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2, out
    assert re.search(r"^primebench: hammer: .*; once it is back: primebench run --resume", err, re.MULTILINE), err
    _, (trial,) = load_trials(several.folder.path)
    assert (trial.failure or "").startswith("hammer: its worker was lost")
    machines.await_nothing_left()


STEPS = """
import time
from pathlib import Path

_real = time.time


def _stepped():
    return _real() + (2.0 if (Path.home() / "stepped").exists() else 0.0)


time.time = _stepped
"""


@pytest.mark.long
def test_a_way_that_is_longer_and_loses_packets_and_a_clock_that_is_set_are_named(several: Several, tmp_path: Path) -> None:
    machines = several.machines
    host = next(host for host in machines.hosts if host.name == "hammer")
    packages = next(host.home.rglob("releases/*/venv/lib/python3*/site-packages"))
    (packages / "sitecustomize.py").write_text(STEPS, encoding="utf-8")
    number = [host.name for host in machines.hosts].index("hammer")
    try:
        with (
            relayed(machines.controller, machines.namespaces["hammer"], number, "hammer", tmp_path, 0.005, 0.01),
            several.started("long") as process,
        ):
            several.await_generator("hammer", process)
            (host.home / "stepped").touch()
            out, err = process.communicate(timeout=PATIENCE_S)
        machines.await_nothing_left()
    finally:
        (packages / "sitecustomize.py").unlink()
        (host.home / "stepped").unlink(missing_ok=True)
    assert process.returncode in (0, 2), f"{out}{err}"
    (trial,) = several.trials()[1].values()
    assert trial.load is not None
    connect_ms = {name: readings.connect_ms or 0.0 for name, readings in hosts_of(trial).items()}
    assert connect_ms["hammer"] >= 5.0
    rows = pq.read_table(several.folder.path / trial.load.rows_file)
    labels, took = rows["generator"].cast("string").to_numpy(), rows["end_s"].to_numpy() - rows["start_s"].to_numpy()
    assert took[labels == "hammer"].min() * 1e3 >= 5.0 + WAIT_MS
    flags = several.flags("native")
    assert hosts_of(trial)["hammer"].segments_retransmitted > hosts_of(trial)["bellows"].segments_retransmitted
    assert flags["host_differs"].evidence.startswith("hammer: the way to the server and back takes ")
    assert flags["clock_stepped"].evidence.startswith("hammer: set forward by 2.0")
    assert several.workload("native").contenders[0].figures[LATENCY_P50.name].value is not None
