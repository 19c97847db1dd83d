"""The limits: 4,096 bytes of body, 8,192 bytes of header section, and that a refusal can be read."""

from loadgen.conformance.case import Alive, Case, ClosedOr, Receive, Send, SendIfContinued, SendUntilAnswered, Step
from loadgen.conformance.http.expectation import status
from loadgen.conformance.http.message import HOST, chunks, head
from loadgen.task.prime.expectation import answered, healthy
from loadgen.task.prime.request import JSON, calculate, chunked_head, get, json_n, padded, post

_BODY_BYTES_MAX = 4_096
_ERRORS = "contract: Errors"
_MEGABYTE = 1_048_576


def core() -> tuple[Case, ...]:
    """The largest body, and one that is larger."""
    too_large = (Send(post(padded(10, _BODY_BYTES_MAX + 1))), status(413))
    return (
        _case("body-4096", "4,096 bytes exactly", _ERRORS, Send(post(padded(10, _BODY_BYTES_MAX))), answered(10)),
        _case("length-4097", "one byte too many", _ERRORS, *too_large),
    )


def strict() -> tuple[Case, ...]:
    """Bodies and header sections at the limits, beyond them, and far beyond them."""
    return (
        *_bodies_that_fit(),
        *_by_length(),
        *_by_chunks(),
        *_not_as_requests(),
        *_header_sections(),
        *_readable(),
        *_expected(),
    )


def _case(id_: str, title: str, source: str, *steps: Step) -> Case:
    return Case(id_, "size", title, source, steps)


def _bodies_that_fit() -> tuple[Case, ...]:
    body = padded(10, _BODY_BYTES_MAX)
    largest_chunk, small_chunks = (chunked_head() + chunks(body, size) for size in (len(body), 16))
    return (
        _case("chunked-4096", "4,096 bytes in one chunk", _ERRORS, Send(largest_chunk), answered(10)),
        # The coding around the body, 22 bytes for each 16, is not part of it.
        _case("chunked-4096-small-chunks", "4,096 bytes in small chunks", _ERRORS, Send(small_chunks), answered(10)),
    )


def _by_length() -> tuple[Case, ...]:
    def announced(length: str) -> Send:
        return Send(head("POST /calculate HTTP/1.1", HOST, JSON, f"Content-Length: {length}"))

    return (
        _case("length-4097-no-body", "refused without waiting for the body", _ERRORS, announced("4097"), status(413)),
        _case("length-gigabyte", "a gigabyte announced", _ERRORS, announced("1073741824"), status(413)),
    )


def _by_chunks() -> tuple[Case, ...]:
    body = padded(10, _BODY_BYTES_MAX + 1)
    return (
        _case(
            "chunked-4097",
            "one byte too many, one chunk",
            _ERRORS,
            Send(chunked_head() + chunks(body, 4_097)),
            status(413),
        ),
        _case(
            "chunked-4097-counted",
            "one byte too many, counted",
            _ERRORS,
            Send(chunked_head() + chunks(body, 256)),
            status(413),
        ),
        _case(
            "chunked-4097-unfinished",
            "refused as soon as the count is over the limit",
            _ERRORS,
            Send(chunked_head() + chunks(body, 256).removesuffix(b"0\r\n\r\n")),
            status(413),
        ),
        # What counts is what has arrived: a service need not refuse the mere announcement.
        _case(
            "chunk-size-2-to-63",
            "a chunk of 2^63 bytes, 5,000 of them sent",
            "RFC 9112 7.1",
            Send(chunked_head() + b"8000000000000000\r\n" + padded(10, 5_000)),
            status(413, 400),
        ),
    )


