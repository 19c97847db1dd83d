"""Problem details (RFC 9457) and Date of errors.

Whether these are refused, and with which status, is said by the cases of the other groups; here stands only what the
answer is like, so that one shortcoming is one deviation.
"""

from collections.abc import Iterable, Iterator

from loadgen.conformance.case import Case, Check, SendUntilAnswered, Step
from loadgen.conformance.http.expectation import any_answer, dated
from loadgen.conformance.http.message import HOST, chunks, head
from loadgen.task.prime.expectation import problem_if_error
from loadgen.task.prime.request import JSON, calculate, chunked_head, get, json_n, post

_N10 = json_n(10)
_CODED = chunks(_N10, 4)

_BY_THE_FRAMEWORK: tuple[tuple[str, bytes], ...] = (
    ("malformed-field", head("POST /calculate HTTP/1.1", HOST, JSON, "Bad Field: x")),
    ("malformed-request-line", head("GET", HOST)),
    (
        "length-doubled",
        head("POST /calculate HTTP/1.1", HOST, JSON, "Content-Length: 9", "Content-Length: 10") + _N10 + b" ",
    ),
    ("chunk-size", chunked_head() + b"zz\r\n"),
    ("coding", head("POST /calculate HTTP/1.1", HOST, JSON, "Transfer-Encoding: gzip") + _CODED),
    ("host-missing", head("GET /health HTTP/1.1", "Accept: */*")),
    ("host-doubled", head("GET /health HTTP/1.1", HOST, HOST)),
    ("chunked-too-large", chunked_head() + chunks(b" " * 5_000, 1_000)),
    ("header-too-large", calculate(10, f"X-Long: {'v' * 9_000}")),
    ("target-too-long", get("/" + "t" * 9_000)),
)

_BY_THE_HANDLER: tuple[tuple[str, bytes], ...] = (
    ("400", post(b"{")),
    ("400-empty", post(b"")),
    ("400-array", post(b"[10]")),
    ("404", get("/nothing")),
    ("404-body", post(_N10, target="/nothing")),
    ("405", get("/calculate")),
    ("405-body", post(_N10, method="PUT")),
    ("405-health", get(method="DELETE")),
    ("413", post(b" " * 5_000)),
    ("415", post(_N10, content_type="text/plain")),
    ("415-missing", post(_N10, content_type=None)),
    ("422", post(json_n(0))),
    ("422-missing", post(b"{}")),
    ("422-type", post(b'{"n": "10"}')),
    ("422-fraction", post(b'{"n": 1.5}')),
    ("422-chunked", chunked_head() + chunks(b"{}", 1)),
)


def cases() -> tuple[Case, ...]:
    """Problem details and Date of the handler's errors and of the framework's."""
    rows = (*_BY_THE_HANDLER, *_BY_THE_FRAMEWORK)
    return (
        *(
            Case(f"problem-{name}", "problem", f"{name}: problem details", "contract: Errors; RFC 9457 3", steps)
            for name, steps in _conversations(rows, problem_if_error)
        ),
        *(
            Case(f"date-{name}", "date", f"{name}: Date", "RFC 9110 6.6.1", steps)
            for name, steps in _conversations(rows, dated)
        ),
    )


def _conversations(rows: Iterable[tuple[str, bytes]], check: Check) -> Iterator[tuple[str, tuple[Step, ...]]]:
    return ((name, (SendUntilAnswered(request), any_answer(check))) for name, request in rows)
