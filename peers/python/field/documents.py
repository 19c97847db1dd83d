"""What is read from bodies and what is answered, with the json module of Python's own library."""

import json
import sys
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from time import perf_counter_ns
from typing import NoReturn

from field.prime import go_duration, nth_prime
from field.problem import ProblemError

CALCULATE_LIMIT = 4_096
ORDER_LIMIT = 65_536

LAST_ID = 1_000_000

# Made anew for each request: an exception that is raised again keeps what it was raised through before.
NOT_JSON = partial(ProblemError, HTTPStatus.BAD_REQUEST, "the body is not JSON")
NOT_AN_OBJECT = partial(ProblemError, HTTPStatus.BAD_REQUEST, "the body is not a JSON object")
NOT_AN_N = partial(ProblemError, HTTPStatus.UNPROCESSABLE_ENTITY, "n is not an integer from 1 to the largest that is answered")
NOT_AN_ORDER = partial(ProblemError, HTTPStatus.UNPROCESSABLE_ENTITY, "the body is not an order with its items and a comment")
NO_SUCH_ITEM = partial(ProblemError, HTTPStatus.NOT_FOUND, "items have ids from 1 to 1000000")

# The json module goes a call deeper for each bracket; the largest body of the task prime has 4,096.
sys.setrecursionlimit(3 * CALCULATE_LIMIT)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


# NaN and Infinity are no JSON (RFC 8259, section 6).
_decode: Callable[[str], object] = json.JSONDecoder(parse_constant=_refuse).decode
encode: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def _parse(body: bytes) -> object:
    try:
        return _decode(body.decode())
    except (ValueError, RecursionError):
        raise NOT_JSON() from None


def calculate(body: bytes, max_n: int) -> dict[str, object]:
    """Return the answer to the body of POST /calculate; raise ProblemError."""
    asked = _parse(body)
    if not isinstance(asked, dict):
        raise NOT_AN_OBJECT()
    n = asked.get("n")
    if type(n) is not int or not 1 <= n <= max_n:  # bool is an int, too
        raise NOT_AN_N()
    start = perf_counter_ns()
    prime = nth_prime(n)
    return {"n": n, "prime": prime, "duration": go_duration(perf_counter_ns() - start)}


def item(digits: str) -> dict[str, object]:
    """Return the document of GET /json/{id}; raise ProblemError for what is no number from 1 to 1,000,000 in digits."""
    if not (
        digits.isascii() and digits.isdigit() and len(digits) <= len(str(LAST_ID)) and 1 <= (number := int(digits)) <= LAST_ID
    ):
        raise NO_SUCH_ITEM()
    return {
        "id": number,
        "name": f"item-{number}",
        "active": number % 2 == 0,
        "score": number / 4,
        "quantity": number % 1_000,
        "price_cents": number * 25 % 100_000,
        "currency": "EUR",
        "category": f"category-{number % 16}",
        "sku": f"SKU-{number:08}",
        "tags": [f"t{number % 7}", f"t{number % 11}", f"t{number % 13}"],
        "dimensions": {"width": number % 101, "height": number % 103, "depth": number % 107},
        "weight_g": number % 5_000 + 1,
        "rating": number % 11 / 2,
        "reviews": number % 977,
        "in_stock": number % 3 != 0,
        "supplier": f"supplier-{number % 5}" if number % 5 else None,
        "description": f'Item {number}: "quoted", a back\\slash and a line\nbreak',
        "note": f"Zürich №{number}",
        "created": 1_700_000_000 + number,
        "next": f"/json/{number % LAST_ID + 1}",
    }


def order(body: bytes) -> dict[str, object]:
    """Return the answer to the body of POST /json: the order added up. Raise ProblemError."""
    match _parse(body):
        case {"order": int(number), "items": list(items), "comment": str()} if type(number) is int and all(
            map(_is_item, items)
        ):
            names = [each["name"] for each in items]
            return {
                "order": number,
                "count": len(items),
                "sum": sum(each["value"] for each in items),
                "longest": max(names, key=_bytes, default=""),  # of equal ones the first
                "tags": sum(len(each["tags"]) for each in items),
            }
    raise NOT_AN_ORDER()


def _is_item(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("name"), str)
        and type(value.get("value")) is int
        and isinstance(tags := value.get("tags"), list)
        and all(isinstance(tag, str) for tag in tags)
    )


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
