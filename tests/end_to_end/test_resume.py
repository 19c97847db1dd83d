"""A run that was cut short goes on where it stopped; one that cannot says why."""

import json
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from loadgen.record.folder import RunFolder, load_run
from loadgen.run.files import alone_in
from tests.end_to_end.conftest import LAUNCH, STUB, Ended, Place, ended, place_in, run_in

ROUNDS = "4"


def interrupted(place: Place, after: int, how: signal.Signals) -> Path:
    """A run of stub and its twin that gets the signal once it has so many trials; its folder."""
    arguments = ("--service", f"{STUB},{STUB}:aa", "--rounds", ROUNDS, "--seed", "7")
    run_in(place)(*arguments, environment={"SIGNAL_AFTER": f"{after} {how.name}"})
    (folder,) = (place.results / "runs").iterdir()
    return folder


def resumed(place: Place, wanted: str, *arguments: str) -> Ended:
    return ended(place, [*LAUNCH, "run", "--resume", wanted, "--results", str(place.results), *arguments], {})


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_goes_on_with_the_same_order(place: Place, how: signal.Signals) -> None:
    folder = interrupted(place, 3, how)
    before = RunFolder(folder).read_trials()
    with (folder / "trials.jsonl").open("a") as file:
        file.write('{"schema_version":1,"index":')  # a line that the kill cut short
    ended = resumed(place, folder.name)
    assert (ended.code, ended.stderr) == (0, "")
    assert "building" not in ended.stdout
    run, trials = load_run(folder)
    assert (run.end_reason, run.seed, len(run.resumed)) == ("finished", 7, 1)
    assert run.resumed[0].trials_before == len(before)
    assert [trial.index for trial in trials] == list(range(8))
    started = {trial.index: trial.started for trial in trials}
    whole = len(before) // 2 * 2
    assert [started[trial.index] for trial in before[:whole]] == [trial.started for trial in before[:whole]]
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["resumed"][0]["trials_before"] == len(before)


@pytest.fixture(scope="module")
def once_measured(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place with one finished run of the stub, and its build."""
    place = place_in(tmp_path_factory.mktemp("measured"))
    assert run_in(place)("--service", str(STUB), "--rounds", "1").code == 0
    return place


@pytest.fixture
def finished(once_measured: Place, tmp_path: Path) -> tuple[Place, Path]:
    """The same run in a place of its own, and its folder."""
    shutil.copytree(once_measured.results, tmp_path / "results", symlinks=True)
    (folder,) = (tmp_path / "results" / "runs").iterdir()
    return replace(once_measured, results=tmp_path / "results"), folder


def test_a_finished_run_is_not_gone_on_with(finished: tuple[Place, Path]) -> None:
    place, folder = finished
    ended = resumed(place, folder.name)
    assert ended.code == 2
    assert ended.stderr == (
        f"primebench: {folder.name} has finished: there is nothing to go on with; primebench report shows it\n"
    )


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("machine", {"fingerprint": "another", "cpu_model": "a faster one"}, "another machine, here is CPU model"),
        ("generator", "oha 1.15.0", "was measured with oha 1.15.0"),
        ("plan", None, "does not say what it was asked for"),
    ],
)
def test_a_run_that_would_be_another_measurement_is_refused(
    finished: tuple[Place, Path], key: str, value: object, expected: str
) -> None:
    place, folder = finished
    record = json.loads((folder / "run.json").read_text()) | {"end_reason": "interrupted"}
    record[key] = {**record[key], **value} if isinstance(value, dict) else value
    (folder / "run.json").write_text(json.dumps(record))
    ended = resumed(place, str(folder))
    assert ended.code == 2
    assert expected in ended.stderr


def test_a_run_that_is_still_running_is_left_alone(finished: tuple[Place, Path]) -> None:
    place, folder = finished
    record = json.loads((folder / "run.json").read_text()) | {"end_reason": None, "ended": None}
    (folder / "run.json").write_text(json.dumps(record))
    with alone_in(folder):
        ended = resumed(place, folder.name)
    assert ended.code == 2
    assert "is still running: it is measured by another process" in ended.stderr
    assert json.loads((folder / "run.json").read_text()) == record


def test_another_start_command_is_another_measurement(finished: tuple[Place, Path]) -> None:
    place, folder = finished
    record = json.loads((folder / "run.json").read_text()) | {"end_reason": "interrupted"}
    record["contenders"][0]["start_command"].append("--faster")
    (folder / "run.json").write_text(json.dumps(record))
    assert "stub was started by another command when the run began" in resumed(place, folder.name).stderr


def test_other_sources_are_another_measurement(place: Place, tmp_path: Path) -> None:
    service = tmp_path / "service"
    service.mkdir()
    for name in ("service.toml", "stub.py"):
        (service / name).write_bytes((STUB / name).read_bytes())
    assert run_in(place)("--service", str(service), "--rounds", "1").code == 0
    (folder,) = (place.results / "runs").iterdir()
    record = json.loads((folder / "run.json").read_text()) | {"end_reason": "interrupted"}
    (folder / "run.json").write_text(json.dumps(record))
    with (service / "stub.py").open("a") as file:
        file.write("# changed\n")
    assert "stub was built from other sources when the run began" in resumed(place, folder.name).stderr


def test_what_the_run_was_asked_for_cannot_be_asked_anew(place: Place) -> None:
    ended = resumed(place, "any", "--rounds", "3", "--budget", "5m")
    assert ended.code == 2
    assert ended.stderr == ("primebench: --resume goes on with what the run was asked for: leave out --rounds, --budget\n")


def test_a_run_that_is_not_there_is_named(place: Place) -> None:
    ended = resumed(place, "20200101T000000Z-quick-abcdef0")
    assert ended.code == 2
    assert "expected the folder of a run" in ended.stderr
