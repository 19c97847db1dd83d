"""What an answer must be like: checks, and the steps that a table of cases is written with."""

import json
import re
from decimal import Decimal
from typing import TypeAlias

from loadgen.conformance.case import Check, Receive
from loadgen.conformance.http.expectation import no_content
from loadgen.conformance.response import Response, excerpt
from loadgen.task.prime.primes import nth_prime

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_DURATION = re.compile(r"(?P<number>(?:0|[1-9][0-9]*)(?:\.[0-9]{1,9})?)(?P<unit>ns|µs|ms|s)")
_NANOSECONDS = {"ns": 1, "µs": 1_000, "ms": 1_000_000, "s": 1_000_000_000}


# The steps.


def answered(n: int) -> Receive:
    """`200` with the n-th prime."""
    return Receive(frozenset({200}), (calculated(n),))


def healthy(method: str = "GET") -> Receive:
    """`200` from /health."""
    return Receive(frozenset({200}), (no_content,) if method == "HEAD" else (health,), method)


# The checks.


def calculated(n: int) -> Check:
    """The content of a `200` from /calculate."""

    def check(answer: Response) -> str | None:
        return _media_type(answer, "application/json") or _calculation(answer, n)

    return check


def health(answer: Response) -> str | None:
    """The content of a `200` from GET /health."""
    wrong = _media_type(answer, "application/json")
    if wrong is None and _json(answer.content) != {"status": "ok"}:
        wrong = f'expected {{"status":"ok"}}, got {excerpt(answer.content)}'
    return wrong


def problem(answer: Response) -> str | None:
    """RFC 9457 problem details whose `status` is that of the answer."""
    wrong = _media_type(answer, "application/problem+json")
    if wrong is not None:
        return wrong
    details = _json(answer.content)
    if not isinstance(details, dict):
        return f"expected a JSON object with the problem's details, got {excerpt(answer.content)}"
    return _problem_members(details, answer.status)


def problem_if_error(answer: Response) -> str | None:
    """Problem details, unless the service took the request for a good one."""
    return problem(answer) if answer.status >= 400 else None


def allow(*methods: str) -> Check:
    """The `Allow` field names exactly these methods, in any order."""

    def check(answer: Response) -> str | None:
        lines = answer.values("allow")
        named = {name.strip() for line in lines for name in line.split(",")} - {""}
        return None if named == set(methods) else f"expected Allow: {', '.join(methods)}, got {list(lines)}"

    return check


def without(marker: str) -> Check:
    """The marker, which was part of the request, stands nowhere in the answer."""

    def check(answer: Response) -> str | None:
        position = answer.raw.lower().find(marker.lower().encode("ascii"))
        if position < 0:
            return None
        return f"expected no bytes of the request in the answer, got {excerpt(answer.raw[max(position - 40, 0) :])}"

    return check


def duration_ns(text: str) -> Decimal | None:
    """Nanoseconds of a duration as the contract writes it; None if it is not one."""
    match = _DURATION.fullmatch(text)
    return None if match is None else Decimal(match["number"]) * _NANOSECONDS[match["unit"]]


def _calculation(answer: Response, n: int) -> str | None:
    result = _json(answer.content)
    if not isinstance(result, dict) or set(result) != {"n", "prime", "duration"}:
        return f"expected an object with n, prime and duration, got {excerpt(answer.content)}"
    expected = {"n": n, "prime": nth_prime(n)}
    for key, value in expected.items():
        if type(result[key]) is not int or result[key] != value:
            return f"expected {key} {value}, got {result[key]!r}"
    return _duration(result["duration"], answer.latency_ns)


def _duration(value: Json, latency_ns: int) -> str | None:
    took_ns = duration_ns(value) if isinstance(value, str) else None
    if took_ns is None:
        return f"expected a duration like '4.812345ms', got {value!r}"
    if took_ns > latency_ns:
        return f"expected a duration of at most the latency seen, {latency_ns} ns, got {value!r}"
    return None


def _problem_members(details: dict[str, Json], code: int) -> str | None:
    title, type_, detail = details.get("title"), details.get("type", "about:blank"), details.get("detail", "")
    if type(details.get("status")) is not int or details["status"] != code:
        return f"expected status {code} in the problem's details, got {details.get('status')!r}"
    if not isinstance(title, str) or not title:
        return f"expected a title in the problem's details, got {title!r}"
    if type_ != "about:blank":
        return f"expected no type or about:blank in the problem's details, got {type_!r}"
    return None if isinstance(detail, str) else f"expected a detail that is text, got {detail!r}"


def _media_type(answer: Response, expected: str) -> str | None:
    lines = answer.values("content-type")
    if len(lines) == 1 and lines[0].partition(";")[0].strip().lower() == expected:
        return None
    return f"expected Content-Type {expected}, got {list(lines)} with {answer.describe()}"


class _NotJson:
    """Equal to no JSON value."""


def _json(data: bytes) -> "Json | _NotJson":
    """The value, if the bytes are JSON (RFC 8259) without repeated keys."""
    try:
        value: Json = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return _NotJson()
    return value


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice")
    return members


def _no_constant(name: str) -> Json:
    # NaN and Infinity: Python takes them, RFC 8259 does not.
    raise ValueError(name)
