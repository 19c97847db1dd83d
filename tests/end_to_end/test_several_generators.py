"""A run whose loads are put by one generator and by two: the same service, of which it is known how fast it can be.

Nothing is pinned, so that two generators need no cores of their own here. The stub's variant `delayed` answers four at a time
and takes 10 ms for each: 400 responses a second, whoever asks.
"""

import functools
import math
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from analysis.model.metric import GOODPUT, LATENCY_P50
from analysis.model.summary import Summary, read_summary
from loadgen.generator.choice import GENERATORS
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial
from tests.end_to_end.conftest import LAUNCH, STUB, Place, ended, place_in
from tests.patience import PATIENCE_S, awaited
from tests.trials import load_trials

ROUNDS, WINDOW_S = 6, 0.6
AT_ONCE, ANSWERED_IN_MS = 4, 10.0
CAPACITY_PER_S = AT_ONCE / ANSWERED_IN_MS * 1e3
CONNECTIONS = 8
AGREE = 0.05
"""As in the cross-check of generators."""
WORKLOADS = {
    "one": f"connections = {CONNECTIONS}",
    "two": f"connections = {CONNECTIONS}\ngenerators = 2",
    "due": f'connections = {CONNECTIONS}\ngenerator = "native"\ngenerators = 2\nrate = {{ per_s = 201 }}',
}
PROFILE = """
[profiles.several]
title = "by one and by two"
services = ["stub"]
rounds = ROUNDS
pinned = PINNED
server_cores = 1
pilot = false
"""


def scenarios(folder: Path, pinned: str, rounds: int = ROUNDS, **load_s: float) -> Path:
    loads = "".join(f'\n[workloads.{name}]\ntitle = "t"\nparameters = {{ n = 100 }}\n{WORKLOADS[name]}\n' for name in load_s)
    timings = "".join(f"{name} = {{ warm_up_s = 0.2, load_s = {seconds} }}\n" for name, seconds in load_s.items())
    path = folder / "scenarios.toml"
    profile = PROFILE.replace("PINNED", pinned).replace("ROUNDS", str(rounds))
    path.write_text(f'schema = 2\ntask = "prime"\n{loads}{profile}\n[profiles.several.workloads]\n{timings}')
    return path


def command(place: Place, file: Path, *more: str) -> list[str]:
    run = ["run", "--profile", "several", "--results", str(place.results), "--scenarios", str(file)]
    return [*LAUNCH, *run, "--service", f"{STUB}:delayed", *more]


