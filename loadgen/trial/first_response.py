"""A cold start: how long a fresh process takes to its first right response to what a workload asks."""

import time

from loadgen.conformance.exchange import Exchange, NoAnswer
from loadgen.system.connect import Address
from loadgen.task.task import WARMING, Asked, Drawn
from loadgen.trial.load import Subject, TrialFailedError, kept_to, stopped
from loadgen.trial.server import running

RIGHT_WITHIN_S = 30.0
"""So long after it is ready; a runtime may compile or load what the first request needs."""
PAUSE_S = 0.005
"""Between two requests that were answered wrongly."""


def first_response_s(subject: Subject) -> float:
    """Return the seconds from the start of a fresh process to its first right response, asked for as soon as it is ready.

    What brings the data back to where they begin (the task's reset) does not count. Raise TrialFailedError if no response is
    right in time, ServerFailedError if the server does not start or dies.
    """
    draws = subject.asked.draws(subject.seed, WARMING)
    drawn = next(draws)  # which may read a file of data: not while the process starts
    with (
        kept_to(subject.cores.generator),
        running(subject.contender, subject.artefact, subject.cores, subject.sending) as server,
    ):
        asked_s = time.monotonic()
        while (fault := _fault(server.reached_at, subject.asked, drawn)) is not None:
            server.check_alive()
            if time.monotonic() - asked_s > RIGHT_WITHIN_S:
                raise TrialFailedError(f"{server.label}: no right response within {RIGHT_WITHIN_S:g} s of being ready: {fault}")
            time.sleep(PAUSE_S)
            drawn = next(draws)
        took_s = server.ready_s + time.monotonic() - asked_s
        stopped(server)
        return took_s


def _fault(address: Address, asked: Asked, drawn: Drawn) -> str | None:
    """What is wrong with the response to one request; None if nothing is."""
    try:
        with Exchange(address, RIGHT_WITHIN_S) as exchange:
            exchange.send(drawn.request.to_bytes())
            return asked.check(exchange.receive(drawn.request.method), drawn)
    except NoAnswer as missing:
        return f"expected an answer, got {missing}"
