"""The clients of the soak: good, bad, slow, aborted and idle ones. Each function is one client from connect to close.

What a client asks is drawn by its own generator, so that a seed gives the same requests however the clients interleave. What
it gets is checked by the contract's own checks; a client that is not answered as it must be raises Wrong.
"""

import asyncio
import random
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from loadgen.conformance.case import Check
from loadgen.conformance.http.expectation import no_content
from loadgen.conformance.http.message import HOST, chunks, head
from loadgen.conformance.response import Response
from loadgen.task.prime.expectation import calculated, health, problem
from loadgen.task.prime.request import JSON, calculate, chunked_head, get, json_n, padded, post
from tests.soak.connection import PATIENCE_S, Connection, Wrong, connected

MAX_N = 100_000
IDLE_TIMEOUT_S = 60.0
BURST_CONNECTIONS = 300

Client = Callable[["Load", random.Random], Awaitable[None]]


@dataclass
class Load:
    """Where the clients connect to, and what they have seen so far."""

    address: tuple[str, int]
    connections: Counter[str] = field(default_factory=Counter)
    """By kind of client."""
    answers: Counter[str] = field(default_factory=Counter)
    """Answers that were right, by kind of client."""
    statuses: Counter[int] = field(default_factory=Counter)
    """Answers by status, right or wrong."""
    wrong: list[str] = field(default_factory=list)
    """Each thing that the server did and must not do."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def rest(self, seconds: float) -> None:
        """Sleep, but not beyond the end of the load."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            pass

    async def right(self, kind: str, connection: Connection, check: Check, *, status: int = 200, method: str = "POST") -> None:
        """Read an answer and note it as right, or raise Wrong."""
        await self.one_of(kind, connection, frozenset({status}), check, method)

    async def one_of(
        self, kind: str, connection: Connection, statuses: frozenset[int], check: Check, method: str = "POST"
    ) -> Response:
        """The same where the contract leaves the status open."""
        answer = await connection.receive(method)
        self.statuses[answer.status] += 1
        if answer.status not in statuses:
            raise Wrong(f"expected {' or '.join(map(str, sorted(statuses)))}, got {answer.describe()}")
        if (fault := check(answer)) is not None:
            raise Wrong(fault)
        self.answers[kind] += 1
        return answer


def _draw_n(draw: random.Random) -> int:
    """Mostly small: the load is one of connections and requests. A few take as long as the article's."""
    return draw.choices([draw.randint(1, 200), draw.randint(200, 2_000), 10_000], [80, 18, 2])[0]


