"""`Expect: 100-continue` (RFC 9110 10.1.1)."""

from loadgen.conformance.case import Case, Receive, ReceiveContinue, Send, SendIfContinued, Step
from loadgen.task.prime.expectation import answered, no_interim, refused, status
from loadgen.task.prime.request import HOST, JSON, calculate, chunked_head, chunks, head, json_n

_BODY = json_n(10)
_EXPECT = "Expect: 100-continue"


def cases() -> tuple[Case, ...]:
    """Clients that hold the body back, and clients that do not."""
    waiting = head("POST /calculate HTTP/1.1", HOST, JSON, f"Content-Length: {len(_BODY)}", _EXPECT)
    other_case = waiting.replace(b"100-continue", b"100-Continue")
    in_list = waiting.replace(b"100-continue", b"the-unexpected, 100-continue")
    large = head("POST /calculate HTTP/1.1", HOST, JSON, "Content-Length: 5000", _EXPECT)
    lost = head("POST /nothing HTTP/1.1", HOST, JSON, f"Content-Length: {len(_BODY)}", _EXPECT)
    after_continue = (ReceiveContinue(), Send(_BODY), answered(10))
    return (
        _case("continue", "100 before the body is read", Send(waiting), *after_continue),
        _case("continue-twice", "and again on the same connection", *(Send(waiting), *after_continue) * 2),
        _case("continue-other-case", "100-Continue", Send(other_case), *after_continue),
        # An unknown expectation may be refused with 417, but what is behind it must not be overlooked.
        _case("continue-in-list", "behind another expectation", Send(in_list), SendIfContinued(_BODY), status(200, 417)),
        _case(
            "continue-chunked",
            "100 before chunks are read",
            Send(chunked_head(_EXPECT)),
            ReceiveContinue(),
            Send(chunks(_BODY, 4)),
            answered(10),
        ),
        # With the body already there the 100 may be left out; the reader skips it if it comes.
        _case("continue-not-awaited", "the body is sent without waiting", Send(calculate(10, _EXPECT)), answered(10)),
        _case(
            "continue-http10",
            "HTTP/1.0 knows no interim answers: the expectation is ignored",
            Send(calculate(10, _EXPECT, version="HTTP/1.0")),
            Receive(frozenset({200}), (*answered(10).checks, no_interim)),
        ),
        # The client holds the body back until it is asked for: a service that waits for it answers too late.
        _case("continue-too-large", "413, or 100 and then 413", Send(large), SendIfContinued(b"x" * 5_000), status(413)),
        _case("continue-not-found", "404, or 100 and then 404", Send(lost), SendIfContinued(_BODY), refused(404)),
    )


def _case(id_: str, title: str, *steps: Step) -> Case:
    return Case(id_, "expect", title, "RFC 9110 10.1.1", steps)
