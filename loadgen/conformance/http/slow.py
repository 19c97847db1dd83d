"""Slow and idle clients. The cases wait for the service's own limits, so they run beside all others."""

from loadgen.conformance.case import (
    Alive,
    Case,
    ClosedOr,
    ReceiveContinue,
    Send,
    SendInPieces,
    Step,
    TimedOut,
)
from loadgen.conformance.http.expectation import status
from loadgen.conformance.http.message import GoodRequest, chunks

_CLOSED_WITHIN_S = 10.0
_DEADLINE_S = 14.0
_PIECES = 20
_PAUSE_S = 0.5
"""A trickle goes on for as long as a stalled client may stay."""
_SOURCE = "RFC 9112 9.5"
_IN_TIME_PIECES = 10
_IN_TIME_PAUSE_S = 0.3


def slow_case(id_: str, title: str, *steps: Step, source: str = _SOURCE) -> Case:
    """A case that waits. Alive at the end: closing is right only for a service that still serves others."""
    return Case(id_, "slow", title, source, (*steps, Alive()), _DEADLINE_S, concurrent=True)


def trickle(data: bytes, size: int = 1) -> SendInPieces:
    """The beginning of the data, a piece every half second for 10 s."""
    return SendInPieces(data[: _PIECES * size], size, _PAUSE_S)


def cases(plain: GoodRequest) -> tuple[Case, ...]:
    """A header section that stalls, trickles, or is only slow."""
    closed = TimedOut(_CLOSED_WITHIN_S)
    request, right = plain.whole(), plain.right
    unfinished = request.removesuffix(b"\r\n")
    endless = plain.whole("X-Slow: " + "v" * 100)
    return (
        slow_case("slow-request-line", "the request line stops in the middle", Send(b"GET /"), closed),
        slow_case("slow-header", "the header section stops before its end", Send(unfinished), closed),
        slow_case("slow-header-second", "so does that of a second request", Send(request), right, Send(unfinished), closed),
        # Who speaks another protocol waits for an answer, and there may be no line in what it says.
        slow_case(
            "slow-other-protocol",
            "a TLS client's first message",
            Send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 64),
            ClosedOr(status(400, 408)),
        ),
        _trickling("header", "a header section that never ends", endless[:2], endless[2:], size=2),
        slow_case("slow-header-in-time", "a header section that takes 3 s", _in_time(request), right),
    )


def cases_with_body(good: GoodRequest) -> tuple[Case, ...]:
    """Bodies that stall, trickle, or are only slow."""
    closed = TimedOut(_CLOSED_WITHIN_S)
    body, size, begin = good.body, len(good.body), good.chunked()
    header = good.head(good.length)
    waiting = good.head(good.length, "Expect: 100-continue")
    first_chunk = b"%x\r\n" % size
    one_chunk = begin + first_chunk + body + b"\r\n"
    stalled = (
        slow_case("slow-body", "the body stops in the middle", Send(header + body[: size // 2]), closed),
        slow_case("slow-body-absent", "the body never begins", Send(header), closed),
        slow_case("slow-body-after-continue", "no body after 100", Send(waiting), ReceiveContinue(), closed),
        slow_case("slow-chunk", "a chunk stops in the middle", Send(begin + first_chunk + body[: size // 2]), closed),
        slow_case("slow-chunk-size", "a chunk's size stops in the middle", Send(begin + b"0"), closed),
        slow_case("slow-trailers", "the trailers never end", Send(one_chunk + b"0\r\nX-A: b\r\n"), closed),
    )
    trickling = (
        _trickling("extension", "a chunk's extension that never ends", begin + b"9;", b"x" * 100),
        _trickling("trailers", "trailer after trailer", one_chunk + b"0\r\n", b"X: y\r\n" * 30, size=6),
    )
    in_time = (
        slow_case("slow-body-in-time", "a body that takes 3 s", Send(header), _in_time(body), good.right),
        slow_case("slow-chunks-in-time", "chunks that take 3 s", Send(begin), _in_time(chunks(body, 4)), good.right),
    )
    return (*stalled, *trickling, *(_trickling_bodies(good) if size > _PIECES else ()), *in_time)


def _trickling_bodies(good: GoodRequest) -> tuple[Case, ...]:
    """The body must be longer than what trickles, or it would be whole."""
    body, size, begin = good.body, len(good.body), good.chunked()
    return (
        _trickling("body", "a body that takes minutes", good.head(good.length), body),
        _trickling("chunk", "a chunk that takes minutes", begin + b"%x\r\n" % size, body),
        _trickling("chunks", "chunk after chunk", begin, chunks(body, 1), size=6),
    )


def _trickling(name: str, title: str, begin: bytes, rest: bytes, size: int = 1) -> Case:
    """The times are for whole parts: a byte now and then must not hold a connection for ever."""
    return slow_case(f"slow-{name}-trickle", title, Send(begin), trickle(rest, size), TimedOut(1.0))


def _in_time(data: bytes) -> SendInPieces:
    return SendInPieces(data, -(-len(data) // _IN_TIME_PIECES), _IN_TIME_PAUSE_S)
