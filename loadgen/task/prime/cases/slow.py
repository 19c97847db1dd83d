"""Slow and idle clients. The cases wait for the service's own limits, 5 s, so they run beside all others."""

from loadgen.conformance.case import (
    Alive,
    Case,
    Closed,
    ClosedOr,
    Idle,
    Receive,
    ReceiveContinue,
    Send,
    SendInPieces,
    Step,
    TimedOut,
)
from loadgen.task.prime.expectation import answered, healthy, status
from loadgen.task.prime.request import HOST, JSON, calculate, chunked_head, chunks, get, head, json_n, padded, post

_CLOSED_WITHIN_S = 10.0
_DEADLINE_S = 14.0
_SOURCE = "contract: slow clients"
_BODY = json_n(10)


def cases() -> tuple[Case, ...]:
    """Clients that stall, clients that trickle, and clients that are only slow."""
    return (*_stalled(), *_trickling(), *_slow_but_in_time())


def _case(id_: str, title: str, *steps: Step) -> Case:
    # Alive at the end: closing is right only for a service that still serves others.
    return Case(id_, "slow", title, _SOURCE, (*steps, Alive()), _DEADLINE_S, concurrent=True)


def _stalled() -> tuple[Case, ...]:
    closed = TimedOut(_CLOSED_WITHIN_S)
    unfinished = get().removesuffix(b"\r\n")
    waiting = head("POST /calculate HTTP/1.1", HOST, JSON, "Content-Length: 9", "Expect: 100-continue")
    return (
        _case("slow-request-line", "the request line stops in the middle", Send(b"GET /heal"), closed),
        _case("slow-header", "the header section stops before its end", Send(unfinished), closed),
        _case("slow-header-second", "so does that of a second request", Send(get()), healthy(), Send(unfinished), closed),
        _case("slow-body", "the body stops in the middle", Send(calculate(10)[:-4]), closed),
        _case("slow-body-absent", "the body never begins", Send(calculate(10).removesuffix(_BODY)), closed),
        _case("slow-body-after-continue", "no body after 100", Send(waiting), ReceiveContinue(), closed),
        _case("slow-chunk", "a chunk stops in the middle", Send(chunked_head() + b"9\r\n" + _BODY[:4]), closed),
        _case("slow-chunk-size", "a chunk's size stops in the middle", Send(chunked_head() + b"0"), closed),
        _case(
            "slow-trailers",
            "the trailers never end",
            Send(chunked_head() + b"9\r\n" + _BODY + b"\r\n0\r\nX-A: b\r\n"),
            closed,
        ),
        # Who speaks another protocol waits for an answer, and there may be no line in what it says.
        _case(
            "slow-other-protocol",
            "a TLS client's first message",
            Send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 64),
            ClosedOr(status(400, 408)),
        ),
    )


def _trickling() -> tuple[Case, ...]:
    """The times are for whole parts: a byte now and then must not hold a connection for ever."""

    def trickle(name: str, title: str, begin: bytes, rest: bytes, size: int = 2) -> Case:
        pieces = SendInPieces(rest[: 20 * size], size, 0.5)
        return _case(f"slow-{name}-trickle", title, Send(begin), pieces, TimedOut(1.0))

    long_body = post(padded(10, 1_000))
    header, body = long_body[:-1_000], long_body[-1_000:]
    refused = post(body, target="/nothing")[:-1_000]
    return (
        trickle("header", "a header section that never ends", b"GE", b"T /health HTTP/1.1\r\nX-Slow: " + b"v" * 100),
        trickle("body", "a body that takes minutes", header, body),
        trickle("chunk", "a chunk that takes minutes", chunked_head() + b"3e8\r\n", body),
        trickle("chunks", "chunk after chunk", chunked_head(), chunks(body, 1), size=6),
        trickle("extension", "a chunk's extension that never ends", chunked_head() + b"9;", b"x" * 100),
        trickle("trailers", "trailer after trailer", chunked_head() + chunks(_BODY, 9)[:-2], b"X: y\r\n" * 30, size=6),
        # The final status is known already, and may be given when the time is over.
        _case(
            "slow-refused-body-trickle",
            "the body of a request that is refused anyway",
            Send(refused),
            SendInPieces(body[:40], 2, 0.5),
            ClosedOr(status(404, 408)),
            Closed(),
        ),
        # A service that reads on so that its answer can be seen does not do so for ever (RFC 9112 9.6).
        _case(
            "slow-after-refusal",
            "a client that goes on sending after a 413",
            Send(head("POST /calculate HTTP/1.1", HOST, JSON, "Content-Length: 5000")),
            status(413),
            SendInPieces(b"x" * 40, 2, 0.5),
            TimedOut(1.0),
        ),
    )


def _slow_but_in_time() -> tuple[Case, ...]:
    request = calculate(10)
    right: Receive = answered(10)
    header, body = request.removesuffix(_BODY), _BODY
    return (
        _case(
            "slow-header-in-time",
            "a header section that takes 3 s",
            SendInPieces(request, len(request) // 6 + 1, 0.5),
            right,
        ),
        _case("slow-body-in-time", "a body that takes 3 s", Send(header), SendInPieces(body, 1, 0.3), right),
        _case(
            "slow-chunks-in-time",
            "chunks that take 3 s",
            Send(chunked_head()),
            SendInPieces(chunks(body, 1), 6, 0.3),
            right,
        ),
        _case(
            "idle-is-not-slow",
            "7 s without a request: still open",
            Send(get()),
            healthy(),
            Idle(7.0),
            Send(get()),
            healthy(),
        ),
    )
