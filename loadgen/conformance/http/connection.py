"""Connections: which stay open, which close, and the order of answers."""

from loadgen.conformance.case import Case, Closed, Compare, Receive, Send, SendInPieces, Step
from loadgen.conformance.http.expectation import any_answer, dated, head_like_get, not_chunked, status, to_head, with_check
from loadgen.conformance.http.message import GoodRequest, head

_KEEP = "RFC 9112 9.3"
_CLOSE = "RFC 9112 9.6"
_PIPELINE = "RFC 9112 9.3.2"
_KEEP_ALIVE, _CLOSING = "Connection: keep-alive", "Connection: close"


def cases(plain: GoodRequest, good: GoodRequest) -> tuple[Case, ...]:
    """Keep-alive, close and pipelining; `good` has a body if there is such a request."""
    return (*_kept(plain, good), *_closed(plain, good), *_nothing_after_close(plain, good), *_in_order(plain, good))


def _case(id_: str, title: str, source: str, *steps: Step) -> Case:
    return Case(id_, "connection", title, source, steps)


def _head(plain: GoodRequest) -> bytes:
    return head(f"HEAD {plain.target} HTTP/1.1", plain.host, *plain.fields)


def _kept(plain: GoodRequest, good: GoodRequest) -> tuple[Case, ...]:
    each = ((good.whole(), good.right), (good.whole(), good.right), (plain.whole(), plain.right))
    return (
        _case("keep-alive", "HTTP/1.1 stays open", _KEEP, *(step for sent, right in each for step in (Send(sent), right))),
        _case(
            "keep-alive-empty-line",
            "an empty line before a request is ignored",
            "RFC 9112 2.2",
            Send(b"\r\n" + good.whole() + b"\r\n" + plain.whole()),
            good.right,
            plain.right,
        ),
        _case(
            "keep-alive-http10",
            "HTTP/1.0 stays open if the client asks for it, until it does not",
            _KEEP,
            Send(good.whole(_KEEP_ALIVE, version="HTTP/1.0")),
            good.right,
            Send(plain.whole(_KEEP_ALIVE, version="HTTP/1.0")),
            plain.right,
            Send(plain.whole(version="HTTP/1.0")),
            plain.right,
            Closed(),
        ),
        _case(
            "keep-alive-http10-other-case",
            "connection options are compared without regard to case",
            "RFC 9110 7.6.1",
            Send(plain.whole("Connection: Keep-Alive", version="HTTP/1.0")),
            plain.right,
            Send(plain.whole()),
            plain.right,
        ),
    )


def _closed(plain: GoodRequest, good: GoodRequest) -> tuple[Case, ...]:
    def case(id_: str, title: str, request: bytes, expected: Receive, source: str = _CLOSE) -> Case:
        return _case(id_, title, source, Send(request), expected, Closed())

    close_http10 = plain.whole(_CLOSING, version="HTTP/1.0")
    not_coded = with_check(good.right, not_chunked)
    return (
        case("close", "Connection: close", good.whole(_CLOSING), good.right),
        case("close-other-case", "Connection: CLOSE", plain.whole("Connection: CLOSE"), plain.right),
        case("close-in-list", "Connection: keep-alive, close", plain.whole(f"{_KEEP_ALIVE}, close"), plain.right),
        case("close-second-field", "two fields", plain.whole("Connection: x-unknown", _CLOSING), plain.right),
        case("close-http10", "HTTP/1.0 closes", plain.head(version="HTTP/1.0", host=""), plain.right, _KEEP),
        case("close-http10-asked", "HTTP/1.0 with Connection: close", close_http10, plain.right),
        case("http10-no-coding", "no transfer coding", good.whole(version="HTTP/1.0"), not_coded, "RFC 9112 6.1"),
    )


def _nothing_after_close(plain: GoodRequest, good: GoodRequest) -> tuple[Case, ...]:
    closing, after = good.whole(_CLOSING), plain.whole()

    def case(id_: str, title: str, source: str, sent: bytes, *expected: Receive) -> Case:
        return _case(id_, title, source, Send(sent), *expected, Closed())

    return (
        case("nothing-after-close", "behind Connection: close", _CLOSE, closing + after, good.right),
        case(
            "nothing-after-close-many",
            "three requests behind a close in the middle of a pipeline",
            _CLOSE,
            after + good.whole() + closing + after * 3,
            plain.right,
            good.right,
            good.right,
        ),
        case("nothing-after-http10", "behind HTTP/1.0", _KEEP, plain.whole(version="HTTP/1.0") + after, plain.right),
        case(
            "nothing-after-malformed",
            "a request behind malformed HTTP",
            "RFC 9112 2.2",
            after + plain.whole("Bad Field: x") + after,
            plain.right,
            status(400),
        ),
    )


def _in_order(plain: GoodRequest, good: GoodRequest) -> tuple[Case, ...]:
    complete, right, head_right = plain.whole(), plain.right, to_head(plain.right)
    return (
        _case(
            "pipeline-head",
            "HEAD between others: no content, and the answers behind it are whole",
            _PIPELINE,
            Send(complete + _head(plain) + good.whole() + _head(plain) + complete),
            right,
            head_right,
            good.right,
            head_right,
            right,
        ),
        # Of requests without a body: whether one of these has come whole when it is its turn is a matter of speed.
        _case("pipeline-in-pieces", "7 bytes a segment", _PIPELINE, SendInPieces(complete * 8, 7, 0.001), *(right,) * 8),
        _case("pipeline-deep", "200 requests in one write", _PIPELINE, Send(complete * 200), *(right,) * 200),
        _case(
            "head-like-get",
            "HEAD has the header of GET, and no content: the next answer is read from the same connection",
            "RFC 9110 9.3.2",
            *(Send(complete), right, Send(_head(plain)), head_right, Compare(head_like_get), Send(complete), right),
        ),
        _case("date", "Date", "RFC 9110 6.6.1", Send(good.whole()), any_answer(dated)),
    )
