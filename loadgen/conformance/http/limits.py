"""What is too much for any service: lengths that no integer holds, and messages without end."""

from loadgen.conformance.case import Alive, Case, ClosedOr, Send, SendUntilAnswered, Step
from loadgen.conformance.http.expectation import status
from loadgen.conformance.http.message import GoodRequest

_MEGABYTE = 1_048_576
_ENDLESS_BYTES = 4 * _MEGABYTE
"""More than any service has room for in a header section by default: Go has 1 MiB, the others less."""


def cases(plain: GoodRequest) -> tuple[Case, ...]:
    """A service ignores at least one empty line before a request (RFC 9112 2.2), and nobody sends a megabyte by mistake."""

    def case(name: str, title: str, source: str, sent: bytes, *refusals: int) -> Case:
        return _case(name, title, source, SendUntilAnswered(sent), ClosedOr(status(*refusals)), Alive())

    long_field = plain.whole("X-Long: " + "v" * _ENDLESS_BYTES)
    long_target = plain.whole(target="/" + "t" * _ENDLESS_BYTES)
    return (
        case("empty-lines", "a megabyte of empty lines", "RFC 9112 2.2", b"\r\n" * (_MEGABYTE // 2), 400, 408, 413, 414, 431),
        case("header-endless", "4 MiB of header section", "RFC 6585 5", long_field, 400, 413, 431),
        case("target-endless", "4 MiB of target", "RFC 9110 15.5.15", long_target, 400, 413, 414, 431),
    )


def cases_with_body(good: GoodRequest) -> tuple[Case, ...]:
    """No integer type holds these; 400 is as good as 413 (RFC 9110 8.6: prevent overflow)."""
    refused = status(413, 400)

    def announced(length: int) -> Send:
        return Send(good.head(f"Content-Length: {length}"))

    size = len(good.body)
    wrapped = Send(good.head(f"Content-Length: {2**64 + size}") + good.body)
    wrapped_chunk = Send(good.chunked() + b"%x\r\n%s\r\n0\r\n\r\n" % (2**64 + size, good.body))
    return (
        _case("length-2-to-63", "2^63 announced", "RFC 9110 8.6", announced(2**63), refused),
        _case("length-overflow", f"2^64 + {size} must not count as {size}", "RFC 9110 8.6", wrapped, refused),
        _case("length-hundred-digits", "a hundred nines announced", "RFC 9110 8.6", announced(10**100 - 1), refused),
        _case("chunk-size-overflow", f"a chunk of 2^64 + {size} bytes", "RFC 9112 7.1", wrapped_chunk, refused),
    )


def _case(id_: str, title: str, source: str, *steps: Step) -> Case:
    return Case(id_, "limits", title, source, steps)
