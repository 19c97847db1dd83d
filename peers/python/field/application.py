"""The ASGI application (asgi.readthedocs.io, HTTP connection scope): which path and method lead where."""

from asyncio import timeout
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import Any

from field.documents import CALCULATE_LIMIT, ORDER_LIMIT, calculate, encode, item, order
from field.problem import MEDIA_TYPE, ProblemError

JSON_TYPE = b"application/json"
BODY_TIME_LIMIT_S = 8  # the contract lets a slow client go within 10 s
ITEMS = b"/json/"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Field = tuple[bytes, bytes]
Answer = Callable[[bytes], dict[str, object]]

CLOSE = (b"connection", b"close")
JSON_HEADERS = (b"content-type", b"application/json")
PLAIN_HEADERS = (b"content-type", b"text/plain")

NOT_FOUND = partial(ProblemError, HTTPStatus.NOT_FOUND, "there is nothing at this path")
NOT_JSON_TYPE = partial(ProblemError, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the content type is not application/json")
TOO_LARGE = partial(ProblemError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is longer than this service reads", CLOSE)
TOO_SLOW = partial(ProblemError, HTTPStatus.REQUEST_TIMEOUT, "the body was not complete in time", CLOSE)


ONLY = partial(ProblemError, HTTPStatus.METHOD_NOT_ALLOWED, "the Allow field names the methods of this path")
ONLY_GET = partial(ONLY, (b"allow", b"GET, HEAD"))
ONLY_POST = partial(ONLY, (b"allow", b"POST"))


def application(max_n: int) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Return the application of the three tasks; POST /calculate answers for n from 1 to max_n."""
    posted: dict[bytes, tuple[int, Answer]] = {
        b"/calculate": (CALCULATE_LIMIT, partial(calculate, max_n=max_n)),
        b"/json": (ORDER_LIMIT, order),
    }

    async def answer(scope: Scope, receive: Receive) -> tuple[Field, bytes]:
        # As it was sent: `path` has its escapes taken out.
        path: bytes = scope["raw_path"]
        if (found := posted.get(path)) is not None:
            if scope["method"] != "POST":
                raise ONLY_POST()
            limit, work = found
            return JSON_HEADERS, encode(work(await _read_json(scope["headers"], receive, limit))).encode(
                "utf-8", "surrogatepass"
            )
        got = _got(path)
        if scope["method"] not in ("GET", "HEAD"):
            raise ONLY_GET()
        return got

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        fields: Iterable[Field]
        try:
            field, body = await answer(scope, receive)
            status, fields = HTTPStatus.OK, (field,)
        except ProblemError as problem:
            status, body = problem.status, encode(problem.body()).encode()
            fields = ((b"content-type", MEDIA_TYPE), *problem.headers)
        headers = [*fields, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": body})  # uvicorn sends no content to HEAD

    return app


def _got(path: bytes) -> tuple[Field, bytes]:
    if path == b"/plaintext":
        return PLAIN_HEADERS, b"Hello, World!"
    if path.startswith(ITEMS):
        return JSON_HEADERS, encode(item(path.removeprefix(ITEMS).decode("latin-1"))).encode()
    if path == b"/health":
        return JSON_HEADERS, encode({"status": "ok"}).encode()
    raise NOT_FOUND()


async def _read_json(headers: list[Field], receive: Receive, limit: int) -> bytes:
    fields = dict(headers)
    if fields.get(b"content-type", b"").split(b";", 1)[0].strip().lower() != JSON_TYPE:
        raise NOT_JSON_TYPE()
    if (length := fields.get(b"content-length", b"")).isdigit() and int(length) > limit:
        raise TOO_LARGE()  # the body is not waited for
    try:
        async with timeout(BODY_TIME_LIMIT_S):
            return await _read(receive, limit)
    except TimeoutError:
        raise TOO_SLOW() from None


async def _read(receive: Receive, limit: int) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise TOO_SLOW()  # nobody is there to read it
        part: bytes = message.get("body", b"")
        body += part
        if len(body) > limit:
            raise TOO_LARGE()
        if not message.get("more_body", False):
            return body
