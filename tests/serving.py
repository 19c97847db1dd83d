"""A server in a thread of the test's own: it says whatever the test wants to be said, and keeps what came over it."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.patience import PATIENCE_S

Answer = Callable[["Server", bytes, asyncio.StreamWriter], Awaitable[None]]
"""Answers one request, of which it gets the head."""


def response(body: bytes, version: str = "HTTP/1.1") -> bytes:
    """Return a whole response with this body."""
    return f"{version} 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Server:
    """A server of a test's own, in a thread: what came over it, and what it says. On a Unix socket its queue is short."""

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None, path: Path | None = None) -> None:
        self.answer, self.context, self.path = answer, context, path
        self.requests: list[bytes] = []
        self.connections = 0
        self.port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)

    async def _live(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        if self.path is not None:
            server = await asyncio.start_unix_server(self._serve, self.path, backlog=1)
        else:
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
            self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head.split(b"\r\n")[0])
                await self.answer(self, head, writer)
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


@contextmanager
def serving(answer: Answer, context: ssl.SSLContext | None = None, path: Path | None = None) -> Iterator[Server]:
    server = Server(answer, context, path)
    server.start()
    try:
        yield server
    finally:
        server.stop()
