"""Servers that are wrong on purpose: each connection plays a script, whatever is asked."""

import errno
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from enum import Enum, auto

_STEP_S = 0.05
# In the place of the time at which an answer is sent: scripts are written when a module is imported.
_NOW = "now"
_READ_BYTES = 65_536


class Ending(Enum):
    """What happens once the script is played."""

    KEEP = auto()
    """The connection stays open until the client closes it."""
    CLOSE = auto()
    """Nothing more is written; what still arrives is read and thrown away."""
    RESET = auto()
    """The connection is aborted: the client sees a reset, not an end."""


def answer(status: int, media_type: str | None, content: str, *fields: str, dated: bool = True) -> bytes:
    """The bytes of an answer with its length."""
    lines = [f"HTTP/1.1 {status} Whatever", *fields, f"Content-Length: {len(content.encode())}"]
    lines += [f"Content-Type: {media_type}"] if media_type else []
    lines += [f"Date: {_NOW}"] if dated else []
    return "\r\n".join((*lines, "", content)).encode()


def problem(status: int, *fields: str) -> bytes:
    """A right error answer."""
    return answer(status, "application/problem+json", f'{{"title": "Wrong", "status": {status}}}', *fields)


def result(content: str) -> bytes:
    return answer(200, "application/json", content)


@contextmanager
def playing(*script: bytes, ending: Ending = Ending.KEEP) -> Iterator[tuple[str, int]]:
    """A server that, on every connection, answers each arrival of bytes with the next entry of the script."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        acceptor = threading.Thread(target=_accept, args=(listener, script, ending, stop))
        acceptor.start()
        try:
            address: tuple[str, int] = listener.getsockname()
            yield address
        finally:
            stop.set()
            acceptor.join()


def _accept(listener: socket.socket, script: tuple[bytes, ...], ending: Ending, stop: threading.Event) -> None:
    listener.settimeout(_STEP_S)
    players: list[threading.Thread] = []
    while not stop.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        players.append(threading.Thread(target=_play, args=(connection, script, ending, stop)))
        players[-1].start()
    for player in players:
        player.join()


def _play(connection: socket.socket, script: tuple[bytes, ...], ending: Ending, stop: threading.Event) -> None:
    with connection:
        connection.settimeout(_STEP_S)
        try:
            # Without a script, too, the first bytes come before the end.
            for entry in script or (b"",):
                if not _read(connection, stop):
                    return
                connection.sendall(_stamped(entry))
            _end(connection, ending, stop)
        except OSError as error:
            # The suite has seen enough and closed: what these servers are for.
            if error.errno not in (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN):
                raise


def _stamped(entry: bytes) -> bytes:
    return entry.replace(f"Date: {_NOW}\r\n".encode(), f"Date: {formatdate(usegmt=True)}\r\n".encode())


def _end(connection: socket.socket, ending: Ending, stop: threading.Event) -> None:
    if ending is Ending.RESET:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return
    if ending is Ending.CLOSE:
        connection.shutdown(socket.SHUT_WR)
    while _read(connection, stop):
        pass


def _read(connection: socket.socket, stop: threading.Event) -> bytes:
    while not stop.is_set():
        try:
            return connection.recv(_READ_BYTES)
        except TimeoutError:
            continue
    return b""
