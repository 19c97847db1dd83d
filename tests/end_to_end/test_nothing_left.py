"""However a run ends, no server and no generator outlives it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from loadgen.record.folder import load_run
from tests import forked
from tests.end_to_end.conftest import LAUNCH, STUB, Place
from tests.patience import PATIENCE_S, awaited


@contextmanager
def started(place: Place, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A long run, in a session of its own as a terminal's foreground job is in a group of its own."""
    process = subprocess.Popen(
        place.command("--rounds", "500", *arguments),
        env=dict(place.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def descendants(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def under_load(process: subprocess.Popen[bytes], place: Place, servers: int = 1) -> list[psutil.Process]:
    """Server and generator of a trial after the first one on record."""

    def measuring() -> bool:
        files = list(place.results.glob("runs/*/trials.jsonl"))
        return bool(files) and files[0].stat().st_size > 0 and len(descendants(process)) >= servers + 1

    awaited(measuring, "a finished trial, a server and a generator")
    return descendants(process)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run_with_130_and_keeps_what_was_finished(place: Place, number: signal.Signals) -> None:
    with started(place, "--service", str(STUB)) as process:
        left = under_load(process, place)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 130
        assert b"interrupted" in stderr
        assert b"Traceback" not in stderr
        awaited(lambda: not any(process.is_running() for process in left), "server and generator to end")
    (folder,) = (place.results / "runs").iterdir()
    record, trials = load_run(folder)
    assert trials
    assert record.end_reason == "interrupted"


def test_a_harness_that_is_killed_takes_server_and_generator_with_it(place: Place) -> None:
    with started(place, "--service", str(STUB)) as process:
        left = under_load(process, place)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_S)
        awaited(lambda: not any(process.is_running() for process in left), "server and generator to end")
    (folder,) = (place.results / "runs").iterdir()
    record, trials = load_run(folder)
    assert trials
    assert record.ended is None


def test_children_of_a_server_end_with_it(place: Place) -> None:
    with started(place, "--service", f"{STUB}:forks") as process:
        left = under_load(process, place, servers=2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)
        awaited(lambda: not any(process.is_running() for process in left), "the server's child to end")


def test_a_killed_run_can_be_reported(place: Place) -> None:
    with started(place, "--service", str(STUB)) as process:
        under_load(process, place)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_S)
    done = forked.run([*LAUNCH, "report", str(place.results / "latest")], place.environment)
    assert done.returncode == 0
    assert "goodput" in done.stdout
