"""The field Host: one, and a host that an http URI can name (RFC 9112 3.2; RFC 3986 3.2.2)."""

from collections.abc import Iterator

from loadgen.conformance.case import Case, Closed, Send, Step
from loadgen.conformance.http.expectation import status
from loadgen.conformance.http.message import GoodRequest

_SOURCE = "RFC 9112 3.2"
_GRAMMAR = "RFC 9112 3.2; RFC 3986 3.2.2"

_VALID: tuple[tuple[str, str], ...] = (
    ("with-port", "primebench.test:8080"),
    ("with-empty-port", "primebench.test:"),
    ("ipv4", "127.0.0.1:8080"),
    ("ipv6", "[::1]"),
    ("ipv6-with-port", "[2001:db8::1]:8080"),
    ("ipv6-with-ipv4", "[::ffff:127.0.0.1]"),
    ("underscore", "under_score.test."),
)

_INVALID: tuple[tuple[str, str], ...] = (
    ("with-space", "a b"),
    ("with-list", "a.test, b.test"),
    ("with-userinfo", "user@primebench.test"),
    ("with-scheme", "http://primebench.test"),
    ("with-path", "primebench.test/x"),
    ("with-backslash", "primebench.test\\x"),
    ("with-delimiters", '"<primebench.test>"'),
    ("with-control", "a\x01b.test"),
    ("with-nul", "a\0b.test"),
    ("with-bytes-above-ascii", "b\xfccher.test"),
    ("port-letters", "primebench.test:http"),
    ("port-twice", "primebench.test:80:80"),
    ("percent-malformed", "a%zzb.test"),
    ("ipv6-without-brackets", "::1"),
    ("ipv6-unclosed", "[::1"),
    ("ipv6-then-text", "[::1]x"),
    ("ipv6-two-gaps", "[1::2::3]"),
    ("ipv6-empty", "[]"),
)


def cases(plain: GoodRequest) -> tuple[Case, ...]:
    """Hosts that are missing, doubled, valid and invalid."""
    return (*_number(plain), *_values(plain))


def _case(name: str, title: str, source: str, *steps: Step) -> Case:
    return Case(name, "host", title, source, steps)


def _number(plain: GoodRequest) -> tuple[Case, ...]:
    def hosts(*fields: str, version: str = "HTTP/1.1") -> Send:
        return Send(plain.head(*fields, version=version, host=""))

    own = plain.host
    return (
        _case("host-missing", "HTTP/1.1 without Host", _SOURCE, hosts("Accept: */*"), status(400)),
        _case("host-doubled", "Host twice, the same", _SOURCE, hosts(own, own), status(400)),
        _case("host-doubled-different", "Host twice, different", _SOURCE, hosts(own, "Host: other.test"), status(400)),
        _case("host-doubled-other-case", "Host and host", _SOURCE, hosts(own, "host: other.test"), status(400)),
        _case("host-doubled-empty", "Host and an empty one", _SOURCE, hosts(own, "Host:"), status(400)),
        _case("host-missing-http10", "HTTP/1.0 needs no Host", _SOURCE, hosts(version="HTTP/1.0"), plain.right, Closed()),
        _case("host-doubled-http10", "nor may it have two", _SOURCE, hosts(own, own, version="HTTP/1.0"), status(400)),
        _case("host-invalid-http10", "nor one that is none", _SOURCE, hosts("Host: a b", version="HTTP/1.0"), status(400)),
    )


def _values(plain: GoodRequest) -> Iterator[Case]:
    for name, value in _VALID:
        yield _case(f"host-{name}", f"Host: {value}", _GRAMMAR, Send(plain.head(host=f"Host: {value}")), plain.right)
    for name, value in _INVALID:
        yield _case(f"host-{name}", f"Host: {value!r}", _GRAMMAR, Send(plain.head(host=f"Host: {value}")), status(400))