def _not_as_requests() -> tuple[Case, ...]:
    """A refused body is never taken for requests: it is read and thrown away, or the connection closes."""
    inner = get("/inside-the-body") * 100
    whole = post(inner, content_type="application/json")
    coded = chunked_head() + chunks(inner, 1_000)
    after = get()
    return (
        _case(
            "large-body-is-no-request",
            "what follows a 413 is the next request or a close",
            "RFC 9112 9.3",
            Send(whole + after),
            status(413),
            ClosedOr(healthy()),
        ),
        _case(
            "large-chunked-body-is-no-request",
            "what follows a 413 is the next request or a close",
            "RFC 9112 9.3",
            Send(coded + after),
            status(413),
            ClosedOr(healthy()),
        ),
    )


def _header_sections() -> tuple[Case, ...]:
    source = "contract: Errors; RFC 6585 5"
    many = tuple(f"X-Field-{index:03}: {'v' * 75}" for index in range(85))
    return (
        _case(
            "header-8000-one-field",
            "8,000 bytes, most in one field",
            source,
            Send(calculate(10, f"X-Long: {'v' * 7_850}")),
            answered(10),
        ),
        _case("header-8000-many-fields", "8,000 bytes in 88 fields", source, Send(calculate(10, *many)), answered(10)),
        _case(
            "header-one-large-field",
            "9,000 bytes in one field",
            source,
            Send(calculate(10, f"X-Long: {'v' * 9_000}")),
            status(431),
        ),
        _case(
            "header-many-fields",
            "over 8,192 bytes in many fields",
            source,
            Send(calculate(10, *many, *many)),
            status(431),
        ),
        _case(
            "header-long-name",
            "9,000 bytes of field name",
            source,
            Send(calculate(10, f"X-{'n' * 9_000}: v")),
            status(431),
        ),
        _case("target-long", "a target of 9,000 bytes", "RFC 9112 3", Send(get("/" + "t" * 9_000)), status(414, 431)),
        _case("query-long", "a query of 9,000 bytes", "RFC 9112 3", Send(get("/health?" + "q" * 9_000)), status(414, 431)),
    )


def _readable() -> tuple[Case, ...]:
    """The client is still writing when the answer comes; a reset must not overtake it (RFC 9112 9.6)."""
    large = b"x" * _MEGABYTE
    source = "RFC 9112 9.6"

    def case(id_: str, title: str, request: bytes, expected: Receive) -> Case:
        return _case(id_, title, source, SendUntilAnswered(request), expected, Alive())

    return (
        case("readable-413-by-length", "a megabyte with its length: the 413 arrives", post(large), status(413)),
        case(
            "readable-413-by-chunks",
            "a megabyte in chunks: the 413 arrives",
            chunked_head() + chunks(large, 1_000),
            status(413),
        ),
        case(
            "readable-431",
            "a megabyte of header: the 431 arrives",
            calculate(10, "X-Long: " + "v" * _MEGABYTE),
            status(431),
        ),
        case(
            "readable-431-many-fields",
            "65,000 fields: the 431 arrives",
            calculate(10, *("X-Field: value",) * 65_000),
            status(431),
        ),
        case("readable-414", "a megabyte of target: the answer arrives", get("/" + "t" * _MEGABYTE), status(414, 431)),
        case("readable-415", "a small body of another type", post(b"x" * 4_000, content_type="text/plain"), status(415)),
    )


def _expected() -> tuple[Case, ...]:
    """The client holds the body back until it is asked for: a service that waits for it answers too late."""
    expects = "Expect: 100-continue"
    body = json_n(10)
    large = head("POST /calculate HTTP/1.1", HOST, JSON, "Content-Length: 5000", expects)
    lost = head("POST /nothing HTTP/1.1", HOST, JSON, f"Content-Length: {len(body)}", expects)
    source = "RFC 9110 10.1.1"
    return (
        _case(
            "continue-too-large",
            "413, or 100 and then 413",
            source,
            *(Send(large), SendIfContinued(b"x" * 5_000), status(413)),
        ),
        _case("continue-not-found", "404, or 100 and then 404", source, Send(lost), SendIfContinued(body), status(404)),
    )
