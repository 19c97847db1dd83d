"""Many answers asked one after the other before anything is measured: what is wrong only now and then shows in numbers."""

import http.client
import random

from loadgen.generator.oha import request_body
from loadgen.trial.probe import answer_fault

ANSWERS = 3_000
"""A fault in 1 of 500 answers escapes them in 1 of 400 runs: (499/500)^3000 = 0.25%."""
LARGEST_N = 100
TIMEOUT_S = 10.0


def inquire(address: tuple[str, int], seed: int) -> str | None:
    """Ask for random n up to 100 on one connection; None, or what went wrong.

    That is an answer that did not come (errors), or the first wrong one and how many there were (wrong_answers).
    """
    source, answered, faults = random.Random(seed), 0, []
    connection = http.client.HTTPConnection(*address, timeout=TIMEOUT_S)
    try:
        for _ in range(ANSWERS):
            n = source.randint(1, LARGEST_N)
            connection.request("POST", "/calculate", request_body(n), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            fault = answer_fault(answer.status, answer.read(), n)
            answered += 1
            if fault is not None:
                faults.append(fault)
    except (OSError, http.client.HTTPException) as error:
        return f"errors: expected an answer after {answered:,} on one connection, got {type(error).__name__}"
    finally:
        connection.close()
    return f"wrong_answers: {len(faults)} of {ANSWERS:,} asked one after the other: {faults[0]}" if faults else None
