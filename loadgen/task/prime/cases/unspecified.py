"""What nobody specifies, or where an RFC leaves a choice: never a 5xx, a hang or a crash."""

from loadgen.conformance.case import Alive, Case, Send
from loadgen.conformance.http.expectation import below_500
from loadgen.task.prime.request import JSON, calculate, post

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


def cases() -> tuple[Case, ...]:
    """Odd bodies, and a media type that is said twice."""
    return (
        *(_case(name, "contract: The body", post(body)) for name, body in _BODIES),
        _case("media-type-twice", "RFC 9110 8.3", calculate(10, JSON)),
    )


def _case(name: str, source: str, request: bytes) -> Case:
    title = f"{name}: an answer below 500, and the service lives on"
    return Case(f"unspecified-{name}", "unspecified", title, source, (Send(request), below_500(), Alive()))
