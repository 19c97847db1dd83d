"""Coroutines in a command: signals, and what is printed of connections that end."""

import asyncio
import logging
import signal

import pytest

asyncssh = pytest.importorskip("asyncssh")

from loadgen.cluster.until_stopped import run_until_stopped  # noqa: E402
from loadgen.errors import Stopped  # noqa: E402
from loadgen.system.signals import Stopping  # noqa: E402


@pytest.mark.parametrize(("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Stopped)])
def test_a_signal_cancels_before_it_unwinds(number: signal.Signals, raised: type[BaseException]) -> None:
    closed = []

    async def work() -> None:
        try:
            signal.raise_signal(number)
            await asyncio.Event().wait()
        finally:
            closed.append(True)

    handler, before = Stopping(), signal.getsignal(number)
    signal.signal(number, handler)
    try:
        with pytest.raises(raised):
            run_until_stopped(work())
        assert signal.getsignal(number) is handler
    finally:
        signal.signal(number, before)
    assert closed == [True]


@pytest.mark.parametrize(
    ("error", "lines"),
    [(asyncssh.ConnectionLost("gone"), 0), (ConnectionResetError("gone"), 0), (ZeroDivisionError("a bug"), 1)],
)
def test_tasks_that_lost_their_connection_say_nothing(error: Exception, lines: int, caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise error

    async def work() -> None:
        beside = asyncio.ensure_future(fail())
        await asyncio.wait([beside])
        logging.getLogger("asyncio").warning("socket.send() raised exception.")

    run_until_stopped(work())
    assert len(caplog.records) == lines
