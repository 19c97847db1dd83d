"""Where a message ends: lengths, codings, and the field syntax that request smuggling lives on.

Behind most requests stands a second one, which a service answers only if it was misled about the first.
"""

from loadgen.conformance.case import Case, Closed, ClosedOr, Receive, Send, Step
from loadgen.task.prime.expectation import healthy, status
from loadgen.task.prime.request import HOST, JSON, chunks, get, head, json_n

_BODY = json_n(10)
_CODED = chunks(_BODY, 4)
_SMUGGLED = get("/smuggled")
_CHUNKED = "Transfer-Encoding: chunked"
_LENGTH = f"Content-Length: {len(_BODY)}"


def cases() -> tuple[Case, ...]:
    """Length and coding, lengths, codings, fields, request lines."""
    return (*_both(), *_codings(), *_lengths(), *_fields(), *_request_lines())


def _case(id_: str, title: str, source: str, *steps: Step) -> Case:
    return Case(id_, "framing", title, source, steps)


def _post(*fields: str, version: str = "HTTP/1.1") -> bytes:
    return head(f"POST /calculate {version}", HOST, JSON, *fields)


def _both() -> tuple[Case, ...]:
    either = Receive(frozenset({200, 400}))
    source = "RFC 9112 6.1"

    def case(id_: str, title: str, request: bytes) -> Case:
        return _case(id_, title, source, Send(request), either, Closed())

    length_ends_first = _post(f"Content-Length: {len(_CODED)}", _CHUNKED)
    return (
        case(
            "both-length-first",
            "Content-Length, then Transfer-Encoding: one answer, closes",
            length_ends_first + _CODED + _SMUGGLED,
        ),
        case(
            "both-coding-first",
            "Transfer-Encoding, then Content-Length",
            _post(_CHUNKED, f"Content-Length: {len(_CODED)}") + _CODED + _SMUGGLED,
        ),
        case(
            "both-length-short",
            "the length ends within the chunks",
            _post("Content-Length: 4", _CHUNKED) + _CODED + _SMUGGLED,
        ),
        case(
            "both-length-long",
            "the length takes in the next request",
            _post(f"Content-Length: {len(_CODED + _SMUGGLED)}", _CHUNKED) + _CODED + _SMUGGLED,
        ),
        case(
            "both-length-zero",
            "Content-Length: 0 and Transfer-Encoding",
            _post("Content-Length: 0", _CHUNKED) + _CODED + _SMUGGLED,
        ),
    )


def _codings() -> tuple[Case, ...]:
    refused = status(400, 501)
    source = "contract: HTTP/1.1; RFC 9112 6.1"
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
        ("two-fields", (_CHUNKED, "Transfer-Encoding: identity")),
        ("vertical-tab", ("Transfer-Encoding: \x0bchunked",)),
        ("form-feed", ("Transfer-Encoding: \x0cchunked",)),
        ("nul", ("Transfer-Encoding: chunked\0",)),
        ("parameter", ("Transfer-Encoding: chunked;q=1",)),
        ("two-words", ("Transfer-Encoding: chunked foo",)),
        ("two-fields-same", (_CHUNKED, _CHUNKED)),
    )
    return (
        *(
            _case(f"coding-{name}", f"{' and '.join(fields)!r}", source, Send(_post(*fields) + _CODED), refused, Closed())
            for name, fields in values
        ),
        _case(
            "coding-with-length",
            "an unknown coding is no licence to use the Content-Length",
            source,
            Send(_post("Transfer-Encoding: gzip", _LENGTH) + _BODY + _SMUGGLED),
            refused,
            Closed(),
        ),
        # RFC 9110 5.6.1.2: some empty elements are to be ignored, too many are an attack. Either way the chunks are the body.
        _case(
            "coding-empty-elements",
            "empty elements of a list: chunked, or refused",
            "RFC 9110 5.6.1.2",
            Send(_post("Transfer-Encoding: , chunked ,") + _CODED + get()),
            status(200, 400, 501),
            ClosedOr(healthy()),
        ),
        # RFC 9112 6.1: "MUST treat the message as if the framing is faulty"; what the answer is, it leaves open.
        _case(
            "coding-http10",
            "Transfer-Encoding in HTTP/1.0: one answer, closes",
            "RFC 9112 6.1",
            Send(_post(_CHUNKED, "Connection: keep-alive", version="HTTP/1.0") + _CODED + _SMUGGLED),
            status(200, 400, 501),
            Closed(),
        ),
    )


