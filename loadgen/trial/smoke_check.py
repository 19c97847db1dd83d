"""Many responses checked one after the other before anything is measured: what is wrong only now and then shows in numbers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from loadgen.conformance import Fault, Response, Shown
from loadgen.conformance.exchange import Exchange, NoAnswer
from loadgen.task.task import Drawn, Task
from loadgen.trial.sidecars import RunningSidecar

RESPONSES = 3_000
"""A fault in 1 of 500 responses escapes them in 1 of 400 runs: (499/500)^3000 = 0.25%."""
TIMEOUT_S = 10.0
LEAST_OF_PROOF = 0.98
"""A mix varies: a proof may fall short of its expectation by so much."""


class Smoke(NamedTuple):
    """What is wrong, and by kind the requests that were answered rightly, each with the length of its body."""

    fault: Fault | None
    right: Mapping[str, Sequence[tuple[Drawn, int]]]


def smoke_check(address: tuple[str, int], task: Task, seed: int) -> Smoke:
    """Ask cheap requests of the task, drawn by the seed, on one connection while it lasts; return what was found.

    A fault is a response that did not come (errors), or the first wrong one and how many there were (wrong_answers).
    """
    left, done = islice(task.samples(seed), RESPONSES), 0
    faults: list[Fault] = []
    right: dict[str, list[tuple[Drawn, int]]] = defaultdict(list)
    try:
        while done < RESPONSES:
            with Exchange(address, TIMEOUT_S) as exchange:
                while exchange.persists and (drawn := next(left, None)) is not None:
                    exchange.restart()
                    exchange.send(drawn.request.to_bytes())
                    response = exchange.receive(drawn.request.method)
                    fault = task.check(response, drawn.kind, drawn.parameters)
                    done += 1
                    if fault is None:
                        right[drawn.kind].append((drawn, len(response.content)))
                    else:
                        line = f"{drawn.kind}: {fault}" if len(task.kinds) > 1 else fault
                        faults.append(Fault(line, None if faults else exchange.shown))
    except NoAnswer as missing:
        return Smoke(Fault(f"errors: expected an answer after {done:,}, got {missing}", missing.shown), right)
    if not faults:
        return Smoke(None, right)
    counted = f"{len(faults)} of {RESPONSES:,} asked one after the other"
    return Smoke(Fault(f"wrong_answers: {counted}: {faults[0].line}", faults[0].shown), right)


def flow_check(address: tuple[str, int], task: Task, seed: int) -> Fault | None:
    """Go through the task's flows, each request on a connection of its own; return None, or what is wrong with the first."""
    last: Shown | None = None

    def ask(drawn: Drawn) -> Response:
        nonlocal last
        with Exchange(address, TIMEOUT_S) as exchange:
            exchange.send(drawn.request.to_bytes())
            response = exchange.receive(drawn.request.method)
            last = exchange.shown
            return response

    try:
        fault = next(iter(task.flow_faults(ask, seed)), None)
    except NoAnswer as missing:
        return Fault(f"errors: expected an answer to each request of a flow, got {missing}", missing.shown)
    return None if fault is None else Fault(f"wrong_answers: {fault}", last)


def skipped_work(before: Mapping[RunningSidecar, float | None]) -> Fault | None:
    """What a side service has not done that the requests should have made it do; None if it has done all.

    `before` is what each one's proof counted before them.
    """
    for sidecar, count in before.items():
        proof, after = sidecar.sidecar.proof, sidecar.proof()
        if proof is None or count is None or after is None:
            continue
        done, expected = (after - count) / RESPONSES, proof.per_request
        if done < expected * LEAST_OF_PROOF:
            return Fault(
                f"skipped_work: {sidecar.sidecar.name} did {done:.3g} for each of {RESPONSES:,} requests by its proof, "
                f"expected at least {expected:g}"
            )
    return None
