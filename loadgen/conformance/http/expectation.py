"""What a response to any request must be like: steps and checks that know no task."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from loadgen.conformance.case import Check, Receive
from loadgen.conformance.response import Response, excerpt

_CLOCK_TOLERANCE_S = 60.0


def status(*statuses: int, method: str = "GET") -> Receive:
    """One of the statuses, whatever the content."""
    return Receive(frozenset(statuses), method=method)


def below_500(*checks: Check) -> Receive:
    """Any answer that does not blame the service itself."""
    return Receive(frozenset(range(200, 500)), checks)


def any_answer(*checks: Check) -> Receive:
    """Whatever the status, which other cases judge."""
    return Receive(frozenset(range(200, 600)), checks)


def with_check(expected: Receive, check: Check) -> Receive:
    """The same, and one thing more."""
    return Receive(expected.statuses, (*expected.checks, check), expected.method)


def to_head(expected: Receive) -> Receive:
    """The same status, for HEAD: without content."""
    return Receive(expected.statuses, (no_content,), "HEAD")


def no_content(answer: Response) -> str | None:
    """Nothing behind the header; a byte too many would also spoil the next answer."""
    return f"expected no content, got {excerpt(answer.content)}" if answer.content else None


def no_interim(answer: Response) -> str | None:
    """No 1xx came before it: HTTP/1.0 knows none (RFC 9110 15.2)."""
    return f"expected no interim answer, got {list(answer.interim)}" if answer.interim else None


def not_chunked(answer: Response) -> str | None:
    """No Transfer-Encoding: HTTP/1.0 knows none (RFC 9112 6.1)."""
    codings = answer.values("transfer-encoding")
    return f"expected no Transfer-Encoding in an answer to HTTP/1.0, got {list(codings)}" if codings else None


def dated(answer: Response) -> str | None:
    """One `Date`, an IMF-fixdate (RFC 9110 5.6.7), near this machine's clock."""
    dates = answer.values("date")
    if len(dates) != 1:
        return f"expected one Date field, got {list(dates)} with status {answer.status}"
    try:
        date = datetime.strptime(dates[0], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return f"expected a Date like 'Sun, 06 Nov 1994 08:49:37 GMT', got {dates[0]!r}"
    off_s = date.timestamp() - time.time()
    return f"expected the Date of now, got one {off_s:+.0f} s off" if abs(off_s) > _CLOCK_TOLERANCE_S else None


def head_like_get(answers: Sequence[Response]) -> str | None:
    """HEAD (last) is answered with the fields of GET (before it); a length may be left out (RFC 9110 9.3.2)."""
    to_get, to_head = answers[-2:]
    for name in ("content-type", "content-length"):
        expected, got = to_get.values(name), to_head.values(name)
        if got != expected and not (name == "content-length" and not got):
            return f"expected {name} as for GET, {list(expected)}, got {list(got)}"
    return None
