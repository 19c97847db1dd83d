"""One kept connection with at most one request under way."""

import socket
import time
from dataclasses import dataclass, field

TIMEOUT_S = 60.0


_CHUNK = 65_536


@dataclass
class Exchange:
    """One request and what came back: bytes as received, times by time.monotonic(), or the `fault` instead of an answer."""

    connection: int
    sent_s: float
    received: bytearray = field(default_factory=bytearray)
    ended_s: float | None = None
    fault: str | None = None

    @property
    def took_us(self) -> float:
        """Latency in µs; 0 while it is due."""
        return 0.0 if self.ended_s is None else (self.ended_s - self.sent_s) * 1e6


class Line:
    """One kept connection with at most one request under way."""

    def __init__(self, number: int, address: tuple[str, int]) -> None:
        self.number = number
        self._address = address
        self.socket = self._connected()
        self.exchange: Exchange | None = None

    def _connected(self) -> socket.socket:
        connected = socket.create_connection(self._address, timeout=TIMEOUT_S)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.setblocking(False)
        return connected

    def renew(self) -> None:
        """Another connection in place of one that has ended."""
        self.socket.close()
        self.socket = self._connected()

    def send(self, request: bytes) -> Exchange:
        """Send a request; a connection that was closed while it was idle is opened again."""
        self.exchange = Exchange(self.number, time.monotonic())
        try:
            if self._closed_meanwhile():
                self.renew()
            self.socket.sendall(request)
        except OSError as error:
            self._end(f"expected an answer, got {type(error).__name__}")
            raise
        return self.exchange

    def _closed_meanwhile(self) -> bool:
        try:
            return self.socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True

    def receive(self) -> bool:
        """Take what has arrived; whether the exchange has ended."""
        assert self.exchange is not None
        try:
            part = self.socket.recv(_CHUNK)
        except BlockingIOError:
            return False
        except OSError as error:
            return self._end(f"expected an answer, got {type(error).__name__}")
        if not part:
            return self._end("expected an answer, got a closed connection")
        self.exchange.received += part
        return self._end(None) if complete(self.exchange.received) else False

    def overdue(self) -> bool:
        """End an exchange that has waited for too long; whether it has."""
        if self.exchange is None or time.monotonic() - self.exchange.sent_s < TIMEOUT_S:
            return False
        return self._end(f"expected an answer, got none within {TIMEOUT_S:g} s")

    def _end(self, fault: str | None) -> bool:
        assert self.exchange is not None
        self.exchange.ended_s, self.exchange.fault = time.monotonic(), fault
        self.exchange = None
        return True


def complete(received: bytes | bytearray) -> bool:
    """Whether a whole answer is there, by its Content-Length or its last chunk; enough to stop the clock, not to judge it."""
    head, separator, body = bytes(received).partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.lower().split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return len(body) >= int(value) if value.strip().isdigit() else True
        if name == b"transfer-encoding":
            return body.endswith(b"0\r\n\r\n")
    return True
