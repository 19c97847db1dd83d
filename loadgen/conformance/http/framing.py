"""Where a message ends: lengths, codings, and the field syntax that request smuggling lives on.

Behind most requests stands a second one, which a service answers only if it was misled about the first.
"""

from loadgen.conformance.case import Case, Closed, ClosedOr, Receive, Send, Step
from loadgen.conformance.http.expectation import status
from loadgen.conformance.http.message import CHUNKED, HOST, GoodRequest, chunks, head

_SMUGGLED = head("GET /smuggled HTTP/1.1", HOST)


def cases(plain: GoodRequest, good: GoodRequest) -> tuple[Case, ...]:
    """Fields and request lines."""
    return (*_fields(plain, good), *_request_lines(plain))


def cases_with_body(plain: GoodRequest, good: GoodRequest) -> tuple[Case, ...]:
    """Length and coding, codings, lengths."""
    return (*_both(good), *_codings(plain, good), *_lengths(good))


def _case(id_: str, title: str, source: str, *steps: Step) -> Case:
    return Case(id_, "framing", title, source, steps)


def _both(good: GoodRequest) -> tuple[Case, ...]:
    coded, either = chunks(good.body, 4), Receive(good.right.statuses | {400})
    source = "RFC 9112 6.1"

    def case(id_: str, title: str, request: bytes) -> Case:
        return _case(id_, title, source, Send(request), either, Closed())

    coded_length = f"Content-Length: {len(coded)}"
    return (
        case(
            "both-length-first",
            "Content-Length, then Transfer-Encoding: one answer, closes",
            good.head(coded_length, CHUNKED) + coded + _SMUGGLED,
        ),
        case(
            "both-coding-first",
            "Transfer-Encoding, then Content-Length",
            good.head(CHUNKED, coded_length) + coded + _SMUGGLED,
        ),
        case(
            "both-length-short",
            "the length ends within the chunks",
            good.head("Content-Length: 4", CHUNKED) + coded + _SMUGGLED,
        ),
        case(
            "both-length-long",
            "the length takes in the next request",
            good.head(f"Content-Length: {len(coded + _SMUGGLED)}", CHUNKED) + coded + _SMUGGLED,
        ),
        case(
            "both-length-zero",
            "Content-Length: 0 and Transfer-Encoding",
            good.head("Content-Length: 0", CHUNKED) + coded + _SMUGGLED,
        ),
    )


def _codings(plain: GoodRequest, good: GoodRequest) -> tuple[Case, ...]:
    coded, refused = chunks(good.body, 4), status(400, 501)
    either = Receive(good.right.statuses | {400, 501})
    source = "RFC 9112 6.1"
    values = (
        ("gzip", ("Transfer-Encoding: gzip",)),
        ("identity", ("Transfer-Encoding: identity",)),
        ("unknown", ("Transfer-Encoding: xchunked",)),
        ("longer", ("Transfer-Encoding: chunkedx",)),
        ("quoted", ('Transfer-Encoding: "chunked"',)),
        ("empty", ("Transfer-Encoding: ",)),
        ("chunked-not-last", ("Transfer-Encoding: chunked, gzip",)),
        ("before-chunked", ("Transfer-Encoding: gzip, chunked",)),
        ("chunked-twice", ("Transfer-Encoding: chunked, chunked",)),
        ("two-fields", (CHUNKED, "Transfer-Encoding: identity")),
        ("vertical-tab", ("Transfer-Encoding: \x0bchunked",)),
        ("form-feed", ("Transfer-Encoding: \x0cchunked",)),
        ("nul", ("Transfer-Encoding: chunked\0",)),
        ("parameter", ("Transfer-Encoding: chunked;q=1",)),
        ("two-words", ("Transfer-Encoding: chunked foo",)),
        ("two-fields-same", (CHUNKED, CHUNKED)),
    )
    return (
        *(
            _case(f"coding-{name}", f"{' and '.join(fields)!r}", source, Send(good.head(*fields) + coded), refused, Closed())
            for name, fields in values
        ),
        _case(
            "coding-with-length",
            "an unknown coding is no licence to use the Content-Length",
            source,
            Send(good.head("Transfer-Encoding: gzip", good.length) + good.body + _SMUGGLED),
            refused,
            Closed(),
        ),
        # RFC 9110 5.6.1.2: some empty elements are to be ignored, too many are an attack. Either way the chunks are the body.
        _case(
            "coding-empty-elements",
            "empty elements of a list: chunked, or refused",
            "RFC 9110 5.6.1.2",
            Send(good.head("Transfer-Encoding: , chunked ,") + coded + plain.whole()),
            either,
            ClosedOr(plain.right),
        ),
        # RFC 9112 6.1: "MUST treat the message as if the framing is faulty"; what the answer is, it leaves open.
        _case(
            "coding-http10",
            "Transfer-Encoding in HTTP/1.0: one answer, closes",
            "RFC 9112 6.1",
            Send(good.head(CHUNKED, "Connection: keep-alive", version="HTTP/1.0") + coded + _SMUGGLED),
            either,
            Closed(),
        ),
    )


