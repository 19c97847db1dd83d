"""What a service does that runs out of descriptors, connections or patience, where it has flags for that."""

import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import TypeAlias

import pytest

from loadgen.conformance.exchange import Exchange
from loadgen.system.proc import cpu_time_s, listener_pids, usage
from loadgen.task.prime.expectation import calculated
from loadgen.task.prime.request import calculate, get, padded, post
from tests.conformance.program import Program, Running
from tests.patience import PATIENCE_S, awaited

Connect: TypeAlias = Callable[[Running], Exchange]

DESCRIPTORS = 40
BUSY_SHARE_MAX = 0.5
"""Of a core: a server that waits needs next to nothing, one that asks again at once needs all of it."""
CONNECTIONS = 5
LONG_N = 10_000_000
"""Minutes of trial division: does not end by itself while a test runs."""


@pytest.fixture(autouse=True)
def _has_flags_for_limits(program: Program) -> None:
    if "--max-connections" not in program.run("--help").stdout:
        pytest.skip("this service has no flags for limits")


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connections that are closed when the test ends."""
    with ExitStack() as stack:
        yield lambda running: stack.enter_context(Exchange(running.address, PATIENCE_S))


def _descriptors(running: Running) -> int:
    return usage([running.process.pid]).open_files


def _idle_descriptors(running: Running) -> int:
    """Of the server itself: a sanitizer opens files of its own for a moment when a thread starts."""
    readings: list[int] = []

    def settled() -> bool:
        readings.append(_descriptors(running))
        return readings[-10:] == readings[-1:] * 10

    awaited(settled, "the server's descriptors to stay as they are")
    return readings[-1]


def _answered(exchanges: Sequence[Exchange]) -> list[Exchange]:
    return [exchange for exchange in exchanges if exchange.has_something()]


def _health_status(exchange: Exchange) -> int:
    return exchange.receive("GET").status


def test_no_descriptors_left(program: Program, connect: Connect) -> None:
    # The hard limit: the server raises the soft one to it.
    limited = ("prlimit", f"--nofile={DESCRIPTORS}:{DESCRIPTORS}", "--")
    with program.serving("--port", "0", "--threads", "2", under=limited) as running:
        free = DESCRIPTORS - _idle_descriptors(running)
        exchanges = [connect(running) for _ in range(DESCRIPTORS + 20)]
        for exchange in exchanges:
            exchange.send(get())
        awaited(lambda: len(_answered(exchanges)) == free, f"answers on as many connections as descriptors are free, {free}")
        served = _answered(exchanges)
        waiting = [exchange for exchange in exchanges if exchange not in served]

        cpu_s, begin = cpu_time_s([running.process.pid]), time.monotonic()
        assert waiting[0].stays_open(1.0)
        assert cpu_time_s([running.process.pid]) - cpu_s < BUSY_SHARE_MAX * (time.monotonic() - begin)
        assert _answered(waiting) == []

        for exchange in served:
            assert _health_status(exchange) == 200
            exchange.send(calculate(100))
            assert calculated(100)(exchange.receive("POST")) is None
        for ending, following in zip([served, waiting[:free]], [waiting[:free], waiting[free:]], strict=True):
            for exchange in ending:
                exchange.close()
            for exchange in following:
                assert _health_status(exchange) == 200


def test_more_connections_than_allowed_wait(program: Program, connect: Connect) -> None:
    with program.serving("--port", "0", "--threads", "2", "--max-connections", str(CONNECTIONS)) as running:
        served = [connect(running) for _ in range(CONNECTIONS)]
        for exchange in served:
            exchange.send(get())
            assert _health_status(exchange) == 200
        sixth = connect(running)
        sixth.send(get())
        # Round after round of those that are served, and nothing for the sixth.
        for exchange in served * 20:
            exchange.send(calculate(1_000))
            assert calculated(1_000)(exchange.receive("POST")) is None
            assert not sixth.has_something()
        served[2].close()
        assert _health_status(sixth) == 200


def test_a_client_that_never_reads_is_dropped(program: Program) -> None:
    with program.serving("--port", "0", "--write-timeout", "1") as running, socket.socket() as client:
        idle = _idle_descriptors(running)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(running.address)
        client.settimeout(PATIENCE_S)
        with pytest.raises(ConnectionError):  # noqa: PT012 - the write that fails is one of many
            while True:
                client.sendall(get() * 100)
        awaited(lambda: _descriptors(running) == idle, "the descriptor of the client that was dropped")


def test_a_client_that_takes_little_at_a_time_is_dropped(program: Program) -> None:
    with program.serving("--port", "0", "--write-timeout", "2") as running, socket.socket() as client:
        idle = _idle_descriptors(running)
        # Small segments and a small window keep the server's own buffer small: it can write a little now and then.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(running.address)
        client.setblocking(False)
        unsent = b""

        def is_dropped() -> bool:
            nonlocal unsent
            unsent = unsent or get("/nothing") * 1_000
            with suppress(BlockingIOError):
                unsent = unsent[client.send(unsent) :]
            with suppress(BlockingIOError):
                return client.recv(400) == b""
            return False

        # 20 kB a second at most: the answers to what the server reads at once, 70 kB, take longer than the timeout.
        with suppress(ConnectionError):
            awaited(is_dropped, "a client that takes 400 bytes every now and then to be dropped")
        awaited(lambda: _descriptors(running) == idle, "the descriptor of the client that was dropped")


@pytest.mark.parametrize("piece", [b"x", b"x" * 65_536], ids=["little", "much"])
def test_a_client_that_sends_on_after_the_last_answer_is_dropped(program: Program, piece: bytes) -> None:
    with program.serving("--port", "0") as running, socket.create_connection(running.address) as client:
        client.settimeout(PATIENCE_S)
        client.sendall(get("/health", "Connection: close"))
        assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")
        end = time.monotonic() + PATIENCE_S
        with pytest.raises(ConnectionError):  # noqa: PT012 - the write that fails is one of many
            while time.monotonic() < end:
                client.sendall(piece)
                time.sleep(0 if len(piece) > 1 else 0.01)


def test_empty_lines_do_not_keep_an_idle_connection_open(program: Program, connect: Connect) -> None:
    with program.serving("--port", "0", "--idle-timeout", "1") as running:
        exchange = connect(running)
        exchange.send_in_pieces(b"\r\n" * 2_000, 2, 0.05)
        assert exchange.closes_next()


def test_a_body_has_one_deadline_however_it_trickles_in(program: Program, connect: Connect) -> None:
    with program.serving("--port", "0", "--body-timeout", "1") as running:
        exchange = connect(running)
        request = post(padded(10, 4_000))
        exchange.send(request[:-4_000])
        exchange.send_in_pieces(request[-4_000:], 1, 0.05)
        assert exchange.receive("POST").status == 408
        assert exchange.closes_next()


def test_the_last_request_that_a_connection_may_make_closes_it(program: Program, connect: Connect) -> None:
    with program.serving("--port", "0", "--max-requests", "2") as running:
        exchange = connect(running)
        exchange.send(calculate(10) + calculate(100) + calculate(1_000))
        first, second = exchange.receive("POST"), exchange.receive("POST")
        assert (calculated(10)(first), first.values("connection")) == (None, ())
        assert (calculated(100)(second), second.values("connection")) == (None, ("close",))
        assert exchange.closes_next()


def test_a_second_signal_ends_at_once(program: Program, connect: Connect) -> None:
    with program.serving("--port", "0", "--max-n", str(LONG_N)) as running:
        exchange = connect(running)
        cpu_s = cpu_time_s([running.process.pid])
        exchange.send(calculate(LONG_N))
        awaited(lambda: cpu_time_s([running.process.pid]) > cpu_s + 0.03, "the calculation to begin")
        running.process.send_signal(signal.SIGTERM)
        awaited(lambda: not listener_pids(running.address[1], [running.process.pid]), "the first signal to be noticed")
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(PATIENCE_S) == -signal.SIGTERM
