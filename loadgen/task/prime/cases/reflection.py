"""No error answer repeats bytes of the request: what is echoed can be made into an attack on who reads it."""

from loadgen.conformance.case import Case, SendUntilAnswered
from loadgen.conformance.http.expectation import any_answer
from loadgen.conformance.http.message import HOST, chunks, head
from loadgen.task.prime.expectation import without
from loadgen.task.prime.request import JSON, calculate, chunked_head, get, json_n, post

_MARKER = "zqxjkvb"
_N10 = json_n(10)
_ANSWER = any_answer(without(_MARKER))

_REQUESTS: tuple[tuple[str, bytes], ...] = (
    ("path", get(f"/{_MARKER}")),
    ("path-encoded", get(f"/%3Cb%3E{_MARKER}")),
    ("query", get(f"/nothing?{_MARKER}={_MARKER}")),
    ("path-of-post", post(_N10, target=f"/calculate/{_MARKER}")),
    ("long-path", get(f"/{_MARKER}" + "t" * 9_000)),
    ("method", get(method=_MARKER.upper())),
    ("media-type", post(_N10, content_type=f"text/{_MARKER}")),
    ("host", head("GET /nothing HTTP/1.1", f"Host: {_MARKER}.test")),
    ("field-value", get("/nothing", f"X-Field: {_MARKER}")),
    ("long-field", calculate(10, f"X-Field: {_MARKER * 1_400}")),
    ("malformed-field", get("/health", f"Bad {_MARKER}: x")),
    ("malformed-length", head("POST /calculate HTTP/1.1", HOST, JSON, f"Content-Length: {_MARKER}")),
    ("coding", head("POST /calculate HTTP/1.1", HOST, JSON, f"Transfer-Encoding: {_MARKER}") + chunks(_N10, 4)),
    ("version", head(f"GET /health {_MARKER}/1.1", HOST)),
    ("chunk-size", chunked_head() + f"{_MARKER}\r\n".encode()),
    ("malformed-json", post(f'{{"n": 10, {_MARKER}'.encode())),
    ("malformed-escape", post(rf'{{"n": 10, "a": "{_MARKER}\x"}}'.encode())),
    ("not-an-object", post(f'"{_MARKER}"'.encode())),
    ("n-string", post(f'{{"n": "{_MARKER}"}}'.encode())),
    ("n-object", post(f'{{"n": {{"{_MARKER}": 1}}}}'.encode())),
    ("n-missing", post(f'{{"{_MARKER}": 1}}'.encode())),
)


def cases() -> tuple[Case, ...]:
    """One request with the marker in each place that an answer could repeat."""
    return tuple(
        Case(
            f"reflection-{name}",
            "reflection",
            f"{name}: not repeated",
            "contract: Errors",
            (SendUntilAnswered(request), _ANSWER),
        )
        for name, request in _REQUESTS
    )
