"""Running coroutines in a command whose signals unwind it."""

import asyncio
import logging
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import asyncssh

from loadgen.system.signals import STOPPING, Stopping

Context = dict[str, Any]
Result = TypeVar("Result")


def _pass_over_lost_connections(loop: asyncio.AbstractEventLoop, context: Context) -> None:
    """Report what a task that nobody waits for ended with, but that a connection ended: whoever uses it says so, once."""
    if not isinstance(context.get("exception"), OSError | asyncssh.Error):
        loop.default_exception_handler(context)


@contextmanager
def _quiet() -> Iterator[None]:
    """Let asyncio not warn of each write to a connection that has ended."""
    logger = logging.getLogger("asyncio")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def run_until_stopped(work: Coroutine[None, None, Result]) -> Result:
    """Run it in a loop of its own. A signal that ends the command cancels it first, so that it closes its connections.

    Inside of a loop an exception of a signal's handler could arrive in a callback, whose exceptions are only logged.
    """
    came: list[int] = []
    with _quiet(), asyncio.Runner() as runner:
        loop = runner.get_loop()
        loop.set_exception_handler(_pass_over_lost_connections)
        task = loop.create_task(work)

        def stop(number: int) -> None:
            came.append(number)
            task.cancel()

        handled = {number: handler for number in STOPPING if isinstance(handler := signal.getsignal(number), Stopping)}
        for number in handled:
            loop.add_signal_handler(number, stop, number)
        try:
            return loop.run_until_complete(task)
        finally:
            for number, handler in handled.items():
                loop.remove_signal_handler(number)
                signal.signal(number, handler)
            if came:
                signal.raise_signal(came[0])
