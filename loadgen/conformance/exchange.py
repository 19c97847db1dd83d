"""One raw connection to a service: writes exactly the bytes it is given and reads answers strictly.

The bytes of a request are the subject of a suite, so no HTTP client may touch them. Answers are parsed by h11, which
refuses what RFC 9112 forbids; it never sees the request, only its method.
"""

import select
import time
from types import TracebackType
from typing import Self

import h11

from loadgen.conformance.response import Response, excerpt
from loadgen.conformance.shown import Shown, shown_exchange
from loadgen.system.connect import Address, connected, holds_more

_READ_BYTES = 65_536
_ANSWER_BYTES_MAX = 12_582_912


class NoAnswer(Exception):  # noqa: N818 - of the service, not of this program
    """What came in the place of an answer; the message completes "expected ..., got". `shown` has what was asked, and what came
    of it.
    """

    shown: Shown | None = None


class Exchange:
    """A connection whose every wait ends at the deadline. Raises NoAnswer, also when it cannot connect."""

    def __init__(self, address: Address | tuple[str, int], deadline_s: float) -> None:
        """Connect."""
        self._deadline_s = deadline_s
        self._ends = time.monotonic() + deadline_s
        try:
            # A piece that is written leaves as a segment of its own, or "byte by byte" would test nothing.
            self._socket = connected(address, deadline_s)
        except OSError as error:
            raise NoAnswer(f"no connection: {_reason(error)}") from error
        self._unread = b""
        self._at_end: str | None = None
        self._parser: h11.Connection | None = None
        self._final_head: h11.Response | None = None
        self._raw = bytearray()
        self._sent = b""
        self._answer: Response | None = None
        self._request_ns = 0
        self._answered_since_send = True
        self.persists = True
        """Whether the last response lets the connection go on."""

    def __enter__(self) -> Self:
        """The connection, open until the block ends."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close it before the block ends, or again: nothing can be done with it afterwards."""
        self._socket.close()

    @property
    def shown(self) -> Shown:
        """What was written since the answer before, and what came back."""
        answered = self._answer.message if self._answer else b""
        return shown_exchange(self._sent, bytes(self._raw) or answered)

    def restart(self) -> None:
        """Let the deadline begin anew."""
        self._ends = time.monotonic() + self._deadline_s

    # Writing. A failure to write is no verdict: the service may have answered before it closed.

    def send(self, data: bytes) -> bool:
        """Write all bytes; False if the service closed the connection."""
        self._mark_request(data)
        self._socket.settimeout(self._remaining_s())
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise NoAnswer(f"a service that did not read the request within {self._deadline_s:g} s") from error
        except OSError:
            return False
        return True

    def send_in_pieces(self, data: bytes, size: int, pause_s: float) -> None:
        """Write `size` bytes at a time with pauses, until all is written or the service closes."""
        for start in range(0, len(data), size):
            if not self.send(data[start : start + size]) or not self.stays_open(pause_s):
                return

    def send_until_answered(self, data: bytes) -> None:
        """Write until all is written, an answer begins or the service closes."""
        self._mark_request(data)
        self._socket.settimeout(self._remaining_s())
        rest = memoryview(data)
        while rest:
            readable, writable, _ = select.select([self._socket], [self._socket], [], self._remaining_s())
            if readable or not writable:
                return
            try:
                rest = rest[self._socket.send(rest[:_READ_BYTES]) :]
            except OSError:
                return

    def stays_open(self, seconds: float) -> bool:
        """Wait, while keeping what arrives; False as soon as the service closes."""
        ends = time.monotonic() + seconds
        while self._at_end is None and (left := ends - time.monotonic()) > 0:
            if self._readable(min(left, self._remaining_s())):
                self._unread += self._read()
        return self._at_end is None

    # Reading.

    def receive(self, method: str) -> Response:
        """The next final answer, to a request of that method."""
        try:
            return self._receive(method)
        except NoAnswer as instead:
            instead.shown = self.shown
            raise

    def _receive(self, method: str) -> Response:
        interim: list[int] = []
        head, self._final_head = self._final_head, None
        content = bytearray()
        while True:
            event = self._next_event(method)
            if isinstance(event, h11.InformationalResponse):
                interim.append(event.status_code)
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                content += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return self._complete(head, bytes(content), tuple(interim))

    def continued(self) -> bool:
        """Whether `100 (Continue)` comes next (True) or the final answer, which `receive` then returns (False)."""
        event = self._next_event("POST")
        if isinstance(event, h11.Response):
            self._final_head = event
            return False
        if not isinstance(event, h11.InformationalResponse) or event.status_code != 100:
            raise NoAnswer(f"{excerpt(bytes(self._raw))}")
        return True

    def closes_next(self, within_s: float | None = None) -> bool:
        """Whether the service closes (True) or writes something (False); NoAnswer if it does neither in time."""
        if self._unread:
            return False
        limit_s = self._remaining_s() if within_s is None else within_s
        if self._at_end is None:
            if not self._readable(limit_s):
                raise NoAnswer(f"a connection still open after {limit_s:.1f} s")
            self._unread += self._read()
        return not self._unread

    def has_something(self) -> bool:
        """Whether something has arrived that was not received yet, or the end of the connection."""
        return bool(self._unread) or self._at_end is not None or self._readable(0)

    def unexpected(self) -> str:
        """What was written when the connection should have closed."""
        return f"further bytes {excerpt(self._unread)}"

    def _next_event(self, method: str) -> h11.Event:
        parser = self._parser = self._parser or parser_after_request(method)
        try:
            while (event := parser.next_event()) is h11.NEED_DATA:
                data = self._take()
                if not data and not self._raw:
                    raise NoAnswer(f"{self._at_end} without an answer")
                self._raw += data
                if len(self._raw) > _ANSWER_BYTES_MAX:
                    raise NoAnswer(f"an answer of more than {_ANSWER_BYTES_MAX} bytes")
                parser.receive_data(data)
        except h11.RemoteProtocolError as error:
            ended = f"; {self._at_end}" if self._at_end else ""
            raise NoAnswer(f"{excerpt(bytes(self._raw))}, no HTTP answer: {error}{ended}") from error
        if isinstance(event, h11.Event):
            return event
        raise NoAnswer(f"{excerpt(bytes(self._raw))}, which does not end as an HTTP answer")

    def _complete(self, head: h11.Response, content: bytes, interim: tuple[int, ...]) -> Response:
        assert self._parser is not None
        trailing, _ = self._parser.trailing_data
        self.persists = self._parser.their_state is h11.DONE
        raw = bytes(self._raw[: len(self._raw) - len(trailing)])
        self._unread = trailing + self._unread
        self._parser = None
        self._raw.clear()
        self._answered_since_send = True
        fields = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers)
        took_ns = time.perf_counter_ns() - self._request_ns
        self._answer = Response(head.status_code, fields, content, raw, interim, took_ns)
        return self._answer

    def _take(self) -> bytes:
        """What is unread, or else what comes next; empty at the end of the connection."""
        if self._unread:
            data, self._unread = self._unread, b""
            return data
        if self._at_end is not None:
            return b""
        if not self._readable(self._remaining_s()):
            after = f" after {excerpt(bytes(self._raw))}" if self._raw else ""
            raise NoAnswer(f"no complete answer within {self._deadline_s:g} s{after}")
        return self._read()

    def _read(self) -> bytes:
        try:
            data = self._socket.recv(_READ_BYTES)
        except OSError as error:
            self._at_end = f"a connection that failed ({_reason(error)})"
            return b""
        if not data:
            self._at_end = "a connection that closed"
        return data

    def _readable(self, seconds: float) -> bool:
        return holds_more(self._socket) or bool(select.select([self._socket], [], [], seconds)[0])

    def _remaining_s(self) -> float:
        # Never 0, which would turn a socket non-blocking.
        return max(self._ends - time.monotonic(), 0.001)

    def _mark_request(self, data: bytes) -> None:
        # The first write after an answer starts a request (or a pipeline of them); later writes continue it.
        if self._answered_since_send:
            self._request_ns = time.perf_counter_ns()
            self._answered_since_send, self._sent, self._answer = False, b"", None
        self._sent += data


def parser_after_request(method: str) -> h11.Connection:
    """A parser that waits for the answer to a request of that method. One for each answer, so none outlives a close."""
    parser = h11.Connection(our_role=h11.CLIENT)
    parser.send(h11.Request(method=method, target="/", headers=[("Host", "unused")]))
    parser.send(h11.EndOfMessage())
    return parser


def _reason(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()
