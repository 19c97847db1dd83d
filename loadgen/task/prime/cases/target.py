"""The request target: the forms that a method may have (RFC 9112 3.2), and the characters that a URI may have (RFC 3986)."""

from collections.abc import Iterator

from loadgen.conformance.case import Case, Closed, Receive, Send, Step
from loadgen.task.prime.expectation import healthy, refused, status
from loadgen.task.prime.request import HOST, get, head

_GRAMMAR = "RFC 9112 2.2, 3.2; RFC 3986 3.3, 3.4"

_NO_TARGETS: tuple[tuple[str, str, str], ...] = (
    ("fragment", "a fragment", "/health#x"),
    ("percent-cut", "an encoded byte of one digit", "/health?x=%4"),
    ("percent-letters", "an encoded byte that is no number", "/health?x=%zz"),
    ("above-ascii", "a byte above ASCII", "/health?x=\xe9"),
    ("delete", "a DEL", "/health?x=\x7f"),
    ("delimiters", "quotes and angle brackets", '/health?x="<y>"'),
    ("backslash", "a backslash", "/health?x=\\y"),
    ("braces", "braces, a bar, a circumflex, a grave accent", "/health?x={y|z}^`"),
    ("brackets", "brackets", "/health?x[]=y"),
)


def cases() -> tuple[Case, ...]:
    """Targets that are no part of a URI, and each of the four forms where it is right and where it is wrong."""
    return (*_characters(), *_absolute(), *_other_forms())


def _case(name: str, title: str, source: str, *steps: Step) -> Case:
    return Case(f"target-{name}", "target", title, source, steps)


def _characters() -> Iterator[Case]:
    for name, title, target in _NO_TARGETS:
        yield _case(name, f"{title}: {target!r}", _GRAMMAR, Send(get(target)), status(400), Closed())


def _absolute() -> Iterator[Case]:
    def case(name: str, title: str, source: str, request: bytes, expected: Receive) -> Case:
        return _case(f"absolute-{name}", title, source, Send(request), expected)

    own = "http://primebench.test"
    yield case("other-host", "the Host is ignored", "RFC 9112 3.2.2", get("http://other.test:80/health"), healthy())
    yield case("ipv6", "an address for a host", "RFC 9112 3.2.2", get("http://[::1]:8080/health"), healthy())
    yield case("scheme-other-case", "schemes have no case", "RFC 3986 3.1", get("HTTP://primebench.test/health"), healthy())
    yield case("query", "a query", "RFC 9112 3.2.2", get(f"{own}/health?x=1"), healthy())
    yield case("no-path", "no path is the path /", "RFC 9110 4.2.3", get(own), refused(404))
    yield case("host-missing", "and yet no Host", "RFC 9112 3.2", head(f"GET {own}/health HTTP/1.1"), status(400))
    yield case("userinfo", "a user's name", "RFC 9110 4.2.4", get("http://user@primebench.test/health"), status(400))
    yield case("no-host", "no host", "RFC 9110 4.2.1", get("http:///health"), status(400, 404))
    # RFC 9110 7.4: rejected unless it came over a connection that is secured for that origin.
    yield case("https", "https over TCP", "RFC 9110 7.4", get("https://primebench.test/health"), status(400, 404, 421))


def _other_forms() -> Iterator[Case]:
    def case(name: str, title: str, source: str, request_line: str, *statuses: int) -> Case:
        return _case(name, f"{title}: {request_line!r}", source, Send(head(request_line, HOST)), status(*statuses))

    not_tunnelled = (400, 404, 405, 501)
    yield case("asterisk-get", "an asterisk is for OPTIONS", "RFC 9112 3.2.4", "GET * HTTP/1.1", 400, 404)
    yield case("authority-get", "an authority is for CONNECT", "RFC 9112 3.2.3", "GET primebench.test:80 HTTP/1.1", 400, 404)
    yield case("connect", "there is no tunnel", "RFC 9110 9.3.6", "CONNECT primebench.test:443 HTTP/1.1", *not_tunnelled)
    yield case("connect-path", "a path for CONNECT", "RFC 9112 3.2.3", "CONNECT /health HTTP/1.1", *not_tunnelled)
    yield case("connect-no-port", "no port", "RFC 9110 9.3.6", "CONNECT primebench.test HTTP/1.1", *not_tunnelled)
    yield case("connect-empty-port", "an empty port", "RFC 9110 9.3.6", "CONNECT primebench.test: HTTP/1.1", *not_tunnelled)
