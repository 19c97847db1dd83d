"""Slow and idle clients. The cases wait for the service's own limits, 5 s, so they run beside all others."""

from loadgen.contract.case import Alive, Case, Idle, Receive, ReceiveContinue, Send, SendInPieces, Step, TimedOut
from loadgen.contract.expectation import answered, healthy
from loadgen.contract.request import HOST, JSON, calculate, chunked_head, get, head, json_n

_CLOSED_WITHIN_S = 10.0
_DEADLINE_S = 14.0
_SOURCE = "contract: slow clients"
_BODY = json_n(10)


def cases() -> tuple[Case, ...]:
    """Clients that stall, and clients that are only slow."""
    return (*_stalled(), *_slow_but_in_time())


def _case(id_: str, title: str, *steps: Step) -> Case:
    # Alive at the end: closing is right only for a service that still serves others.
    return Case(id_, "slow", title, _SOURCE, (*steps, Alive()), _DEADLINE_S, concurrent=True)


def _stalled() -> tuple[Case, ...]:
    closed = TimedOut(_CLOSED_WITHIN_S)
    unfinished = get().removesuffix(b"\r\n")
    waiting = head("POST /calculate HTTP/1.1", HOST, JSON, "Content-Length: 9", "Expect: 100-continue")
    trickled = unfinished + b"X-Slow: " + b"v" * 100
    return (
        _case("slow-request-line", "the request line stops in the middle", Send(b"GET /heal"), closed),
        _case("slow-header", "the header section stops before its end", Send(unfinished), closed),
        _case("slow-header-second", "so does that of a second request", Send(get()), healthy(), Send(unfinished), closed),
        # The time is for the whole section: a byte now and then must not hold a connection for ever.
        _case(
            "slow-header-trickle",
            "a header section that never ends",
            SendInPieces(trickled[:40], 2, 0.5),
            TimedOut(1.0),
        ),
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
        # What is limited is the stall, not the transfer: nine bytes a second apart, no stall longer than that.
        _case(
            "slow-body-that-progresses",
            "a body that takes 9 s, a byte a second",
            Send(header),
            SendInPieces(body, 1, 1.0),
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