@pytest.fixture(scope="module")
def finished_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A run, and how long its windows are: ten times as long where so busy a machine gives too few responses in them, reads no
    CPU time in one, or starts two generators further apart.
    """
    for window_s in (WINDOW_S, 10 * WINDOW_S, 100 * WINDOW_S):
        folder = tmp_path_factory.mktemp("several")
        place = place_in(folder)
        found = ended(place, command(place, scenarios(folder, "false", one=window_s, two=window_s, due=window_s)), {})
        if (
            found.code == 0
            and all(trial.cpu for trial in load_trials(found.run)[1])
            and all(
                load.contenders[0].figures[metric.name].interval
                for load in read_summary(found.run / "summary.json").workloads
                for metric in (GOODPUT, LATENCY_P50)
            )
        ):
            break
    assert (found.code, found.stderr) == (0, "")
    return found.run, window_s


@pytest.fixture(scope="module")
def finished(finished_in: tuple[Path, float]) -> Path:
    return finished_in[0]


@pytest.fixture(scope="module")
def window_s(finished_in: tuple[Path, float]) -> float:
    return finished_in[1]


@pytest.fixture(scope="module")
def records(finished: Path) -> tuple[RunRecord, dict[str, list[LoadTrial]]]:
    run, trials = load_trials(finished)
    return run, {name: [trial for trial in trials if trial.workload == name] for name in WORKLOADS}


@pytest.fixture(scope="module")
def summary(finished: Path) -> Summary:
    return read_summary(finished / "summary.json")


def test_rows_are_the_sum_of_the_parts_with_both_labels(
    finished: Path, records: tuple[RunRecord, dict[str, list[LoadTrial]]]
) -> None:
    run, trials = records
    assert {name: load.generators for name, load in run.workloads.items()} == {"one": 1, "two": 2, "due": 2}
    for name in ("two", "due"):
        for trial in trials[name]:
            assert (trial.failure, trial.load is not None) == (None, True)
            assert trial.load is not None
            rows = pq.read_table(finished / trial.load.rows_file)
            by_label = {generator.label: generator.rows for generator in trial.load.generators}
            counts = rows["generator"].cast("string").value_counts().to_pylist()
            assert {count["values"]: count["counts"] for count in counts} == by_label
            assert by_label.keys() == {"g1", "g2"}
            assert sum(by_label.values()) == trial.load.rows == rows.num_rows == sum(trial.load.statuses.values())
            assert [generator.connections for generator in trial.load.generators] == [4, 4]
            ends = rows["end_s"].to_numpy()
            assert (ends[1:] >= ends[:-1]).all()
    for trial in trials["one"]:
        assert trial.load is not None
        assert trial.load.generators == []
        assert "generator" not in pq.read_table(finished / trial.load.rows_file).column_names


def test_the_window_is_the_time_in_which_all_of_them_measured(
    records: tuple[RunRecord, dict[str, list[LoadTrial]]], window_s: float
) -> None:
    _, trials = records
    for trial in trials["two"]:
        assert trial.load is not None
        started = [generator.started_s for generator in trial.load.generators]
        assert min(started) >= 0.0
        assert trial.window_from_s == pytest.approx(0.2 + max(started))
        assert trial.window_to_s == pytest.approx(0.2 + window_s + min(started))
        assert trial.cpu is not None
        used = [generator.cpu_s for generator in trial.load.generators if generator.cpu_s is not None]
        assert sum(used) == pytest.approx(trial.cpu.generator_cpu_s)


def test_one_generator_and_two_find_the_same_of_the_same_service(
    summary: Summary, records: tuple[RunRecord, dict[str, list[LoadTrial]]]
) -> None:
    """A window has no more responses than the service gives in it, and those of the connections that waited as it began. Where
    it is busy, the second of two has begun before it is seen to: until then the first had the service for itself.
    """
    found = {load.name: load.contenders[0].figures for load in summary.workloads}
    for name in ("one", "two"):
        trials = records[1][name]
        shortest_s = min((trial.window_to_s or 0.0) - (trial.window_from_s or 0.0) for trial in trials)
        unseen_s = max((part.started_s for trial in trials if trial.load for part in trial.load.generators), default=0.0)
        most = CAPACITY_PER_S * (shortest_s + unseen_s / 2) + AT_ONCE + CONNECTIONS
        assert max(found[name][GOODPUT.name].each) <= most / shortest_s
        assert min(found[name][LATENCY_P50.name].each) >= 0.99 * ANSWERED_IN_MS
    for metric in (GOODPUT, LATENCY_P50):
        alone, two = found["one"][metric.name].interval, found["two"][metric.name].interval
        assert alone is not None
        assert two is not None
        apart = max(math.log(alone.low / two.high), math.log(two.low / alone.high))
        assert apart <= math.log(1 + AGREE), f"{metric.title}: {alone} by one, {two} by two"


def test_an_open_loop_is_shared_out_with_its_phase(
    finished: Path, records: tuple[RunRecord, dict[str, list[LoadTrial]]], window_s: float
) -> None:
    count = round((0.2 + window_s) * 201)
    for trial in records[1]["due"]:
        assert trial.load is not None
        rows = pq.read_table(finished / trial.load.rows_file)
        assert rows.num_rows == count
        if all(
            generator.started_s == 0.0 for generator in trial.load.generators
        ):  # one that a busy machine made late is due later
            due = sorted(rows["intended_s"].to_pylist())
            assert due == pytest.approx([number / 201 for number in range(count)], abs=1e-6)


def test_a_table_says_by_how_many_generators_a_load_was_put(finished: Path) -> None:
    table = (finished / "table.md").read_text()
    assert "8 connections from 2 generators" in table


def test_too_few_cores_are_one_line(tmp_path: Path) -> None:
    place = place_in(tmp_path)
    file = scenarios(tmp_path, "true", two=WINDOW_S)
    only = str(min(psutil.Process().cpu_affinity() or [0]))
    found = ended(place, ["taskset", "-c", only, *command(place, file)], {})
    assert found.code == 2
    (line,) = found.stderr.splitlines()
    assert line.startswith("primebench: workloads.two.generators: 2 generators need a physical core each; ")


@contextmanager
def running(folder: Path, load_s: float = 3.0) -> Iterator[tuple[subprocess.Popen[str], psutil.Process, Place]]:
    """A run of one trial of two generators, once both send, and the second of them."""
    place, file = place_in(folder), scenarios(folder, "false", rounds=1, two=load_s)
    with subprocess.Popen(
        command(place, file), env=dict(place.environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        awaited(lambda: len(generators(process)) == 2, "two generators that send")
        yield process, generators(process)[1], place


def generators(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Those that are running, in the order in which they were started."""
    try:
        found = [
            child
            for child in psutil.Process(process.pid).children(recursive=True)
            if child.name() == "oha" and child.net_connections()
        ]
        return sorted(found, key=lambda child: child.create_time())
    except psutil.NoSuchProcess:
        return []


def test_one_of_two_that_is_killed_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    with running(tmp_path) as (process, second, place):
        others = generators(process)
        second.kill()
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    (line,) = errors.strip().splitlines()
    assert f"g2: {GENERATORS['oha'].name} failed (killed by signal 9)" in line
    assert not any(other.is_running() for other in others)
    assert [trial.failure is None for trial in load_trials(next((place.results / "runs").iterdir()))[1]] == [False]


def has_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_one_of_two_that_stands_still_is_a_straggler(tmp_path: Path) -> None:
    """It stands still until the other's load is over, which lasts ten times as long where that was seen too late."""
    for load_s in (3.0, 30.0, 300.0):
        (tmp_path / str(load_s)).mkdir()
        with running(tmp_path / str(load_s), load_s) as (process, second, place):
            (first,) = (other for other in generators(process) if other != second)
            second.suspend()
            awaited(functools.partial(has_ended, first), "the end of the other's load")
            second.resume()
            process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0
        (load,) = read_summary(next((place.results / "runs").iterdir()) / "summary.json").workloads
        flags = [flag for flag in load.contenders[0].flags if flag.check == "straggler"]
        if flags:
            break
    (flag,) = flags
    assert flag.evidence.startswith("g2 had ")
