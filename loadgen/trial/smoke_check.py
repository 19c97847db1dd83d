"""Many responses checked one after the other before anything is measured: what is wrong only now and then shows in numbers."""

import random

from loadgen.conformance.exchange import Exchange, NoAnswer
from loadgen.task.task import Asked, Task

RESPONSES = 3_000
"""A fault in 1 of 500 responses escapes them in 1 of 400 runs: (499/500)^3000 = 0.25%."""
TIMEOUT_S = 10.0


def smoke_check(address: tuple[str, int], task: Task, seed: int) -> str | None:
    """Ask cheap requests of the task, drawn by the seed, on one connection while it lasts; return None, or what went wrong.

    That is a response that did not come (errors), or the first wrong one and how many there were (wrong_answers).
    """
    source, done, faults = random.Random(seed), 0, []
    try:
        while done < RESPONSES:
            with Exchange(address, TIMEOUT_S) as exchange:
                while done < RESPONSES and exchange.persists:
                    asked = Asked(task, *task.sample(source))
                    exchange.restart()
                    exchange.send(asked.request.to_bytes())
                    fault = asked.check(exchange.receive(asked.request.method))
                    done += 1
                    if fault is not None:
                        faults.append(fault)
    except NoAnswer as missing:
        return f"errors: expected an answer after {done:,}, got {missing}"
    return f"wrong_answers: {len(faults)} of {RESPONSES:,} asked one after the other: {faults[0]}" if faults else None
