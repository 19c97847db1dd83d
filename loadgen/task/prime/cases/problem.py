"""Problem details and Date of the errors that a framework answers before any handler runs.

Whether these are refused, and with which status, is said by the cases of the other groups; here stands only what the
answer is like, so that one shortcoming is one deviation.
"""

from collections.abc import Iterable, Iterator

from loadgen.conformance.case import Case, Check, SendUntilAnswered, Step
from loadgen.task.prime.expectation import any_answer, dated, problem_if_error
from loadgen.task.prime.request import HOST, JSON, calculate, chunked_head, chunks, get, head, json_n, post

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
    ("200-calculate", calculate(10)),
    ("200-health", get()),
    ("400", post(b"{")),
    ("404", get("/nothing")),
    ("405", get("/calculate")),
    ("413", post(b" " * 5_000)),
    ("415", post(_N10, content_type="text/plain")),
    ("422", post(json_n(0))),
)


def cases() -> tuple[Case, ...]:
    """Problem details of the framework's own errors; Date of all answers."""
    return (
        *(
            Case(f"problem-{name}", "problem", f"{name}: problem details", "contract: Errors; RFC 9457 3", steps)
            for name, steps in _conversations(_BY_THE_FRAMEWORK, problem_if_error)
        ),
        *(
            Case(f"date-{name}", "date", f"{name}: Date", "RFC 9110 6.6.1", steps)
            for name, steps in _conversations((*_BY_THE_HANDLER, *_BY_THE_FRAMEWORK), dated)
        ),
    )


def _conversations(rows: Iterable[tuple[str, bytes]], check: Check) -> Iterator[tuple[str, tuple[Step, ...]]]:
    return ((name, (SendUntilAnswered(request), any_answer(check))) for name, request in rows)
