"""The companion that slows a program: by how much CPU time, and that it looks like the program otherwise."""

import os
import signal
import subprocess
import sys
import time

import pytest

from loadgen.slowed import slowed_command

SHARE = 0.5


def run(program: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(slowed_command(SHARE, 0.005, [sys.executable, "-S", "-c", program]))


def test_the_exit_code_is_the_programs() -> None:
    assert run("raise SystemExit(7)").wait(10) == 7


def test_a_signal_reaches_the_program() -> None:
    """The program holds the signal back until it waits for it, so that none is lost between saying ready and waiting."""
    waits = (
        "import signal, sys\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\nprint(flush=True)\n"
        "sys.exit(3 if signal.sigtimedwait({signal.SIGTERM}, 30) else 4)"
    )
    command = slowed_command(SHARE, 0.005, [sys.executable, "-S", "-c", waits])
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 3


@pytest.mark.parametrize(
    "work",
    [
        "import time\nwhile time.process_time() < 1.0: pass",
        "import os, time\nif os.fork(): os.wait(); time.sleep(0.3)\nelse:\n    while time.process_time() < 1.0: pass",
    ],
    ids=["its own", "that of a child which has ended"],
)
def test_beside_a_second_of_work_half_a_second_more_is_used(work: str) -> None:
    """The work counts its own CPU time, so that whatever else runs here changes nothing."""
    before = os.times()
    assert run(work).wait(60) == 0
    after = os.times()
    used_s = after.children_user + after.children_system - before.children_user - before.children_system
    assert 1.0 + SHARE - 0.05 < used_s < 1.0 + SHARE + 0.25  # two interpreters start, too


def test_an_idle_program_is_not_slowed() -> None:
    before = time.process_time(), os.times()
    assert run("import time; time.sleep(0.5)").wait(10) == 0
    after = os.times()
    assert after.children_user + after.children_system - before[1].children_user - before[1].children_system < 0.3
