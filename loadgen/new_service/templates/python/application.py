"""new-service: an ASGI application, which uvicorn serves."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

# What is asked: the only request that is answered so far.
PATH = "/path-of-the-task"
BODY = b"body-of-the-task"
TEXT = (b"content-type", b"text/plain; charset=utf-8")

Headers = list[tuple[bytes, bytes]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: Mapping[str, Any], _receive: Callable[[], Awaitable[Any]], send: Send) -> None:
    """Answer one request."""
    status, headers, body = answer(scope["method"], scope["path"])
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


def answer(method: str, path: str) -> tuple[int, Headers, bytes]:
    """Return status, headers and body."""
    if path != PATH:
        return 404, [], b""
    if method != "GET":
        return 405, [(b"allow", b"GET")], b""
    return 200, [TEXT], BODY
