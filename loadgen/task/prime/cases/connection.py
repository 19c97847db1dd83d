"""Connections: which stay open, which close, and the order of answers."""

from loadgen.conformance.case import Case, Closed, Receive, Send, SendInPieces, Step
from loadgen.task.prime.expectation import allow, answered, healthy, refused, status
from loadgen.task.prime.request import JSON, calculate, chunked_head, chunks, get, head, json_n, post

_KEEP = "contract: HTTP/1.1; RFC 9112 9.3"
_CLOSE = "RFC 9112 9.6"
_PIPELINE = "RFC 9112 9.3.2"
_N10 = json_n(10)


def cases() -> tuple[Case, ...]:
    """Keep-alive, close and pipelining."""
    return (*_kept(), *_kept_after_errors(), *_closed(), *_nothing_after_close(), *_pipelined())


def _case(id_: str, title: str, source: str, *steps: Step) -> Case:
    return Case(id_, "connection", title, source, steps)


def _kept() -> tuple[Case, ...]:
    twice: tuple[Step, ...] = (
        Send(calculate(10)),
        answered(10),
        Send(calculate(100)),
        answered(100),
        Send(get()),
        healthy(),
    )
    keep_10 = "Connection: keep-alive"
    return (
        _case("keep-alive", "HTTP/1.1 stays open", _KEEP, *twice),
        _case(
            "keep-alive-empty-line",
            "an empty line before a request is ignored",
            "RFC 9112 2.2",
            Send(b"\r\n" + calculate(10) + b"\r\n" + get()),
            answered(10),
            healthy(),
        ),
        _case(
            "keep-alive-http10",
            "HTTP/1.0 stays open if the client asks for it, until it does not",
            _KEEP,
            Send(calculate(10, keep_10, version="HTTP/1.0")),
            answered(10),
            Send(get("/health", keep_10, version="HTTP/1.0")),
            healthy(),
            Send(get(version="HTTP/1.0")),
            healthy(),
            Closed(),
        ),
        _case(
            "keep-alive-http10-other-case",
            "connection options are compared without regard to case",
            "RFC 9110 7.6.1",
            Send(get("/health", "Connection: Keep-Alive", version="HTTP/1.0")),
            healthy(),
            Send(get()),
            healthy(),
        ),
    )


def _kept_after_errors() -> tuple[Case, ...]:
    errors = (
        ("400", "malformed JSON", post(b'{"n":'), refused(400)),
        ("400-empty", "no body", post(b""), refused(400)),
        ("404", "an unknown path", get("/nothing"), refused(404)),
        ("404-body", "an unknown path, with a body", post(_N10, target="/nothing"), refused(404)),
        (
            "404-chunked",
            "an unknown path, with chunks",
            chunked_head(target="/nothing") + chunks(_N10, 4),
            refused(404),
        ),
        ("405", "another method", get("/calculate"), refused(405, allow("POST"))),
        ("405-body", "another method, with a body", post(_N10, method="PUT"), refused(405, allow("POST"))),
        ("405-head", "HEAD /calculate", get("/calculate", method="HEAD"), status(405, method="HEAD")),
        ("415", "another media type", post(_N10, content_type="text/plain"), refused(415)),
        ("422", "n out of range", post(json_n(0)), refused(422)),
        ("422-chunked", "n missing, in chunks", chunked_head() + chunks(b"{}", 1), refused(422)),
    )
    return tuple(
        _case(
            f"keep-alive-after-{name}",
            f"{title}: the connection stays open",
            _KEEP,
            Send(request),
            error,
            Send(calculate(10)),
            answered(10),
        )
        for name, title, request, error in errors
    )


