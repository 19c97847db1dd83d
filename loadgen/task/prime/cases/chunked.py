"""The chunked transfer coding (RFC 9112 7.1)."""

from loadgen.conformance.case import Case, Closed, ClosedOr, Send, SendInPieces, Step
from loadgen.task.prime.expectation import answered, healthy, status
from loadgen.task.prime.request import HOST, JSON, calculate, chunked_head, chunks, get, head, json_n

_BODY = json_n(10)
_CODED = chunks(_BODY, 4)
_PAUSE_S = 0.001
_SOURCE = "RFC 9112 7.1"


def cases() -> tuple[Case, ...]:
    """Chunked bodies that are accepted, in all segmentations, and malformed ones."""
    return (*_accepted(), *_segmented(), *_malformed())


def _case(name: str, title: str, source: str, *steps: Step) -> Case:
    return Case(f"chunked-{name}", "chunked", title, source, steps)


def _accepted() -> tuple[Case, ...]:
    quoted = b'9;a=b;c="d;\\"e"\r\n{"n": 10}\r\n0;last\r\n\r\n'
    trailers = b"9\r\n" + _BODY + b"\r\n0\r\nX-Trailer: a\r\nX-Other: b\r\n\r\n"
    forbidden = b"9\r\n" + _BODY + b"\r\n0\r\nContent-Length: 3\r\nTransfer-Encoding: gzip\r\n\r\n"
    capital = head("POST /calculate HTTP/1.1", HOST, JSON, "transfer-encoding: CHUNKED")
    spaces = b'{"n": 10}' + b" " * 17
    # Senders must not put these into trailers; who gets them may refuse them, but not believe them.
    framed_by_trailers = _case(
        "framing-trailers",
        "nothing is framed by trailers",
        "RFC 9110 6.5.1",
        Send(chunked_head() + forbidden + get()),
        status(200, 400),
        ClosedOr(healthy()),
    )
    # Each is followed by a request on the same connection: the body ended where it should.
    accepted = tuple(
        _case(name, title, source, Send(request), answered(10), Send(get()), healthy())
        for name, title, source, request in (
            ("one-chunk", "one chunk", _SOURCE, chunked_head() + chunks(_BODY, len(_BODY))),
            ("many-chunks", "a byte a chunk", _SOURCE, chunked_head() + chunks(_BODY, 1)),
            ("extensions", "extensions are ignored", "RFC 9112 7.1.1", chunked_head() + quoted),
            ("trailers", "trailers are ignored", "RFC 9112 7.1.2", chunked_head() + trailers),
            (
                "size-leading-zeros",
                "a size with leading zeros",
                _SOURCE,
                chunked_head() + b"0009\r\n" + _BODY + b"\r\n000\r\n\r\n",
            ),
            ("size-lower-case", "size 1a", _SOURCE, chunked_head() + b"1a\r\n" + spaces + b"\r\n0\r\n\r\n"),
            ("size-upper-case", "size 1A", _SOURCE, chunked_head() + b"1A\r\n" + spaces + b"\r\n0\r\n\r\n"),
            ("coding-other-case", "the coding's name without regard to case", "RFC 9112 7", capital + _CODED),
        )
    )
    return (*accepted, framed_by_trailers)


def _segmented() -> tuple[Case, ...]:
    whole = chunked_head() + b"4;x=y\r\n" + _BODY[:4] + b"\r\n5\r\n" + _BODY[4:] + b"\r\n0\r\nX-Trailer: a\r\n\r\n"
    return (
        _case("in-pieces-of-3", "three bytes a segment", _SOURCE, SendInPieces(whole, 3, _PAUSE_S), answered(10)),
        _case("in-pieces-of-7", "seven bytes a segment", _SOURCE, SendInPieces(whole, 7, _PAUSE_S), answered(10)),
        _case("byte-by-byte", "a byte a segment", _SOURCE, SendInPieces(whole, 1, _PAUSE_S), answered(10)),
        Case(
            "length-byte-by-byte",
            "chunked",
            "a body of known length, a byte a segment",
            "RFC 9112 6.2",
            (SendInPieces(calculate(10), 1, _PAUSE_S), answered(10)),
        ),
    )


def _malformed() -> tuple[Case, ...]:
    end = b"\r\n" + _BODY + b"\r\n0\r\n\r\n"
    sizes = (
        ("size-letters", "a size of letters", b"zz"),
        ("size-empty", "a size of no digits", b""),
        ("size-negative", "a negative size", b"-9"),
        ("size-plus", "a size with a sign", b"+9"),
        ("size-prefixed", "a size as 0x9", b"0x9"),
        ("size-underscore", "a size as 0_9", b"0_9"),
        ("size-then-letters", "a size as 9g", b"9g"),
        ("size-two-numbers", "a size as '9 9'", b"9 9"),
        ("size-extension-only", "an extension without a size", b";a=b"),
    )
    refusals = tuple((name, title, chunked_head() + size + end) for name, title, size in sizes)
    extensions = (
        ("extension-empty", "a semicolon without an extension", b";"),
        ("extension-no-token", "an extension's name that is no token", b";{"),
        ("extension-line-feed", "a line feed in an extension", b";a\nb"),
        ("extension-bare-cr", "a bare CR in an extension", b";a\rb"),
        ("extension-quoted-line-feed", "a line feed in quotes", b';a="\n"'),
        ("extension-quoted-control", "a control character in quotes", b';a="\x01"'),
        ("size-then-space", "a space behind a size", b" "),
        ("size-line-feed", "a line that ends with LF and then with CRLF", b"\n"),
    )
    refusals = (*refusals, *((name, title, chunked_head() + b"9" + text + end) for name, title, text in extensions))
    trailer = b"9\r\n" + _BODY + b"\r\n0\r\n"
    trailers = (
        ("trailer-folded", "a trailer that is folded", b"X: a\r\n b\r\n\r\n"),
        ("trailer-space-before-colon", "a space before a trailer's colon", b"X : a\r\n\r\n"),
        ("trailer-bare-cr", "a bare CR in a trailer", b"X: a\rb\r\n\r\n"),
        ("trailer-no-colon", "a trailer without a colon", b"X\r\n\r\n"),
    )
    refusals = (*refusals, *((name, title, chunked_head() + trailer + text) for name, title, text in trailers))
    no_line_end = chunked_head() + b"9\r\n" + _BODY + b"0\r\n\r\n\r\n"
    refusals = (*refusals, ("data-without-line-end", "no line end behind the data", no_line_end))
    data_too_long = chunked_head() + b"4\r\n" + _BODY + b"\r\n0\r\n\r\n"
    return tuple(
        _case(name, title, "contract: HTTP/1.1; RFC 9112 7.1", Send(request), status(400), Closed())
        for name, title, request in (*refusals, ("data-too-long", "more data than the size says", data_too_long))
    )
