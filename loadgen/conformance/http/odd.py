"""Where an RFC leaves a choice: never a 5xx, a hang or a crash."""

from collections.abc import Iterable

from loadgen.conformance.case import Alive, Case, Send
from loadgen.conformance.http.expectation import below_500
from loadgen.conformance.http.message import GoodRequest, head


def cases(plain: GoodRequest) -> tuple[Case, ...]:
    """Odd messages without a body."""
    upgrade = ("Connection: upgrade", "Upgrade: h2c")
    double_space = f"{plain.method}  {plain.target} HTTP/1.1"
    return _cases(
        (
            ("line-feeds-only", "RFC 9112 2.2", plain.whole().replace(b"\r\n", b"\n")),
            ("nul-in-value", "RFC 9110 5.5", plain.whole("X-Field: a\0b")),
            ("bytes-above-ascii", "RFC 9110 5.5", plain.whole("X-Field: \xff\xfe")),
            ("host-empty", "RFC 9112 3.2", plain.head(host="Host:")),
            ("host-with-comma", "RFC 3986 3.2.2", plain.head(host="Host: a.test,b.test")),
            ("host-port-too-large", "RFC 3986 3.2.3", plain.head(host="Host: primebench.test:65536")),
            ("asterisk-form", "RFC 9112 3.2.4", head("OPTIONS * HTTP/1.1", plain.host)),
            ("dot-segments", "RFC 3986 5.2.4", plain.whole(target=f"/nothing/..{plain.target}")),
            ("white-space-twice-in-request-line", "RFC 9112 3", head(double_space, plain.host)),
            ("upgrade", "RFC 9110 7.8", plain.whole(*upgrade)),
            ("upgrade-http10", "RFC 9110 7.8", plain.whole(*upgrade, version="HTTP/1.0")),
            ("trace", "RFC 9110 9.3.8", head(f"TRACE {plain.target} HTTP/1.1", plain.host)),
            ("max-forwards", "RFC 9110 7.6.2", head("OPTIONS * HTTP/1.1", plain.host, "Max-Forwards: 0")),
        )
    )


def cases_with_body(good: GoodRequest) -> tuple[Case, ...]:
    """Odd messages that frame a body."""
    size = len(good.body)
    return _cases(
        (
            ("length-twice-same", "RFC 9112 6.3", good.head(good.length, good.length) + good.body),
            ("length-list-same", "RFC 9112 6.3", good.head(f"Content-Length: {size}, {size}") + good.body),
            ("expectation-unknown", "RFC 9110 10.1.1", good.whole("Expect: the-unexpected")),
            ("many-short-fields", "RFC 6585 5", good.whole(*("X: 1",) * 500)),
        )
    )


def _cases(rows: Iterable[tuple[str, str, bytes]]) -> tuple[Case, ...]:
    title = "an answer below 500, and the service lives on"
    return tuple(
        Case(f"odd-{name}", "odd", f"{name}: {title}", source, (Send(request), below_500(), Alive()))
        for name, source, request in rows
    )
