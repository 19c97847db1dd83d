"""One client's connection, on asyncio: writes the bytes it is given, and reads answers by their length."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from loadgen.conformance.response import Response, excerpt

PATIENCE_S = 30.0
"""How long anything is waited for that the server must do. No limit on latency: beyond it the server hangs."""


class Wrong(Exception):  # noqa: N818 - of the server, not of this program
    """What the server did that it must not do; the message is one line."""


class Connection:
    """A connection to the server. Whatever fails on it raises Wrong."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._sent_ns = 0

    async def send(self, *pieces: bytes, pause_s: float = 0.0) -> None:
        """Write each piece as a segment of its own. That the server has closed meanwhile shows when its answer is read."""
        self._sent_ns = time.perf_counter_ns()
        for number, piece in enumerate(pieces):
            if number:
                await asyncio.sleep(pause_s)
            self._writer.write(piece)
            try:
                await self._writer.drain()
            except OSError:
                return

    def end_of_requests(self) -> None:
        """Close this half: nothing more will be asked."""
        self._writer.write_eof()

    def reset(self) -> None:
        """Close at once: the server sees a reset, whatever it has sent."""
        own = self._writer.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def receive(self, method: str = "POST") -> Response:
        """The next final answer, to a request of that method."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (answer := await self._receive(method)).status < 200:
                    pass
                return answer
        except TimeoutError as error:
            raise Wrong(f"no answer within {PATIENCE_S:g} s") from error
        except asyncio.IncompleteReadError as error:
            raise Wrong(f"the connection closed after {excerpt(error.partial)}") from error
        except (OSError, ValueError, asyncio.LimitOverrunError) as error:
            raise Wrong(f"no answer: {type(error).__name__}: {error}") from error

    async def _receive(self, method: str) -> Response:
        raw = await self._reader.readuntil(b"\r\n\r\n")
        first, *lines = raw.decode("latin-1").split("\r\n")[:-2]
        version, status = first.split(" ")[:2]
        if version != "HTTP/1.1":
            raise Wrong(f"no status line: {excerpt(raw)}")
        pairs = (line.partition(":") for line in lines)
        fields = tuple((name.lower(), value.strip()) for name, _, value in pairs)
        length = 0 if method == "HEAD" else int(dict(fields).get("content-length", "0"))
        content = await self._reader.readexactly(length)
        return Response(int(status), fields, content, raw + content, (), time.perf_counter_ns() - self._sent_ns)

    async def closed(self) -> None:
        """Wait until the server closes; Wrong if it sends a byte, or does not close."""
        if (rest := await self._rest()) != b"":
            raise Wrong(f"expected the connection to close, got {excerpt(rest)}")

    async def dropped(self) -> None:
        """Wait until the server closes a request that stalls, with 408 or without."""
        rest = await self._rest()
        if rest and not rest.startswith(b"HTTP/1.1 408 "):
            raise Wrong(f"expected 408 or the end of the connection, got {excerpt(rest)}")

    async def is_closed(self) -> bool:
        """Whether the server has closed, as far as can be seen by now."""
        return self._reader.at_eof() or self._reader.exception() is not None

    async def _rest(self) -> bytes:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._reader.read()
        except TimeoutError as error:
            raise Wrong(f"the connection is still open after {PATIENCE_S:g} s") from error
        except OSError:  # a reset is an end as well
            return b""


@asynccontextmanager
async def connected(address: tuple[str, int]) -> AsyncIterator[Connection]:
    """A connection that is closed when the block ends."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(*address)
    except (OSError, TimeoutError) as error:
        raise Wrong(f"no connection: {type(error).__name__}: {error}") from error
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()
