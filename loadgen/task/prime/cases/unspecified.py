"""What nobody specifies, or where an RFC leaves a choice: never a 5xx, a hang or a crash."""

from loadgen.conformance.case import Alive, Case, Send
from loadgen.task.prime.expectation import below_500
from loadgen.task.prime.request import HOST, JSON, calculate, get, head, json_n, post

_BODY = json_n(10)
_LENGTH = f"Content-Length: {len(_BODY)}"

_BODIES: tuple[tuple[str, bytes], ...] = (
    ("n-twice", b'{"n": 10, "n": 10}'),
    ("n-twice-different", b'{"n": 10, "n": 20}'),
    ("n-twice-wrong-type", b'{"n": 10, "n": "x"}'),
    ("n-twice-escaped", rb'{"n": 10, "\u006e": 20}'),
    ("other-key-twice", b'{"a": 1, "a": 2, "n": 10}'),
    ("byte-order-mark", b'\xef\xbb\xbf{"n": 10}'),
    ("lone-surrogate-high", rb'{"n": 10, "a": "\ud800"}'),
    ("lone-surrogate-low", rb'{"n": 10, "a": "\udc00x"}'),
    ("lone-surrogate-pair-reversed", rb'{"n": 10, "a": "\udc00\ud800"}'),
    ("lone-surrogate-in-key", rb'{"\ud800": 1, "n": 10}'),
    ("lone-surrogate-before-key", rb'{"\ud800n": 1, "n": 10}'),
)

_MESSAGES: tuple[tuple[str, str, bytes], ...] = (
    ("length-twice-same", "RFC 9112 6.3", head("POST /calculate HTTP/1.1", HOST, JSON, _LENGTH, _LENGTH) + _BODY),
    ("length-list-same", "RFC 9112 6.3", head("POST /calculate HTTP/1.1", HOST, JSON, "Content-Length: 9, 9") + _BODY),
    ("line-feeds-only", "RFC 9112 2.2", get().replace(b"\r\n", b"\n")),
    ("nul-in-value", "RFC 9110 5.5", get("/health", "X-Field: a\0b")),
    ("bytes-above-ascii", "RFC 9110 5.5", get("/health", "X-Field: \xff\xfe")),
    ("host-empty", "RFC 9112 3.2", head("GET /health HTTP/1.1", "Host:")),
    ("host-with-comma", "RFC 3986 3.2.2", head("GET /health HTTP/1.1", "Host: a.test,b.test")),
    ("host-port-too-large", "RFC 3986 3.2.3", head("GET /health HTTP/1.1", "Host: primebench.test:65536")),
    ("asterisk-form", "RFC 9112 3.2.4", get("*", method="OPTIONS")),
    ("dot-segments", "RFC 3986 5.2.4", get("/nothing/../health")),
    ("expectation-unknown", "RFC 9110 10.1.1", calculate(10, "Expect: the-unexpected")),
    ("many-short-fields", "RFC 6585 5", calculate(10, *("X: 1",) * 500)),
    ("white-space-twice-in-request-line", "RFC 9112 3", head("GET  /health HTTP/1.1", HOST)),
    ("upgrade", "RFC 9110 7.8", get("/health", "Connection: upgrade", "Upgrade: h2c")),
    ("upgrade-http10", "RFC 9110 7.8", get("/health", "Connection: upgrade", "Upgrade: h2c", version="HTTP/1.0")),
    ("trace", "RFC 9110 9.3.8", get(method="TRACE")),
    ("max-forwards", "RFC 9110 7.6.2", get("*", "Max-Forwards: 0", method="OPTIONS")),
    ("media-type-twice", "RFC 9110 8.3", calculate(10, JSON)),
)


def cases() -> tuple[Case, ...]:
    """Odd bodies and odd messages."""
    return (
        *(_case(name, "contract: The body", post(body)) for name, body in _BODIES),
        *(_case(name, source, message) for name, source, message in _MESSAGES),
    )


def _case(name: str, source: str, request: bytes) -> Case:
    title = f"{name}: an answer below 500, and the service lives on"
    return Case(f"unspecified-{name}", "unspecified", title, source, (Send(request), below_500(), Alive()))
