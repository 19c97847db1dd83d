"""Signals that were ignored or blocked when the program began: it goes on so, and its children know nothing of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from loadgen.build.missing import is_shallow
from loadgen.system.process import end_group, spawned
from tests.patience import PATIENCE_S
from tests.unit.console import run, said

ROOT = Path(__file__).parents[2]
IGNORED = [signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGUSR1, signal.SIGCHLD, signal.SIGRTMIN]
STATUS = "import re; print(*(re.findall('Sig(?:Blk|Ign):.*', open('/proc/self/status').read())))"
CHILD = f"""
import os, subprocess, sys
from pathlib import Path
from primebench.exit_codes import end_with
from loadgen.build.step import run_build_step
from loadgen.system.process import spawn
program = [sys.executable, "-S", "-c", {STATUS!r}]
def command():
    with open("server", "wb") as file:
        spawn([sys.executable, "-S", "-c", {STATUS!r}], environment=dict(os.environ), stdout=file).wait()
    Path("tool").write_bytes(subprocess.run(program, stdout=subprocess.PIPE).stdout)
    run_build_step(program, name="x", cwd=Path(), log=Path("build"), environment=dict(os.environ))
    failing = subprocess.run(["sh", "-c", "exit 3"]).returncode
    assert failing == 3, failing
"""
UNDER_WAY = """
import os, signal, sys, time
from primebench.exit_codes import ExitCode, end_with
def command():
    try:
        print("under way", flush=True)
        while not os.path.exists("go on"):
            time.sleep(0.01)
    finally:
        print("cleaning up", flush=True)
        while not os.path.exists("cleaned"):
            time.sleep(0.01)
        print("cleaned up", flush=True)
end_with(command)
"""


def ignoring() -> None:
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)


def blocking() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def started(code: str, folder: Path, before: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        preexec_fn=before,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("before", [ignoring, blocking])
@pytest.mark.parametrize("end", ["end_with(command)", "command()"], ids=["as a program", "by itself"])
def test_children_start_with_no_signal_ignored_and_none_blocked(tmp_path: Path, before: Callable[[], None], end: str) -> None:
    """A server that was to end on SIGINT would never end, and of a child's exit code nothing would be left but 0."""
    process = started(CHILD + end, tmp_path, before)
    _, stderr = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, stderr) == (0, b"")
    plain = subprocess.run([sys.executable, "-S", "-c", STATUS], capture_output=True, check=True).stdout
    for name in ("server", "tool", "build"):
        assert (tmp_path / name).read_bytes() == plain, name


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT])
def test_what_was_ignored_when_it_began_stays_ignored(tmp_path: Path, number: signal.Signals) -> None:
    """SIGHUP under nohup, SIGINT in a background job of a script."""
    process = started(UNDER_WAY, tmp_path, ignoring)
    assert line(process) == b"under way"
    process.send_signal(number)
    (tmp_path / "go on").touch()
    assert line(process) == b"cleaning up"
    (tmp_path / "cleaned").touch()
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0


@pytest.mark.parametrize("before", [None, blocking])
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGXCPU])
def test_a_signal_unwinds_once_and_further_ones_do_not_cut_clean_up_short(
    tmp_path: Path, number: signal.Signals, before: Callable[[], None] | None
) -> None:
    process = started(UNDER_WAY, tmp_path, before)
    assert line(process) == b"under way"
    process.send_signal(number)
    assert line(process) == b"cleaning up"
    for further in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        process.send_signal(further)
    (tmp_path / "cleaned").touch()
    rest, stderr = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, rest) == (130, b"cleaned up\n")
    assert stderr.endswith(b"interrupted; finished trials, if any, are kept: `primebench report` shows them\n")
    assert (b"ulimit -t" in stderr) is (number == signal.SIGXCPU)


def test_sigquit_ends_at_once_also_in_clean_up(tmp_path: Path) -> None:
    process = started(UNDER_WAY, tmp_path)
    assert line(process) == b"under way"
    process.send_signal(signal.SIGTERM)
    assert line(process) == b"cleaning up"
    process.send_signal(signal.SIGQUIT)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGQUIT


def test_a_build_that_is_interrupted_leaves_nothing_running(tmp_path: Path) -> None:
    code = (
        "import os; from pathlib import Path; from primebench.exit_codes import end_with\n"
        "from loadgen.build.step import run_build_step\n"
        "step = ['sh', '-c', 'sleep 600 & echo $! >compiler; wait']\n"
        "end_with(lambda: run_build_step(step, name='x', cwd=Path(), log=Path('log'), environment=dict(os.environ)))"
    )
    process = started(code, tmp_path)
    deadline = time.monotonic() + PATIENCE_S
    while not (tmp_path / "compiler").exists() or not (tmp_path / "compiler").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    status = Path("/proc", (tmp_path / "compiler").read_text().strip(), "stat")
    while status.exists() and ") Z " not in status.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(("before", "ended"), [("", True), ("trap '' TERM;", False)])
def test_whether_a_group_has_ended_when_it_was_asked_to(before: str, ended: bool) -> None:
    command = ["sh", "-c", f"{before} echo under way; sleep 600"]
    with spawned(command, environment=dict(os.environ), stdout=subprocess.PIPE) as process:
        assert line(process) == b"under way"
        assert end_group(process, PATIENCE_S if ended else 0.1) is ended


def test_nohup_is_heeded_by_a_command(tmp_path: Path) -> None:
    done = run("list", shell=f'cd {tmp_path}; nohup "$@" 2>/dev/null')
    assert done.returncode == 0
    assert said(done) == []


def test_a_signal_waits_while_a_process_is_being_started_or_ended(tmp_path: Path) -> None:
    code = (
        "import os, signal; from primebench.exit_codes import end_with; from loadgen.system.signals import held\n"
        "def command():\n"
        "    with held():\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        with held():\n"
        "            print('not cut short', flush=True)\n"
        "        print('nor here', flush=True)\n"
        "    print('but here', flush=True)\n"
        "end_with(command)"
    )
    process = started(code, tmp_path)
    stdout, _ = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, stdout) == (130, b"not cut short\nnor here\n")


def test_ctrl_c_of_a_terminal_does_not_reach_git_which_takes_worktrees_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = tmp_path / "git"
    git.write_text('#!/bin/sh\n[ "$(cut -d " " -f 6 /proc/$$/stat)" = $$ ] && echo true\n')  # leads its session
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert is_shallow(tmp_path)