def _pieces(draw: random.Random, data: bytes, most: int = 4) -> list[bytes]:
    cuts = sorted(draw.sample(range(1, len(data)), draw.randint(0, most - 1)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


# Good clients.


async def keep_alive(load: Load, draw: random.Random) -> None:
    """Twenty requests, one after the other."""
    async with connected(load.address) as connection:
        for _ in range(20):
            if draw.random() < 0.1:
                method, check = draw.choice([("GET", health), ("HEAD", no_content)])
                await connection.send(get(method=method))
                await load.right("keep_alive", connection, check, method=method)
            else:
                n = _draw_n(draw)
                await connection.send(calculate(n))
                await load.right("keep_alive", connection, calculated(n))
            await asyncio.sleep(draw.uniform(0.0, 0.03))


async def pipelined(load: Load, draw: random.Random) -> None:
    """Many requests at once, cut anywhere."""
    numbers = [_draw_n(draw) for _ in range(draw.randint(2, 24))]
    async with connected(load.address) as connection:
        await connection.send(*_pieces(draw, b"".join(calculate(n) for n in numbers)))
        for n in numbers:
            await load.right("pipelined", connection, calculated(n))


async def chunked(load: Load, draw: random.Random) -> None:
    """Bodies in chunks, now and then a large one, and with `Expect`."""
    async with connected(load.address) as connection:
        for _ in range(5):
            n = _draw_n(draw)
            body = padded(n, draw.randint(64, 4_096)) if draw.random() < 0.3 else json_n(n)
            fields = ("Expect: 100-continue",) if draw.random() < 0.2 else ()
            request = chunked_head(*fields) + chunks(body, draw.randint(1, 64))
            await connection.send(*_pieces(draw, request), pause_s=0.001)
            await load.right("chunked", connection, calculated(n))


async def once(load: Load, draw: random.Random) -> None:
    """One request a connection, in HTTP/1.0 or with `Connection: close`."""
    n = _draw_n(draw)
    request = draw.choice([calculate(n, version="HTTP/1.0"), calculate(n, "Connection: close")])
    async with connected(load.address) as connection:
        await connection.send(request)
        await load.right("once", connection, calculated(n))
        await connection.closed()


async def half_closed(load: Load, draw: random.Random) -> None:
    """The client closes its half behind the request, and still gets its answer."""
    n = _draw_n(draw)
    async with connected(load.address) as connection:
        await connection.send(calculate(n))
        connection.end_of_requests()
        await load.right("half_closed", connection, calculated(n))
        await connection.closed()


async def large(load: Load, draw: random.Random) -> None:
    """A calculation that keeps a thread busy for a tenth of a second or so."""
    n = draw.randint(MAX_N // 2, MAX_N)
    async with connected(load.address) as connection:
        await connection.send(calculate(n))
        await load.right("large", connection, calculated(n))


async def burst(load: Load, draw: random.Random) -> None:
    """Several hundred connections at once, all open until each has its answer."""
    answered = asyncio.Barrier(BURST_CONNECTIONS)
    stay_s = draw.uniform(0.5, 2.0)

    async def one(n: int, reset: bool) -> None:
        async with connected(load.address) as connection:
            load.connections["burst"] += 1
            await connection.send(calculate(n))
            await load.right("burst", connection, calculated(n))
            async with asyncio.timeout(PATIENCE_S):
                await answered.wait()
            await load.rest(stay_s)
            if reset:
                connection.reset()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(BURST_CONNECTIONS):
                group.create_task(one(draw.randint(1, 200), draw.random() < 0.5))
    except* Wrong as wrongs:
        raise Wrong(f"{len(wrongs.exceptions)} connections, the first: {wrongs.exceptions[0]}") from wrongs
    except* TimeoutError as error:
        raise Wrong("not all connections of a burst were answered") from error


# Bad clients.


class Bad(NamedTuple):
    """A request that must be refused."""

    request: bytes
    statuses: frozenset[int]
    stays_open: bool
    """Whether another request must be answered on the same connection."""


def _refused(request: bytes, *statuses: int) -> Bad:
    return Bad(request, frozenset(statuses), stays_open=True)


def _ends(request: bytes, *statuses: int) -> Bad:
    return Bad(request, frozenset(statuses), stays_open=False)


def _line(*fields: str) -> bytes:
    return head("POST /calculate HTTP/1.1", *fields)


BAD = (
    *(
        _refused(post(body), 400)
        for body in (b"", b"{", b'{"n": 5,}', b"{'n': 5}", b'{"n": 05}', b'{"n": NaN}', b'{"n": 5}x', b'{"n": "\xff"}')
    ),
    *(_refused(post(body), 400) for body in (b"[10]", b"5", b'"x"', b"null", b"[" * 4_000)),
    *(
        _refused(post(b'{"n": ' + value + b"}"), 422)
        for value in (b"null", b"true", b'"5"', b"[]", b"1.5", b"1e4", b"0", b"-1", b"100001", b"9" * 100)
    ),
    _refused(post(b"{}"), 422),
    _refused(get("/"), 404),
    _refused(post(b'{"n": 5}', target="/Calculate"), 404),
    _refused(get("/calculate"), 405),
    _refused(post(b"", target="/health"), 405),
    _refused(post(b'{"n": 5}', content_type="text/plain"), 415),
    _refused(post(b'{"n": 5}', content_type=None), 415),
    _ends(_line(HOST, JSON, "Content-Length: 4097"), 413),
    _ends(chunked_head() + chunks(padded(5, 4_097), 256), 413),
    _ends(head("GET /health HTTP/1.1", HOST, f"X-Long: {'x' * 9_000}"), 431),
    _ends(head("GET /health HTTP/1.1", HOST, *(f"X-{number}: {'y' * 80}" for number in range(120))), 431),
    _ends(get(f"/health?{'z' * 9_000}"), 414, 431),
    _ends(head("GET /health HTTP/1.1"), 400),
    _ends(head("GET /health HTTP/1.1", HOST, HOST), 400),
    *(
        _ends(head("GET /health HTTP/1.1", f"Host: {host}"), 400)
        for host in ("", "a, b", "user@test", "[::1", "%zz", "test:65536")
    ),
    *(_ends(get(target), 400) for target in ("/health#x", "/health?%z", "/hea|th", "*", "https://primebench.test/health")),
    _ends(b"\r\n" * 5_000, 400),
    _ends(get(version="HTTP/2.0"), 505),
    _ends(head("GET /health HTTP/1.1", HOST, "X : 1"), 400),
    _ends(head("GET /health HTTP/1.1", HOST, "X: 1", " folded"), 400),
    _ends(b"no request at all\r\n\r\n", 400),
    _ends(_line(HOST, JSON, "Content-Length: 8", "Content-Length: 9"), 400),
    _ends(_line(HOST, JSON, "Content-Length: -8"), 400),
    _ends(chunked_head() + b"x\r\n", 400),
    _ends(_line(HOST, JSON, "Transfer-Encoding: gzip"), 400, 501),
    _ends(_line(HOST, JSON, "Transfer-Encoding: gzip, chunked"), 400, 501),
)


async def bad(load: Load, draw: random.Random) -> None:
    """A few requests that must be refused, and a good one behind them if the connection must still be open."""
    async with connected(load.address) as connection:
        for _ in range(4):
            wanted = draw.choice(BAD)
            await connection.send(*_pieces(draw, wanted.request), pause_s=0.001)
            await load.one_of("bad", connection, wanted.statuses, problem)
            if not wanted.stays_open:
                await connection.closed()
                return
        n = _draw_n(draw)
        await connection.send(calculate(n))
        await load.right("bad", connection, calculated(n))


# Slow clients.


async def _trickle(load: Load, draw: random.Random, begin: bytes, rest: bytes, size: int = 1) -> None:
    """Send the beginning at once and the rest a little at a time, until the server has had enough."""
    async with connected(load.address) as connection:
        await connection.send(begin)
        for start in range(0, len(rest), size):
            await connection.send(rest[start : start + size])
            await load.rest(draw.uniform(0.1, 0.5))
            if await connection.is_closed() or load.stopping.is_set():
                break
        await connection.dropped()


async def slow_header(load: Load, draw: random.Random) -> None:
    """A header section a byte at a time."""
    await _trickle(load, draw, b"", get("/health", f"X-Slow: {'s' * 500}"))


async def slow_body_trickle(load: Load, draw: random.Random) -> None:
    """A body of known length a byte at a time: of a good request, or of one that is refused in any case."""
    request = post(padded(10, 1_000), target=draw.choice(["/calculate", "/nothing"]))
    await _trickle(load, draw, request[:-1_000], request[-1_000:])


async def slow_chunks(load: Load, draw: random.Random) -> None:
    """Chunks of a byte, or one chunk a byte at a time."""
    coded, size = draw.choice([(chunks(padded(10, 1_000), 1), 6), (chunks(padded(10, 1_000), 1_000), 1)])
    await _trickle(load, draw, chunked_head(), coded, size)


async def slow_trailers(load: Load, draw: random.Random) -> None:
    """Trailer after trailer, or an extension that never ends."""
    begin, rest = draw.choice([(chunks(json_n(10), 9)[:-2], b"X: y\r\n" * 200), (b"9;", b"x" * 1_000)])
    await _trickle(load, draw, chunked_head() + begin, rest, 6)


async def other_protocol(load: Load, draw: random.Random) -> None:
    """Begins with what is no HTTP, and goes on a byte at a time: refused at once."""
    begin = draw.choice([b"\x16\x03\x01\x02", b" ", b"\xff\xfb\x1f", b"\0"])
    async with connected(load.address) as connection:
        await connection.send(begin)
        await load.one_of("other_protocol", connection, frozenset({400}), problem)
        await connection.send(*(b"x" for _ in range(draw.randint(1, 20))), pause_s=0.1)
        await connection.closed()


async def sends_on(load: Load, draw: random.Random) -> None:
    """Goes on sending after a refusal, as fast as it can or a little at a time, and never closes."""
    piece, pause_s = draw.choice([(b"x" * 65_536, 0.0), (b"x", 0.2)])
    refused = head("POST /calculate HTTP/1.1", HOST, JSON, "Content-Length: 5000")
    async with connected(load.address) as connection:
        await connection.send(refused)
        await load.one_of("sends_on", connection, frozenset({413}), problem)
        end = asyncio.get_running_loop().time() + PATIENCE_S
        while not await connection.is_closed() and not load.stopping.is_set():
            if asyncio.get_running_loop().time() > end:
                raise Wrong(f"a client that sends on after a refusal is still read after {PATIENCE_S:g} s")
            await connection.send(piece)
            await asyncio.sleep(pause_s)


async def takes_little(load: Load, draw: random.Random) -> None:
    """Asks and asks, and takes its answers a little at a time, until the server drops it."""
    loop = asyncio.get_running_loop()
    requests = get(f"/nothing?{draw.randint(0, 9)}") * 400
    with socket.socket() as own:
        # Small segments and a small window, so that the server's own buffer is small, too.
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        own.setblocking(False)
        await loop.sock_connect(own, load.address)
        asking = asyncio.create_task(_ask_for_ever(own, requests))
        try:
            async with asyncio.timeout(2 * PATIENCE_S):
                while await loop.sock_recv(own, 1_500):
                    await load.rest(0.5)
                    if load.stopping.is_set():
                        return
        except TimeoutError as error:
            raise Wrong(f"a client that takes little is still served after {2 * PATIENCE_S:g} s") from error
        except OSError:  # dropped
            return
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)


async def _ask_for_ever(own: socket.socket, requests: bytes) -> None:
    while True:
        await asyncio.get_running_loop().sock_sendall(own, requests)


async def slow_body(load: Load, draw: random.Random) -> None:
    """A body that stalls: of known length, or in chunks."""
    whole = draw.choice([calculate(10), chunked_head() + chunks(padded(10, 500), 50)])
    async with connected(load.address) as connection:
        await connection.send(whole[: -draw.randint(1, 8)])
        await connection.dropped()


async def never_reads(load: Load, draw: random.Random) -> None:
    """Asks and asks and takes nothing of any answer, until the server drops it."""
    loop = asyncio.get_running_loop()
    requests = get(f"/health?{draw.randint(0, 9)}") * 50
    with socket.socket() as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        own.setblocking(False)
        await loop.sock_connect(own, load.address)
        try:
            async with asyncio.timeout(2 * PATIENCE_S):
                while True:
                    await loop.sock_sendall(own, requests)
        except TimeoutError as error:
            raise Wrong(f"a client that never reads is still served after {2 * PATIENCE_S:g} s") from error
        except OSError:  # dropped
            return


# Clients that go away.


async def reset_in_request(load: Load, draw: random.Random) -> None:
    """A reset in the middle of a request."""
    request = draw.choice([calculate(_draw_n(draw)), chunked_head() + chunks(padded(10, 300), 30)])
    async with connected(load.address) as connection:
        await connection.send(request[: draw.randrange(len(request))])
        connection.reset()


async def reset_in_calculation(load: Load, draw: random.Random) -> None:
    """A reset while the server calculates."""
    async with connected(load.address) as connection:
        await connection.send(calculate(20_000) * draw.randint(1, 2))
        await asyncio.sleep(draw.uniform(0.0, 0.01))
        connection.reset()


async def leaves_unread(load: Load, draw: random.Random) -> None:
    """Asks, and closes without reading: the kernel resets the connection when the answer comes."""
    async with connected(load.address) as connection:
        await connection.send(calculate(_draw_n(draw)) * draw.randint(1, 8))


async def idle(load: Load, draw: random.Random) -> None:
    """One request, then nothing: until the client has enough, or the server has."""
    stay_s = draw.uniform(1.0, IDLE_TIMEOUT_S * 1.3)
    async with connected(load.address) as connection:
        await connection.send(get())
        await load.right("idle", connection, health, method="GET")
        if stay_s < IDLE_TIMEOUT_S:
            await load.rest(stay_s)
            if await connection.is_closed():
                raise Wrong(f"closed before it was idle for {IDLE_TIMEOUT_S:g} s")
            return
        await load.rest(IDLE_TIMEOUT_S)
        if not load.stopping.is_set():
            await connection.closed()


async def never_sends(load: Load, draw: random.Random) -> None:
    """Connects and sends nothing, or nothing but empty lines: closed once it was idle for long enough, without an answer."""
    piece = draw.choice([b"", b"\r\n"])
    async with connected(load.address) as connection:
        end = asyncio.get_running_loop().time() + IDLE_TIMEOUT_S + PATIENCE_S
        while not await connection.is_closed() and not load.stopping.is_set():
            if asyncio.get_running_loop().time() > end:
                raise Wrong(f"a client that sends no request is not closed after {IDLE_TIMEOUT_S:g} s")
            if piece:
                await connection.send(piece)
            await load.rest(draw.uniform(0.5, 2.0))
        if not load.stopping.is_set():
            await connection.closed()


class Crowd(NamedTuple):
    """So many of a kind at a time, and each one's pause before the next; seconds."""

    client: Client
    parallel: int
    pause_s: tuple[float, float]


MIX = (
    Crowd(keep_alive, 4, (0.1, 0.5)),
    Crowd(pipelined, 2, (0.2, 0.6)),
    Crowd(chunked, 2, (0.2, 0.6)),
    Crowd(once, 3, (0.1, 0.3)),
    Crowd(half_closed, 1, (0.1, 0.3)),
    Crowd(large, 1, (3.0, 6.0)),
    Crowd(burst, 1, (10.0, 20.0)),
    Crowd(bad, 3, (0.1, 0.3)),
    Crowd(slow_header, 8, (0.1, 1.0)),
    Crowd(slow_body, 8, (0.1, 1.0)),
    Crowd(slow_body_trickle, 4, (0.1, 1.0)),
    Crowd(slow_chunks, 4, (0.1, 1.0)),
    Crowd(slow_trailers, 4, (0.1, 1.0)),
    Crowd(other_protocol, 2, (0.1, 1.0)),
    Crowd(sends_on, 2, (1.0, 3.0)),
    Crowd(never_reads, 2, (1.0, 3.0)),
    Crowd(takes_little, 2, (1.0, 3.0)),
    Crowd(never_sends, 4, (0.1, 1.0)),
    Crowd(reset_in_request, 2, (0.1, 0.3)),
    Crowd(reset_in_calculation, 1, (0.5, 1.5)),
    Crowd(leaves_unread, 2, (0.1, 0.3)),
    Crowd(idle, 20, (0.1, 1.0)),
)
"""About 40 connections and 150 requests a second: far from either side's capacity, so that what is slow is slow on purpose."""


async def _again_and_again(load: Load, crowd: Crowd, draw: random.Random) -> None:
    kind = crowd.client.__name__
    while not load.stopping.is_set():
        await load.rest(draw.uniform(*crowd.pause_s))
        if crowd.client is not burst:
            load.connections[kind] += 1
        try:
            await crowd.client(load, draw)
        except Wrong as wrong:
            if not load.stopping.is_set():
                load.wrong.append(f"{kind}: {wrong}")


async def drive(load: Load, seed: int, seconds: float, leave_within_s: float = 3.0) -> None:
    """Run the mix for so long, then let the clients finish; those that would take longer than `leave_within_s` just leave."""
    tasks = [
        asyncio.create_task(_again_and_again(load, crowd, random.Random(f"{seed} {crowd.client.__name__} {number}")))
        for crowd in MIX
        for number in range(crowd.parallel)
    ]
    try:
        ended, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in ended:
            task.result()  # an error of this program, not of the server
        load.stopping.set()
        await asyncio.wait(tasks, timeout=leave_within_s)
    finally:
        load.stopping.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