def _lengths() -> tuple[Case, ...]:
    source = "contract: HTTP/1.1; RFC 9110 8.6"
    # Whole by each of the lengths, so that a service that believes one of them has nothing to wait for.
    body = _BODY + b" "
    values = (
        ("doubled", ("Content-Length: 9", "Content-Length: 10")),
        ("doubled-reverse", ("Content-Length: 10", "Content-Length: 9")),
        ("list", ("Content-Length: 9, 10",)),
        ("plus", ("Content-Length: +9",)),
        ("minus", ("Content-Length: -9",)),
        ("hexadecimal", ("Content-Length: 0x9",)),
        ("letters", ("Content-Length: nine",)),
        ("then-letters", ("Content-Length: 9a",)),
        ("fraction", ("Content-Length: 9.0",)),
        ("exponent", ("Content-Length: 9e0",)),
        ("two-numbers", ("Content-Length: 9 9",)),
        ("underscore", ("Content-Length: 0_9",)),
        ("empty", ("Content-Length: ",)),
        ("superscript", ("Content-Length: \xb9",)),
        ("quoted", ('Content-Length: "9"',)),
        ("semicolon", ("Content-Length: 9;",)),
        ("vertical-tab", ("Content-Length: \x0b9",)),
    )
    return tuple(
        _case(f"length-{name}", f"{' and '.join(fields)!r}", source, Send(_post(*fields) + body), status(400), Closed())
        for name, fields in values
    )


def _fields() -> tuple[Case, ...]:
    source = "contract: HTTP/1.1; RFC 9112 5"
    tail = (_LENGTH,)
    malformed = (
        ("space-before-colon", "a space before the colon", ("X-Field : v", *tail)),
        (
            "space-before-colon-length",
            "a space before the colon of Content-Length",
            (f"Content-Length : {len(_BODY)}",),
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
            _case(f"field-{name}", title, source, Send(_post(*fields) + _BODY), status(400), Closed())
            for name, title, fields in malformed
        ),
        # Refused, or the line is dropped, which leaves no Host.
        _case(
            "field-space-before-first",
            "white space between the request line and the first field",
            "RFC 9112 2.2",
            Send(head("GET /health HTTP/1.1", f" {HOST}", "Accept: */*")),
            status(400),
            Closed(),
        ),
    )


def _request_lines() -> tuple[Case, ...]:
    source = "contract: Errors; RFC 9112 3"
    lines = (
        ("no-version", "GET /health"),
        ("no-target", "GET HTTP/1.1"),
        ("method-only", "GET"),
        ("four-parts", "GET /health /x HTTP/1.1"),
        ("target-bare-cr", "GET /hea\rlth HTTP/1.1"),
        ("target-nul", "GET /hea\0lth HTTP/1.1"),
        ("garbage", "\x16\x03\x01\x02\x00\x01\xfc\x03\x03"),
    )
    versions = (
        ("version-letters", "GET /health HTTP/x.y"),
        ("version-no-minor", "GET /health HTTP/1"),
        ("version-no-name", "GET /health 1.1"),
        ("version-lower-case", "GET /health http/1.1"),
        ("version-other-protocol", "GET /health ICY/1.1"),
        ("version-http2", "GET /health HTTP/2.0"),
        ("version-http2-preface", "PRI * HTTP/2.0"),
        ("version-two-digits", "GET /health HTTP/1.10"),
        ("version-leading-zero", "GET /health HTTP/01.1"),
        ("version-comma", "GET /health HTTP/1,1"),
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
            Send(get(version="HTTP/1.2")),
            healthy(),
        ),
        # Refused in either way: as no request, or as one that nobody serves.
        _case(
            "request-line-target-relative",
            "no slash",
            source,
            Send(head("GET health HTTP/1.1", HOST)),
            status(400, 404),
        ),
        _case(
            "request-line-method-delimiter",
            "'G(T'",
            source,
            Send(head("G(T /health HTTP/1.1", HOST)),
            status(400, 405, 501),
        ),
    )
