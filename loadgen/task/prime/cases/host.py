"""The field Host: one, and a host that an http URI can name (RFC 9112 3.2; RFC 3986 3.2.2)."""

from collections.abc import Iterator

from loadgen.conformance.case import Case, Closed, Receive, Send, Step
from loadgen.task.prime.expectation import answered, healthy, not_chunked, status
from loadgen.task.prime.request import HOST, calculate, head

_SOURCE = "RFC 9112 3.2"
_GRAMMAR = "RFC 9112 3.2; RFC 3986 3.2.2"

_VALID: tuple[tuple[str, str], ...] = (
    ("with-port", "primebench.test:8080"),
    ("with-empty-port", "primebench.test:"),
    ("ipv4", "127.0.0.1:8080"),
    ("ipv6", "[::1]"),
    ("ipv6-with-port", "[2001:db8::1]:8080"),
    ("ipv6-with-ipv4", "[::ffff:127.0.0.1]"),
    ("underscore", "prime_bench.test."),
)

_INVALID: tuple[tuple[str, str], ...] = (
    ("with-space", "a b"),
    ("with-list", "a.test, b.test"),
    ("with-userinfo", "user@primebench.test"),
    ("with-scheme", "http://primebench.test"),
    ("with-path", "primebench.test/health"),
    ("with-backslash", "primebench.test\\x"),
    ("with-delimiters", '"<primebench.test>"'),
    ("with-control", "prime\x01bench.test"),
    ("with-nul", "prime\0bench.test"),
    ("with-bytes-above-ascii", "b\xfccher.test"),
    ("port-letters", "primebench.test:http"),
    ("port-twice", "primebench.test:80:80"),
    ("percent-malformed", "prime%zzbench.test"),
    ("ipv6-without-brackets", "::1"),
    ("ipv6-unclosed", "[::1"),
    ("ipv6-then-text", "[::1]x"),
    ("ipv6-two-gaps", "[1::2::3]"),
    ("ipv6-empty", "[]"),
)


def cases() -> tuple[Case, ...]:
    """Hosts that are missing, doubled, valid and invalid."""
    return (*_number(), *_values())


def _case(name: str, title: str, source: str, *steps: Step) -> Case:
    return Case(name, "host", title, source, steps)


def _get(*fields: str, version: str = "HTTP/1.1") -> Send:
    return Send(head(f"GET /health {version}", *fields))


def _number() -> tuple[Case, ...]:
    return (
        _case("host-missing", "HTTP/1.1 without Host", _SOURCE, _get("Accept: */*"), status(400)),
        _case("host-doubled", "Host twice, the same", _SOURCE, _get(HOST, HOST), status(400)),
        _case("host-doubled-different", "Host twice, different", _SOURCE, _get(HOST, "Host: other.test"), status(400)),
        _case("host-doubled-other-case", "Host and host", _SOURCE, _get(HOST, "host: other.test"), status(400)),
        _case("host-doubled-empty", "Host and an empty one", _SOURCE, _get(HOST, "Host:"), status(400)),
        _case("host-missing-http10", "HTTP/1.0 needs no Host", _SOURCE, _get(version="HTTP/1.0"), healthy(), Closed()),
        _case("host-doubled-http10", "nor may it have two", _SOURCE, _get(HOST, HOST, version="HTTP/1.0"), status(400)),
        _case("host-invalid-http10", "nor one that is none", _SOURCE, _get("Host: a b", version="HTTP/1.0"), status(400)),
        _case(
            "http10-post",
            "POST in HTTP/1.0: answered without a transfer coding, closes",
            "RFC 9112 6.1",
            Send(calculate(10, version="HTTP/1.0")),
            Receive(frozenset({200}), (*answered(10).checks, not_chunked)),
            Closed(),
        ),
    )


def _values() -> Iterator[Case]:
    for name, value in _VALID:
        yield _case(f"host-{name}", f"Host: {value}", _GRAMMAR, _get(f"Host: {value}"), healthy())
    for name, value in _INVALID:
        yield _case(f"host-{name}", f"Host: {value!r}", _GRAMMAR, _get(f"Host: {value}"), status(400))
