"""The accept queue of a server: read of the kernel, and known from what did not get into it."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from loadgen.system.accept_queue import AcceptQueue, accept_queue
from tests.patience import awaited

SOURCE = "import sys; from loadgen.system.accept_queue import accept_queue; print(accept_queue(int(sys.argv[1])))"


def listening(family: socket.AddressFamily, host: str, backlog: int) -> socket.socket:
    listener = socket.socket(family)
    try:
        listener.bind((host, 0))
    except OSError:
        pytest.skip(f"no {host} here")
    listener.listen(backlog)
    return listener


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_connections_that_find_no_room_are_counted(family: socket.AddressFamily, host: str) -> None:
    with listening(family, host, 1) as listener, contextlib.ExitStack() as open_until_the_end:
        port = listener.getsockname()[1]
        assert accept_queue(port) == AcceptQueue(places=1, turned_away=0)
        for _ in range(6):  # a queue of one takes two (listen(2): more than the backlog)
            client = open_until_the_end.enter_context(socket.socket(family))
            client.setblocking(False)
            client.connect_ex((host, port))
        awaited(lambda: (queue := accept_queue(port)) is not None and queue.turned_away >= 4, "four that found no room")


def test_a_port_of_another_process_is_read_and_one_that_nobody_has_is_none() -> None:
    with listening(socket.AF_INET, "127.0.0.1", 7) as listener:
        port = listener.getsockname()[1]
        said = subprocess.run([sys.executable, "-c", SOURCE, str(port)], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "places=7 turned_away=0"
    assert accept_queue(port) is None


def test_a_kernel_that_does_not_tell_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> Callable[[], None]:
        raise PermissionError

    with listening(socket.AF_INET, "127.0.0.1", 1) as listener:
        monkeypatch.setattr(socket, "socket", refused)
        assert accept_queue(listener.getsockname()[1]) is None
