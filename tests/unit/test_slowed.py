"""The companion that slows a program: by how much CPU time, and that it looks like the program otherwise."""

import os
import signal
import subprocess
import sys

import pytest

from loadgen.trial.slowdown import slowed_command
from tests.patience import PATIENCE_S

SHARE = 0.5


EVERY_S = 0.05
"""The companion looks so seldom that its looking costs nothing, however long the machine takes over the program."""


def run(program: str, share: float = SHARE) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(slowed_command(share, EVERY_S, [sys.executable, "-S", "-c", program]))


def used_s(program: str, share: float) -> float:
    """CPU seconds that the program and its companion used, both interpreters' starts included."""
    before = os.times()
    assert run(program, share).wait(PATIENCE_S) == 0
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def test_the_exit_code_is_the_programs() -> None:
    assert run("raise SystemExit(7)").wait(PATIENCE_S) == 7


def test_a_signal_reaches_the_program() -> None:
    """The program holds the signal back until it waits for it, so that none is lost between saying ready and waiting."""
    waits = (
        "import signal, sys\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\nprint(flush=True)\n"
        "sys.exit(3 if signal.sigtimedwait({signal.SIGTERM}, 300) else 4)"
    )
    command = slowed_command(SHARE, EVERY_S, [sys.executable, "-S", "-c", waits])
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 3


def test_a_signal_that_comes_while_the_program_starts_reaches_it() -> None:
    """A fork that takes its time is a busy machine's: the program says that it is ready before its companion goes on."""
    slow = (
        "import runpy, subprocess, sys, time\nstart = subprocess.Popen.__init__\n"
        "def begun(self, *arguments, **more):\n    start(self, *arguments, **more)\n    time.sleep(0.5)\n"
        "subprocess.Popen.__init__ = begun\nsys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')"
    )
    python, *options, script, share, every_s, dashes, program = slowed_command(SHARE, EVERY_S, ["sh"])
    waits = "trap 'exit 3' TERM; echo; while :; do sleep 0.05; done"
    command = [python, *options, "-c", slow, script, share, every_s, dashes, program, "-c", waits]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 3


@pytest.mark.parametrize(
    "work",
    [
        "import time\nwhile time.process_time() < 1.0: pass",
        "import os, time\nif os.fork(): os.wait(); time.sleep(0.3)\nelse:\n    while time.process_time() < 1.0: pass",
    ],
    ids=["its own", "that of a child which has ended"],
)
def test_beside_a_second_of_work_half_a_second_more_is_used(work: str) -> None:
    """The work counts its own CPU time, so that whatever else runs here changes nothing; a companion without a share costs what
    starting and looking cost on this machine."""
    more_s = used_s(work, SHARE) - used_s(work, 0.0)
    assert SHARE - 0.15 < more_s < SHARE + 0.25


def test_an_idle_program_is_not_slowed() -> None:
    """Its start is work, and less than starting both; the second that it sleeps is none."""
    idle, share = "import time; time.sleep(1.0)", 10.0
    starts_s = used_s(idle, 0.0)
    assert used_s(idle, share) - starts_s <= share * starts_s
