"""A run whose output nobody reads, or that is suspended: records are whole, and the exit code is that of the work."""

import fcntl
import os
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from analysis.regress.model import read_result
from tests.end_to_end.conftest import STUB, Place, Run, place, run
from tests.end_to_end.test_nothing_left import started, under_load
from tests.end_to_end.test_regress import command, replace_in, repository
from tests.patience import PATIENCE_S
from tests.trials import load_trials

__all__ = ["place", "repository", "run"]


@pytest.mark.parametrize(
    ("stdout", "slower", "outcome", "code"),
    [("unread", "10.0", "pass", 0), ("closed", "10.5", "regression", 1), ("full", "10.5", "regression", 1)],
)
def test_a_verdict_stands_whoever_reads_it(
    place: Place, repository: Path, tmp_path: Path, slower: str, outcome: str, code: int, stdout: str
) -> None:
    """As `regress ... | grep -q PASS` with pipefail does; only a full disk, which may hide the verdict, is an error."""
    if slower != "10.0":
        replace_in(repository / "bench.py", '"cpu_time": 10.0', f'"cpu_time": {slower}')
    given = ["--base", "HEAD", "--head", str(repository), "--layer", "microbench", "--history", str(tmp_path / "history.jsonl")]
    redirection = {"unread": "| true", "closed": ">&-", "full": ">/dev/full"}[stdout]
    script = f'set -o pipefail; "$@" {redirection}'
    done = subprocess.run(
        ["bash", "-c", script, "bash", *command(place, repository, *given, "--export", f"junit={tmp_path / 'junit.xml'}")],
        env=dict(place.environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    full = "primebench: standard output cannot be written: No space left on device; the rest of the work is done\n"
    assert (done.returncode, done.stderr) == ((2, full) if stdout == "full" else (code, ""))
    (run,) = (place.results / "runs").iterdir()
    assert read_result(run).outcome == outcome
    assert (tmp_path / "junit.xml").is_file()
    assert len((tmp_path / "history.jsonl").read_text().splitlines()) == 1


def test_what_was_suspended_is_measured_again(place: Place) -> None:
    with started(place, "--service", str(STUB)) as process:
        assert process.stdout is not None
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 1 << 20)
        under_load(process, place)
        os.kill(process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        os.kill(process.pid, signal.SIGCONT)
        line = b""
        while b"suspended meanwhile: measured again" not in line:
            line = process.stdout.readline()
            assert line, "ended without a word about it"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)
    (folder,) = (place.results / "runs").iterdir()
    _, trials = load_trials(folder)
    assert trials
    assert not [trial.failure for trial in trials if trial.failure]
    assert all(trial.cpu is not None for trial in trials)


def test_too_few_open_files_for_the_connections_is_said_before_anything_is_built(run: Run, place: Place) -> None:
    ended = run("--service", str(STUB), prefix=["prlimit", "--nofile=64:64"])
    assert ended.code == 2
    assert "at most 64 files may be open at a time" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not place.results.exists()


def test_a_low_soft_limit_of_open_files_is_raised_as_far_as_needed(run: Run) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    ended = run("--service", str(STUB), "--rounds", "1", prefix=["prlimit", f"--nofile=64:{hard}"])
    assert (ended.code, ended.stderr) == (0, "")


def test_a_limit_of_file_sizes_is_named(run: Run) -> None:
    ended = run("--service", str(STUB), "--rounds", "1", prefix=["prlimit", "--fsize=40000"])
    assert ended.code == 2
    assert "ulimit -f" in ended.stderr or "File too large" in ended.stderr
    assert "Traceback" not in ended.stderr
