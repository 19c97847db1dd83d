"""The request target: the forms that a method may have (RFC 9112 3.2), and the characters that a URI may have (RFC 3986)."""

from collections.abc import Iterator

from loadgen.conformance.case import Case, Closed, Receive, Send, Step
from loadgen.conformance.http.expectation import status
from loadgen.conformance.http.message import GoodRequest, head

_GRAMMAR = "RFC 9112 2.2, 3.2; RFC 3986 3.3, 3.4"

_NO_QUERIES: tuple[tuple[str, str, str], ...] = (
    ("percent-cut", "an encoded byte of one digit", "x=%4"),
    ("percent-letters", "an encoded byte that is no number", "x=%zz"),
    ("above-ascii", "a byte above ASCII", "x=\xe9"),
    ("delete", "a DEL", "x=\x7f"),
    ("delimiters", "quotes and angle brackets", 'x="<y>"'),
    ("backslash", "a backslash", "x=\\y"),
    ("braces", "braces, a bar, a circumflex, a grave accent", "x={y|z}^`"),
    ("brackets", "brackets", "x[]=y"),
)


def cases(plain: GoodRequest) -> tuple[Case, ...]:
    """Targets that are no part of a URI, and each of the four forms where it is right and where it is wrong."""
    return (*_characters(plain), *_absolute(plain), *_other_forms(plain))


def cases_with_body(good: GoodRequest) -> tuple[Case, ...]:
    """The absolute form before a body."""
    request = good.whole(target=f"{good.origin}{good.target}")
    return (_case("absolute-with-body", "a body behind it", "RFC 9112 3.2.2", Send(request), good.right),)


def _case(name: str, title: str, source: str, *steps: Step) -> Case:
    return Case(f"target-{name}", "target", title, source, steps)


def _characters(plain: GoodRequest) -> Iterator[Case]:
    targets = [(name, title, plain.with_query(query)) for name, title, query in _NO_QUERIES]
    for name, title, target in [("fragment", "a fragment", f"{plain.target}#x"), *targets]:
        yield _case(name, f"{title}: {target!r}", _GRAMMAR, Send(plain.whole(target=target)), status(400), Closed())


def _absolute(plain: GoodRequest) -> Iterator[Case]:
    def case(name: str, title: str, source: str, target: str, expected: Receive) -> Case:
        return _case(f"absolute-{name}", title, source, Send(plain.whole(target=target)), expected)

    own, path, right = plain.origin, plain.target, plain.right
    no_host = Send(plain.head(target=f"{own}{path}", host=""))
    yield case("other-host", "the Host is ignored", "RFC 9112 3.2.2", f"http://other.test:80{path}", right)
    yield case("ipv6", "an address for a host", "RFC 9112 3.2.2", f"http://[::1]:8080{path}", right)
    yield case("scheme-other-case", "schemes have no case", "RFC 3986 3.1", f"{own.replace('http', 'HTTP', 1)}{path}", right)
    yield case("query", "a query", "RFC 9112 3.2.2", f"{own}{plain.with_query('x=1')}", right)
    yield _case("absolute-host-missing", "and yet no Host", "RFC 9112 3.2", no_host, status(400))
    yield case("userinfo", "a user's name", "RFC 9110 4.2.4", f"http://user@primebench.test{path}", status(400))
    yield case("no-host", "no host", "RFC 9110 4.2.1", f"http://{path}", status(400, 404))
    # RFC 9110 7.4: rejected unless it came over a connection that is secured for that origin.
    yield case("https", "https over TCP", "RFC 9110 7.4", f"https://primebench.test{path}", status(400, 404, 421))


def _other_forms(plain: GoodRequest) -> Iterator[Case]:
    def case(name: str, title: str, source: str, request_line: str, *statuses: int) -> Case:
        return _case(name, f"{title}: {request_line!r}", source, Send(head(request_line, plain.host)), status(*statuses))

    not_tunnelled = (400, 404, 405, 501)
    yield case("asterisk-get", "an asterisk is for OPTIONS", "RFC 9112 3.2.4", "GET * HTTP/1.1", 400, 404)
    yield case("authority-get", "an authority is for CONNECT", "RFC 9112 3.2.3", "GET primebench.test:80 HTTP/1.1", 400, 404)
    yield case("connect", "there is no tunnel", "RFC 9110 9.3.6", "CONNECT primebench.test:443 HTTP/1.1", *not_tunnelled)
    yield case("connect-path", "a path for CONNECT", "RFC 9112 3.2.3", f"CONNECT {plain.target} HTTP/1.1", *not_tunnelled)
    yield case("connect-no-port", "no port", "RFC 9110 9.3.6", "CONNECT primebench.test HTTP/1.1", *not_tunnelled)
    yield case("connect-empty-port", "an empty port", "RFC 9110 9.3.6", "CONNECT primebench.test: HTTP/1.1", *not_tunnelled)