def _closed() -> tuple[Case, ...]:
    def case(id_: str, title: str, request: bytes, expected: Receive, source: str = _CLOSE) -> Case:
        return _case(id_, title, source, Send(request), expected, Closed())

    no_host = head("GET /health HTTP/1.0", JSON)
    return (
        case("close", "Connection: close", calculate(10, "Connection: close"), answered(10)),
        case("close-other-case", "Connection: CLOSE", get("/health", "Connection: CLOSE"), healthy()),
        case("close-in-list", "Connection: keep-alive, close", get("/health", "Connection: keep-alive, close"), healthy()),
        case(
            "close-second-field",
            "two Connection fields",
            get("/health", "Connection: x-unknown", "Connection: close"),
            healthy(),
        ),
        case("close-after-error", "an error answer closes too", get("/nothing", "Connection: close"), refused(404)),
        case("close-http10", "HTTP/1.0 closes", no_host, healthy(), _KEEP),
        case(
            "close-http10-asked",
            "HTTP/1.0 with Connection: close",
            get("/health", "Connection: close", version="HTTP/1.0"),
            healthy(),
        ),
    )


def _nothing_after_close() -> tuple[Case, ...]:
    closing = calculate(10, "Connection: close")
    return (
        _case(
            "nothing-after-close",
            "a request behind Connection: close is not answered",
            _CLOSE,
            Send(closing + get()),
            answered(10),
            Closed(),
        ),
        _case(
            "nothing-after-close-many",
            "three requests behind a close in the middle of a pipeline",
            _CLOSE,
            Send(get() + calculate(100) + closing + get() * 3),
            healthy(),
            answered(100),
            answered(10),
            Closed(),
        ),
        _case(
            "nothing-after-close-error",
            "a request behind an error that closes",
            _CLOSE,
            Send(get("/nothing", "Connection: close") + get()),
            refused(404),
            Closed(),
        ),
        _case(
            "nothing-after-http10",
            "a request behind one in HTTP/1.0",
            _KEEP,
            Send(get(version="HTTP/1.0") + get()),
            healthy(),
            Closed(),
        ),
        _case(
            "nothing-after-malformed",
            "a request behind malformed HTTP",
            "contract: HTTP/1.1; RFC 9112 2.2",
            Send(get() + get("/health", "Bad Field: x") + get()),
            healthy(),
            status(400),
            Closed(),
        ),
    )


def _pipelined() -> tuple[Case, ...]:
    mixed: tuple[tuple[bytes, Receive], ...] = (
        (calculate(10), answered(10)),
        (get(), healthy()),
        (post(json_n(0)), refused(422)),
        (chunked_head() + chunks(json_n(2_000), 5), answered(2_000)),
        (get("/nothing"), refused(404)),
        (chunked_head(target="/nothing") + chunks(_N10, 3), refused(404)),
        (post(b"{"), refused(400)),
        (calculate(1), answered(1)),
        (get("/calculate"), refused(405, allow("POST"))),
        (post(_N10, content_type="text/plain"), refused(415)),
        (calculate(5_000), answered(5_000)),
        (get("/health?x"), healthy()),
        (post(_N10, method="PUT"), refused(405, allow("POST"))),
        (calculate(2), answered(2)),
        (chunked_head() + b"9;x\r\n" + _N10 + b"\r\n0\r\nX-Trailer: a\r\n\r\n", answered(10)),
        (get("/health", "Connection: close"), healthy()),
    )
    in_order: tuple[Step, ...] = (*(expected for _, expected in mixed), Closed())
    # A refusal may come before the body that it refuses has come whole, and the server may close then (RFC 9112 9.6).
    unrefused = [(request, expected) for request, expected in mixed if not (expected.statuses & {404, 405, 415})]
    return (
        _case(
            "pipeline-mixed",
            "16 requests of all kinds in one write: answered in order",
            _PIPELINE,
            Send(b"".join(request for request, _ in mixed)),
            *in_order,
        ),
        _case(
            "pipeline-in-pieces",
            "those that are not refused before their bodies, in pieces of 97 bytes",
            _PIPELINE,
            SendInPieces(b"".join(request for request, _ in unrefused), 97, 0.001),
            *(expected for _, expected in unrefused),
            Closed(),
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
        _case(
            "pipeline-head",
            "HEAD between others: no content, and the answers behind it are whole",
            _PIPELINE,
            Send(get() + get(method="HEAD") + calculate(10) + get(method="HEAD") + get()),
            healthy(),
            healthy("HEAD"),
            answered(10),
            healthy("HEAD"),
            healthy(),
        ),
        _case("pipeline-deep", "200 requests in one write", _PIPELINE, Send(get() * 200), *(healthy(),) * 200),
    )
