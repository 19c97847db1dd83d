"""The chunked transfer coding (RFC 9112 7.1)."""

from loadgen.conformance.case import Case, Closed, ClosedOr, Receive, Send, SendInPieces, Step
from loadgen.conformance.http.expectation import status
from loadgen.conformance.http.message import GoodRequest, chunks

_PAUSE_S = 0.001
_PIECES_MAX = 250
"""Within the 5 s that a service waits for a body, on a busy machine too: of a long body the rest is sent at once."""
_SOURCE = "RFC 9112 7.1"


def cases(plain: GoodRequest, good: GoodRequest) -> tuple[Case, ...]:
    """Chunked bodies that are accepted, in all segmentations, and malformed ones."""
    return (*_accepted(plain, good), *_segmented(good), *_malformed(good))


def _case(name: str, title: str, source: str, *steps: Step) -> Case:
    return Case(f"chunked-{name}", "chunked", title, source, steps)


def _one_chunk(good: GoodRequest) -> bytes:
    """The body as one chunk, with nothing behind its line end."""
    return b"%x\r\n%s\r\n" % (len(good.body), good.body)


def _accepted(plain: GoodRequest, good: GoodRequest) -> tuple[Case, ...]:
    body, size, begin = good.body, len(good.body), good.chunked()
    quoted = b'%x;a=b;c="d;\\"e"\r\n%s\r\n0;last\r\n\r\n' % (size, body)
    trailers = _one_chunk(good) + b"0\r\nX-Trailer: a\r\nX-Other: b\r\n\r\n"
    forbidden = _one_chunk(good) + b"0\r\nContent-Length: 3\r\nTransfer-Encoding: gzip\r\n\r\n"
    with_zeros = b"000%x\r\n%s\r\n000\r\n\r\n" % (size, body)
    # Senders must not put these into trailers; who gets them may refuse them, but not believe them.
    framed_by_trailers = _case(
        "framing-trailers",
        "nothing is framed by trailers",
        "RFC 9110 6.5.1",
        Send(begin + forbidden + plain.whole()),
        Receive(good.right.statuses | {400}),
        ClosedOr(plain.right),
    )
    rows = [
        ("one-chunk", "one chunk", _SOURCE, begin + chunks(body, size)),
        ("many-chunks", "a byte a chunk", _SOURCE, begin + chunks(body, 1)),
        ("extensions", "extensions are ignored", "RFC 9112 7.1.1", begin + quoted),
        ("trailers", "trailers are ignored", "RFC 9112 7.1.2", begin + trailers),
        ("size-leading-zeros", "a size with leading zeros", _SOURCE, begin + with_zeros),
        (
            "coding-other-case",
            "the coding's name without regard to case",
            "RFC 9112 7",
            good.head("transfer-encoding: CHUNKED") + chunks(body, 4),
        ),
    ]
    if size >= 0x1A:
        in_hexadecimal = chunks(body, 0x1A)
        rows += [
            ("size-lower-case", "size 1a", _SOURCE, begin + in_hexadecimal),
            ("size-upper-case", "size 1A", _SOURCE, begin + in_hexadecimal.replace(b"1a\r\n", b"1A\r\n")),
        ]
    # Each is followed by a request on the same connection: the body ended where it should.
    accepted = (
        _case(name, title, source, Send(request), good.right, Send(plain.whole()), plain.right)
        for name, title, source, request in rows
    )
    return (*accepted, framed_by_trailers)


def _segmented(good: GoodRequest) -> tuple[Case, ...]:
    first, second = good.body[:4], good.body[4:]
    coded = b"%x;x=y\r\n%s\r\n" % (len(first), first) + chunks(second, len(second) or 1).removesuffix(b"\r\n")
    whole = good.chunked() + coded + b"X-Trailer: a\r\n\r\n"
    return (
        _case("in-pieces-of-3", "three bytes a segment", _SOURCE, *_in_pieces(whole, 3), good.right),
        _case("in-pieces-of-7", "seven bytes a segment", _SOURCE, *_in_pieces(whole, 7), good.right),
        _case("byte-by-byte", "a byte a segment", _SOURCE, *_in_pieces(whole, 1), good.right),
        Case(
            "length-byte-by-byte",
            "chunked",
            "a body of known length, a byte a segment",
            "RFC 9112 6.2",
            (*_in_pieces(good.whole(), 1), good.right),
        ),
    )


def _in_pieces(data: bytes, size: int) -> tuple[Step, ...]:
    begin, rest = data[: _PIECES_MAX * size], data[_PIECES_MAX * size :]
    pieces = SendInPieces(begin, size, _PAUSE_S)
    return (pieces, Send(rest)) if rest else (pieces,)


def _malformed(good: GoodRequest) -> tuple[Case, ...]:
    size, begin = b"%x" % len(good.body), good.chunked()
    end = b"\r\n" + good.body + b"\r\n0\r\n\r\n"
    sizes = (
        ("size-letters", "a size of letters", b"zz"),
        ("size-empty", "a size of no digits", b""),
        ("size-negative", "a negative size", b"-" + size),
        ("size-plus", "a size with a sign", b"+" + size),
        ("size-prefixed", "a size as 0x40", b"0x" + size),
        ("size-underscore", "a size as 0_40", b"0_" + size),
        ("size-then-letters", "a size as 40g", size + b"g"),
        ("size-two-numbers", "a size as '40 40'", size + b" " + size),
        ("size-extension-only", "an extension without a size", b";a=b"),
    )
    refusals = tuple((name, title, begin + written + end) for name, title, written in sizes)
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
    refusals = (*refusals, *((name, title, begin + size + text + end) for name, title, text in extensions))
    trailer = _one_chunk(good) + b"0\r\n"
    trailers = (
        ("trailer-folded", "a trailer that is folded", b"X: a\r\n b\r\n\r\n"),
        ("trailer-space-before-colon", "a space before a trailer's colon", b"X : a\r\n\r\n"),
        ("trailer-bare-cr", "a bare CR in a trailer", b"X: a\rb\r\n\r\n"),
        ("trailer-no-colon", "a trailer without a colon", b"X\r\n\r\n"),
    )
    refusals = (*refusals, *((name, title, begin + trailer + text) for name, title, text in trailers))
    no_line_end = begin + size + b"\r\n" + good.body + b"0\r\n\r\n\r\n"
    refusals = (*refusals, ("data-without-line-end", "no line end behind the data", no_line_end))
    data_too_long = begin + b"4\r\n" + good.body + b"\r\n0\r\n\r\n"
    return tuple(
        _case(name, title, _SOURCE, Send(request), status(400), Closed())
        for name, title, request in (*refusals, ("data-too-long", "more data than the size says", data_too_long))
    )
