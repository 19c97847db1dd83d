"""Connections after errors, and pipelines of unlike requests: the order of what is answered when it is known."""

from loadgen.conformance.case import Case, Closed, ClosedOr, Idle, Receive, Send, Step, TimedOut
from loadgen.conformance.http.expectation import status
from loadgen.conformance.http.message import HOST, chunks, head
from loadgen.conformance.http.slow import slow_case, trickle
from loadgen.task.prime.expectation import answered, healthy
from loadgen.task.prime.request import JSON, calculate, chunked_head, get, json_n, padded, post

_KEEP = "contract: HTTP/1.1; RFC 9112 9.3"
_PIPELINE = "RFC 9112 9.3.2"
_N10 = json_n(10)


def cases() -> tuple[Case, ...]:
    """Open and closed after errors, pipelines, clients that are slow at what is refused."""
    return (*_kept_after_errors(), *_closed_after_errors(), *_pipelined(), *_slow())


def _case(id_: str, title: str, source: str, *steps: Step) -> Case:
    return Case(id_, "connection", title, source, steps)


def _kept_after_errors() -> tuple[Case, ...]:
    errors = (
        ("400", "malformed JSON", post(b'{"n":'), status(400)),
        ("400-empty", "no body", post(b""), status(400)),
        ("404", "an unknown path", get("/nothing"), status(404)),
        ("404-body", "an unknown path, with a body", post(_N10, target="/nothing"), status(404)),
        ("404-chunked", "an unknown path, with chunks", chunked_head(target="/nothing") + chunks(_N10, 4), status(404)),
        ("405", "another method", get("/calculate"), status(405)),
        ("405-body", "another method, with a body", post(_N10, method="PUT"), status(405)),
        ("405-head", "HEAD /calculate", get("/calculate", method="HEAD"), status(405, method="HEAD")),
        ("415", "another media type", post(_N10, content_type="text/plain"), status(415)),
        ("422", "n out of range", post(json_n(0)), status(422)),
        ("422-chunked", "n missing, in chunks", chunked_head() + chunks(b"{}", 1), status(422)),
    )
    after = (Send(calculate(10)), answered(10))
    return tuple(
        _case(f"keep-alive-after-{name}", f"{title}: the connection stays open", _KEEP, Send(request), error, *after)
        for name, title, request, error in errors
    )


def _closed_after_errors() -> tuple[Case, ...]:
    refused = get("/nothing", "Connection: close")
    return (
        _case("close-after-error", "an error answer closes too", "RFC 9112 9.6", Send(refused), status(404), Closed()),
        _case(
            "nothing-after-close-error",
            "a request behind an error that closes",
            "RFC 9112 9.6",
            *(Send(refused + get()), status(404), Closed()),
        ),
    )


def _pipelined() -> tuple[Case, ...]:
    mixed: tuple[tuple[bytes, Receive], ...] = (
        (calculate(10), answered(10)),
        (get(), healthy()),
        (post(json_n(0)), status(422)),
        (chunked_head() + chunks(json_n(2_000), 5), answered(2_000)),
        (get("/nothing"), status(404)),
        (chunked_head(target="/nothing") + chunks(_N10, 3), status(404)),
        (post(b"{"), status(400)),
        (calculate(1), answered(1)),
        (get("/calculate"), status(405)),
        (post(_N10, content_type="text/plain"), status(415)),
        (calculate(5_000), answered(5_000)),
        (get("/health?x"), healthy()),
        (post(_N10, method="PUT"), status(405)),
        (calculate(2), answered(2)),
        (chunked_head() + b"9;x\r\n" + _N10 + b"\r\n0\r\nX-Trailer: a\r\n\r\n", answered(10)),
        (get("/health", "Connection: close"), healthy()),
    )
    in_order: tuple[Step, ...] = (*(expected for _, expected in mixed), Closed())
    return (
        _case(
            "pipeline-mixed",
            "16 requests of all kinds in one write: answered in order",
            _PIPELINE,
            Send(b"".join(request for request, _ in mixed)),
            *in_order,
        ),
        _case(
            "pipeline-slow-first",
            "quick answers wait for the slow one before them",
            _PIPELINE,
            Send(calculate(10_000) + get() + calculate(1)),
            answered(10_000),
            healthy(),
            answered(1),
        ),
    )


def _slow() -> tuple[Case, ...]:
    source = "contract: slow clients"
    body = padded(10, 1_000)
    refused = post(body, target="/nothing").removesuffix(body)
    too_large = head("POST /calculate HTTP/1.1", HOST, JSON, "Content-Length: 5000")
    return (
        # The final status is known already, and may be given when the time is over.
        slow_case(
            "slow-refused-body-trickle",
            "the body of a request that is refused anyway",
            *(Send(refused), trickle(body, 2), ClosedOr(status(404, 408)), Closed()),
            source=source,
        ),
        # A service that reads on so that its answer can be seen does not do so for ever (RFC 9112 9.6).
        slow_case(
            "slow-after-refusal",
            "a client that goes on sending after a 413",
            *(Send(too_large), status(413), trickle(b"x" * 100, 2), TimedOut(1.0)),
            source=source,
        ),
        slow_case(
            "idle-is-not-slow",
            "7 s without a request: still open",
            *(Send(get()), healthy(), Idle(7.0), Send(get()), healthy()),
            source=source,
        ),
    )
