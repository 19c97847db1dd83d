"""The monotonic clock of one host as another reads it: no setting of the time of day can move it.

Latency never crosses clocks: this only places the start of a load.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

ANSWERED_WITHIN_S = 10.0
READINGS, CONNECTIONS = 40, 5
_BYTES = 8


class Clock(NamedTuple):
    """How far another host's monotonic clock is ahead of the one here, and how far off that may be, in seconds; and the least
    time of a connection to it, in milliseconds. `here` is the address of this host that leads there.
    """

    ahead_s: float
    uncertainty_s: float
    connect_ms: float
    here: str


@contextlib.contextmanager
def clock_server(host: str) -> Iterator[tuple[str, int]]:
    """Tell the monotonic clock to whoever asks at that address of this host; yield address and port."""
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as server:
        thread = threading.Thread(target=_serve, args=(server,), name="clock", daemon=True)
        thread.start()
        try:
            yield host, server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)  # accept() returns
            thread.join()


def _serve(server: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has been closed
        while True:
            connection, _ = server.accept()
            threading.Thread(target=_tell, args=(connection,), daemon=True).start()


def _tell(connection: socket.socket) -> None:
    with contextlib.suppress(OSError), connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while connection.recv(1):
            connection.sendall(time.monotonic_ns().to_bytes(_BYTES, "big"))


def read_clock(address: tuple[str, int]) -> Clock:
    """Read it; raise OSError if nobody answers there. Of several readings the quickest tells most."""
    connected: list[float] = []
    for _ in range(CONNECTIONS):
        begin_s = time.monotonic()
        with socket.create_connection(address, timeout=ANSWERED_WITHIN_S):
            connected.append(time.monotonic() - begin_s)
    with socket.create_connection(address, timeout=ANSWERED_WITHIN_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        here: str = connection.getsockname()[0]
        before, there, after = min((_reading(connection) for _ in range(READINGS)), key=lambda reading: reading[2] - reading[0])
    return Clock(there - (before + after) / 2, (after - before) / 2, min(connected) * 1e3, here)


def _reading(connection: socket.socket) -> tuple[float, float, float]:
    before = time.monotonic()
    connection.sendall(b"?")
    received = b""
    while len(received) < _BYTES:
        if not (part := connection.recv(_BYTES - len(received))):
            raise ConnectionResetError("the clock's connection ended")
        received += part
    return before, int.from_bytes(received, "big") / 1e9, time.monotonic()
