"""What a server has started in a session of its own, as daemons are: it ends with the server, however that is ended."""

import os
import subprocess
from collections.abc import Callable

import psutil
import pytest

from loadgen.system.environment import tool_environment
from loadgen.system.process import kill_group, spawn, stop
from tests.patience import awaited

DAEMON = 'setsid sleep "$0" & echo $!; exec sleep "$0"'


def goes_on(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("end", [stop, kill_group])
def test_what_is_in_a_session_of_its_own_ends_with_the_server(end: Callable[[subprocess.Popen[bytes]], object]) -> None:
    server = spawn(["sh", "-c", DAEMON, "86400"], stdout=subprocess.PIPE, environment=tool_environment())
    assert server.stdout is not None
    with server.stdout:
        stray = int(server.stdout.readline())
    awaited(lambda: os.getpgid(stray) == stray, "a session of its own")
    end(server)
    awaited(lambda: not goes_on(stray), "the end of what the server had started")