def _lengths(good: GoodRequest) -> tuple[Case, ...]:
    size = len(good.body)
    # Whole by each of the lengths, so that a service that believes one of them has nothing to wait for.
    body = good.body + b" "
    values = (
        ("doubled", f"{size}", f"{size + 1}"),
        ("doubled-reverse", f"{size + 1}", f"{size}"),
        ("list", f"{size}, {size + 1}"),
        ("plus", f"+{size}"),
        ("minus", f"-{size}"),
        ("hexadecimal", f"0x{size:x}"),
        ("letters", "nine"),
        ("then-letters", f"{size}a"),
        ("fraction", f"{size}.0"),
        ("exponent", f"{size}e0"),
        ("two-numbers", f"{size} {size}"),
        ("underscore", f"0_{size}"),
        ("empty", ""),
        ("superscript", "\xb9"),
        ("quoted", f'"{size}"'),
        ("semicolon", f"{size};"),
        ("vertical-tab", f"\x0b{size}"),
    )
    fields = {name: tuple(f"Content-Length: {length}" for length in lengths) for name, *lengths in values}
    return tuple(
        _case(f"length-{name}", f"{' and '.join(of)!r}", "RFC 9110 8.6", Send(good.head(*of) + body), status(400), Closed())
        for name, of in fields.items()
    )


def _fields(plain: GoodRequest, good: GoodRequest) -> tuple[Case, ...]:
    source = "RFC 9112 5"
    tail = (good.length,)
    malformed = (
        ("space-before-colon", "a space before the colon", ("X-Field : v", *tail)),
        (
            "space-before-colon-length",
            "a space before the colon of Content-Length",
            (good.length.replace(":", " :"),),
        ),
        (
            "space-before-colon-coding",
            "a space before the colon of Transfer-Encoding",
            ("Transfer-Encoding : chunked", *tail),
        ),
        ("tab-before-colon", "a tab before the colon", ("X-Field\t: v", *tail)),
        ("folding", "obsolete line folding", ("X-Field: a", " b", *tail)),
        ("folding-tab", "obsolete line folding with a tab", ("X-Field: a", "\tb", *tail)),
        ("bare-cr", "a bare CR in a value", ("X-Field: a\rb", *tail)),
        ("bare-cr-smuggles", "a bare CR that hides a coding", ("X-Field: a\rTransfer-Encoding: chunked", *tail)),
        ("bare-cr-in-name", "a bare CR in a name", ("X-Fi\reld: v", *tail)),
        ("name-empty", "no name", (": v", *tail)),
        ("name-with-space", "a space in the name", ("X Field: v", *tail)),
        ("name-with-delimiter", "a parenthesis in the name", ("X(Field): v", *tail)),
        ("name-with-nul", "a NUL in the name", ("X-Fi\0eld: v", *tail)),
        ("name-above-ascii", "a byte above ASCII in the name", ("X-Fi\xe9ld: v", *tail)),
        ("no-colon", "a line without a colon", ("X-Field", *tail)),
        ("white-space-only", "a line of white space", (" ", *tail)),
    )
    return (
        *(
            _case(f"field-{name}", title, source, Send(good.head(*fields) + good.body), status(400), Closed())
            for name, title, fields in malformed
        ),
        # Refused, or the line is dropped, which leaves no Host.
        _case(
            "field-space-before-first",
            "white space between the request line and the first field",
            "RFC 9112 2.2",
            Send(plain.head("Accept: */*", host=f" {plain.host}")),
            status(400),
            Closed(),
        ),
    )


def _request_lines(good: GoodRequest) -> tuple[Case, ...]:
    target, source = good.target, "RFC 9112 3"
    lines = (
        ("no-version", f"GET {target}"),
        ("no-target", "GET HTTP/1.1"),
        ("method-only", "GET"),
        ("four-parts", f"GET {target} /x HTTP/1.1"),
        ("target-bare-cr", f"GET {target}\rx HTTP/1.1"),
        ("target-nul", f"GET {target}\0x HTTP/1.1"),
        ("garbage", "\x16\x03\x01\x02\x00\x01\xfc\x03\x03"),
    )
    versions = (
        ("version-letters", f"GET {target} HTTP/x.y"),
        ("version-no-minor", f"GET {target} HTTP/1"),
        ("version-no-name", f"GET {target} 1.1"),
        ("version-lower-case", f"GET {target} http/1.1"),
        ("version-other-protocol", f"GET {target} ICY/1.1"),
        ("version-http2", f"GET {target} HTTP/2.0"),
        ("version-http2-preface", "PRI * HTTP/2.0"),
        ("version-two-digits", f"GET {target} HTTP/1.10"),
        ("version-leading-zero", f"GET {target} HTTP/01.1"),
        ("version-comma", f"GET {target} HTTP/1,1"),
    )
    return (
        *(
            _case(f"request-line-{name}", f"{line!r}", source, Send(head(line, HOST)), status(400), Closed())
            for name, line in lines
        ),
        # 505 is RFC 9110's own answer to a version that is not served (15.6.6).
        *(
            _case(f"request-line-{name}", f"{line!r}", "RFC 9112 2.3", Send(head(line, HOST)), status(400, 505), Closed())
            for name, line in versions
        ),
        _case(
            "request-line-version-later-minor",
            "HTTP/1.2 is processed as HTTP/1.1",
            "RFC 9110 2.5",
            Send(good.whole(version="HTTP/1.2")),
            good.right,
        ),
        # Refused in either way: as no request, or as one that nobody serves.
        _case(
            "request-line-target-relative",
            "no slash",
            source,
            Send(head(f"GET {target.lstrip('/') or 'x'} HTTP/1.1", HOST)),
            status(400, 404),
        ),
        _case(
            "request-line-method-delimiter",
            "'G(T'",
            source,
            Send(head(f"G(T {target} HTTP/1.1", HOST)),
            status(400, 405, 501),
        ),
    )
