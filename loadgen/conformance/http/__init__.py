"""The level `http`: RFC 9110 and 9112 for any service, taken with good requests of its task."""

from loadgen.conformance.case import Case
from loadgen.conformance.http import chunked, connection, expect, framing, host, limits, odd, slow, target
from loadgen.conformance.http.message import GoodRequest, GoodRequests

__all__ = ["GoodRequest", "GoodRequests", "http_cases"]


def http_cases(good: GoodRequests) -> tuple[Case, ...]:
    """Every case of the level; those that need a request with a body are left out where the task has none."""
    plain, with_body = good.plain, good.with_body
    return (
        *connection.cases(plain, with_body or plain),
        *target.cases(plain),
        *host.cases(plain),
        *framing.cases(plain, with_body or plain),
        *limits.cases(plain),
        *odd.cases(plain),
        *slow.cases(plain),
        *(() if with_body is None else _with_body(plain, with_body)),
    )


def _with_body(plain: GoodRequest, with_body: GoodRequest) -> tuple[Case, ...]:
    return (
        *target.cases_with_body(with_body),
        *framing.cases_with_body(plain, with_body),
        *chunked.cases(plain, with_body),
        *expect.cases(with_body),
        *limits.cases_with_body(with_body),
        *odd.cases_with_body(with_body),
        *slow.cases_with_body(with_body),
    )
