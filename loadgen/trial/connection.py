"""One connection with at most one request under way: kept for the next one, or made anew for each."""

import socket
import ssl
import time
from dataclasses import dataclass, field

from loadgen.system.connect import Address, connected, holds_more
from loadgen.task.task import Drawn

TIMEOUT_S = 60.0
_CHUNK = 65_536


@dataclass
class Exchange:
    """What was asked and what came back: bytes as received, times by time.monotonic(), or the `fault` instead of an answer."""

    connection: int
    asked: Drawn
    sent_s: float
    received: bytearray = field(default_factory=bytearray)
    ended_s: float | None = None
    fault: str | None = None

    @property
    def took_us(self) -> float:
        """Latency in µs; 0 while it is due."""
        return 0.0 if self.ended_s is None else (self.ended_s - self.sent_s) * 1e6


class Line:
    """One connection with at most one request under way. It is made for the first: many at once are more than some services
    let wait. One that is not `kept` ends with each: a service of one thread would wait for what an idle one may send.
    """

    def __init__(self, number: int, address: Address | tuple[str, int], *, kept: bool = True) -> None:
        self.number = number
        self._address, self._kept = address, kept
        self.socket = socket.socket()
        self.exchange: Exchange | None = None
        self._is_closed = True

    def _connected(self) -> socket.socket:
        made = connected(self._address, TIMEOUT_S)
        made.setblocking(False)
        return made

    def _renew(self) -> None:
        """Another connection in place of one that has ended."""
        self.socket.close()
        self.socket = self._connected()
        self._is_closed = False

    def send(self, asked: Drawn) -> Exchange:
        """Send a request; a connection that was closed while it was idle is opened again."""
        request = asked.request.to_bytes()
        self.exchange = Exchange(self.number, asked, time.monotonic())
        try:
            if self._closed_meanwhile():
                self._renew()
            self.exchange.sent_s = time.monotonic()
            self.socket.sendall(request)
        except OSError as error:
            self._end(f"expected an answer, got {type(error).__name__}")
            raise
        return self.exchange

    def _closed_meanwhile(self) -> bool:
        if self._is_closed or isinstance(self.socket, ssl.SSLSocket):
            return self._is_closed  # under TLS looking would take what there is
        try:
            self.socket.recv(
                1, socket.MSG_PEEK
            )  # its end, or what nobody asked for: 408 on a connection that was idle too long
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True
        return True

    def receive(self) -> bool:
        """Take what has arrived; whether the exchange has ended."""
        assert self.exchange is not None
        try:
            part = self.socket.recv(_CHUNK)
            while holds_more(self.socket):
                part += self.socket.recv(_CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError as error:
            return self._end(f"expected an answer, got {type(error).__name__}")
        if not part:
            self._is_closed = True
            whole = ends_with_the_connection(self.exchange.received)
            return self._end(None if whole else "expected an answer, got a closed connection")
        self.exchange.received += part
        return self._end(None) if complete(self.exchange.received, self.exchange.asked.request.method) else False

    def overdue(self) -> bool:
        """End an exchange that has waited for too long; whether it has."""
        if self.exchange is None or time.monotonic() - self.exchange.sent_s < TIMEOUT_S:
            return False
        self._is_closed = True  # what still comes would be taken for another's
        return self._end(f"expected an answer, got none within {TIMEOUT_S:g} s")

    def _end(self, fault: str | None) -> bool:
        assert self.exchange is not None
        self.exchange.ended_s, self.exchange.fault = time.monotonic(), fault
        self.exchange = None
        if not self._kept:
            self.socket.close()
            self._is_closed = True
        return True


def complete(received: bytes | bytearray, method: str) -> bool:
    """Whether a whole answer is there, by its Content-Length or its last chunk; enough to stop the clock, not to judge it."""
    head, separator, body = bytes(received).partition(b"\r\n\r\n")
    if not separator:
        return False
    status = head[9:12]
    if status.startswith(b"1"):
        return complete(body, method)
    if method == "HEAD" or status in (b"204", b"304") or not head.startswith(b"HTTP/1."):
        return True
    name, value = _framing(head)
    if name == b"content-length":
        return len(body) >= int(value) if value.isdigit() else True
    return name == b"transfer-encoding" and body.endswith(b"0\r\n\r\n")


def ends_with_the_connection(received: bytes | bytearray) -> bool:
    """Whether an answer has begun whose header gives no length: the end of the connection is its end."""
    head, separator, _ = bytes(received).partition(b"\r\n\r\n")
    return bool(separator) and not _framing(head)[0]


def _framing(head: bytes) -> tuple[bytes, bytes]:
    """The field that says where the content ends, and its value; empty without one."""
    for line in head.lower().split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name in (b"content-length", b"transfer-encoding"):
            return name, value.strip()
    return b"", b""
