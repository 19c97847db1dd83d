"""Sending so many requests and no more, as counting needs it: nothing here is timed."""

import itertools
import select
import time
from collections.abc import Generator, Iterator

from loadgen.errors import Error
from loadgen.record.workload import Sending
from loadgen.system.connect import Address
from loadgen.task.task import LOADED, Asked, Drawn
from loadgen.trial.connection import Line

POLL_MS = 1000


def ask(address: Address, asked: Asked, sending: Sending, seed: int, at_once: int) -> Generator[int, None, None]:
    """Send the requests that the seed draws, `at_once` at the same time on as many connections; yield how many have been
    answered after each turn, without an end. Raise Error for one that is not answered.
    """
    draws = asked.draws(seed, LOADED)
    lines: list[Line] = []
    try:
        try:
            lines += (Line(number, address, kept=sending.keep_alive) for number in range(at_once))
            for turn in itertools.count(1):
                _turn(lines, list(itertools.islice(draws, at_once)))
                yield turn * at_once
        except OSError as error:
            raise Error(f"expected an answer, got {error.strerror or type(error).__name__}") from error
    finally:
        for line in lines:
            line.socket.close()


def _turn(lines: list[Line], requests: list[Drawn]) -> None:
    """Send a request on each connection, and wait for all answers."""
    exchanges = [line.send(request) for line, request in zip(lines, requests, strict=True)]
    waiting = {line.socket.fileno(): line for line in lines}
    poll = select.poll()
    for number in waiting:
        poll.register(number, select.POLLIN)
    while waiting:
        for number, _ in poll.poll(POLL_MS):
            if waiting[number].receive():
                poll.unregister(number)
                del waiting[number]
        for number in [number for number, line in waiting.items() if line.overdue()]:
            del waiting[number]
    if fault := next((exchange.fault for exchange in exchanges if exchange.fault), None):
        raise Error(fault)


def ask_so_many(turns: Iterator[int], wanted: int) -> None:
    """Go on until so many have been answered, a multiple of how many are asked at once."""
    while next(turns) < wanted:
        pass


def ask_for(turns: Iterator[int], seconds: float, least: int, most: int) -> int:
    """Go on for some time; how many have been answered, within those limits."""
    until_s = time.monotonic() + seconds
    done = 0
    while done < least or (done < most and time.monotonic() < until_s):
        done = next(turns)
    return done
