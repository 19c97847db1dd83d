"""`Expect: 100-continue` (RFC 9110 10.1.1)."""

from loadgen.conformance.case import Case, Receive, ReceiveContinue, Send, SendIfContinued, Step
from loadgen.conformance.http.expectation import no_interim, with_check
from loadgen.conformance.http.message import GoodRequest, chunks

_EXPECT = "Expect: 100-continue"


def cases(good: GoodRequest) -> tuple[Case, ...]:
    """Clients that hold the body back, and clients that do not."""
    waiting = good.head(good.length, _EXPECT)
    other_case = waiting.replace(b"100-continue", b"100-Continue")
    in_list = waiting.replace(b"100-continue", b"the-unexpected, 100-continue")
    after_continue = (ReceiveContinue(), Send(good.body), good.right)
    right_or_417 = Receive(good.right.statuses | {417})
    return (
        _case("continue", "100 before the body is read", Send(waiting), *after_continue),
        _case("continue-twice", "and again on the same connection", *(Send(waiting), *after_continue) * 2),
        _case("continue-other-case", "100-Continue", Send(other_case), *after_continue),
        # An unknown expectation may be refused with 417, but what is behind it must not be overlooked.
        _case("continue-in-list", "behind another expectation", Send(in_list), SendIfContinued(good.body), right_or_417),
        _case(
            "continue-chunked",
            "100 before chunks are read",
            Send(good.chunked(_EXPECT)),
            ReceiveContinue(),
            Send(chunks(good.body, 4)),
            good.right,
        ),
        # With the body already there the 100 may be left out; the reader skips it if it comes.
        _case("continue-not-awaited", "the body is sent without waiting", Send(good.whole(_EXPECT)), good.right),
        _case(
            "continue-http10",
            "HTTP/1.0 knows no interim answers: the expectation is ignored",
            Send(good.whole(_EXPECT, version="HTTP/1.0")),
            with_check(good.right, no_interim),
        ),
    )


def _case(id_: str, title: str, *steps: Step) -> Case:
    return Case(id_, "expect", title, "RFC 9110 10.1.1", steps)
