"""The accept queue of a server: read of the kernel, and known from what did not get into it."""

import contextlib
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from loadgen.system import accept_queue as accept_queue_module
from loadgen.system.accept_queue import AcceptQueue, accept_queue, overflows
from tests.patience import awaited

SOURCE = """
import sys
from loadgen.system.accept_queue import accept_queue, overflows
print(accept_queue(int(sys.argv[1]), overflows()))
"""


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
        port, before = listener.getsockname()[1], overflows()
        assert accept_queue(port, before) == AcceptQueue(places=1, turned_away=0)
        for _ in range(6):  # a queue of one takes two (listen(2): more than the backlog)
            client = open_until_the_end.enter_context(socket.socket(family))
            client.setblocking(False)
            client.connect_ex((host, port))
        awaited(lambda: (queue := accept_queue(port, before)) is not None and queue.turned_away >= 4, "four that found no room")


def test_a_reset_that_belongs_to_no_connection_is_none_that_found_no_room() -> None:
    """The socket counts it among its drops, as after a load that was cut off."""
    try:
        sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    except PermissionError:
        pytest.skip("segments without a connection are root's to send")
    with sender, listening(socket.AF_INET, "127.0.0.1", 5) as listener:
        port, before = listener.getsockname()[1], overflows()
        sender.sendto(reset(port), ("127.0.0.1", port))
        awaited(lambda: [drops for _, drops in accept_queue_module._listening(socket.AF_INET, port)] == [1], "the reset")
        assert accept_queue(port, before) == AcceptQueue(places=5, turned_away=0)


def reset(port: int) -> bytes:
    """Return a TCP segment of 127.0.0.1 that only ends what is not there, with its checksum (RFC 9293)."""
    loopback = socket.inet_aton("127.0.0.1")
    source, checksum_at, length = 9, 16, 20
    segment = struct.pack(">HHIIBBHHH", source, port, 1, 0, (length // 4) << 4, 0x04, 0, 0, 0)
    summed = sum(struct.unpack(">16H", loopback * 2 + struct.pack(">BBH", 0, socket.IPPROTO_TCP, length) + segment))
    summed = (summed & 0xFFFF) + (summed >> 16)
    return segment[:checksum_at] + struct.pack(">H", ~summed & 0xFFFF) + segment[checksum_at + 2 :]


def test_a_port_of_another_process_is_read_and_one_that_nobody_has_is_none() -> None:
    with listening(socket.AF_INET, "127.0.0.1", 7) as listener:
        port = listener.getsockname()[1]
        said = subprocess.run([sys.executable, "-c", SOURCE, str(port)], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "places=7 turned_away=0"
    assert accept_queue(port, overflows()) is None


def test_a_kernel_that_does_not_tell_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(*_: object) -> Callable[[], None]:
        raise PermissionError

    with listening(socket.AF_INET, "127.0.0.1", 1) as listener:
        port, before = listener.getsockname()[1], overflows()
        assert accept_queue(port, before) is not None
        assert accept_queue(port, None) is None
        monkeypatch.setattr(accept_queue_module, "NETSTAT", tmp_path / "netstat")
        assert accept_queue(port, before) is None
        monkeypatch.undo()
        monkeypatch.setattr(socket, "socket", refused)
        assert accept_queue(port, before) is None
