"""Many responses checked one after the other before anything is measured: what is wrong only now and then shows in numbers."""

import http.client
import random

from loadgen.conformance import Response
from loadgen.task.task import Asked, Task

RESPONSES = 3_000
"""A fault in 1 of 500 responses escapes them in 1 of 400 runs: (499/500)^3000 = 0.25%."""
TIMEOUT_S = 10.0


def smoke_check(address: tuple[str, int], task: Task, seed: int) -> str | None:
    """Ask cheap requests of the task, drawn by the seed, on one connection; return None, or what went wrong.

    That is a response that did not come (errors), or the first wrong one and how many there were (wrong_answers).
    """
    source, done, faults = random.Random(seed), 0, []
    connection = http.client.HTTPConnection(*address, timeout=TIMEOUT_S)
    try:
        for _ in range(RESPONSES):
            asked = Asked(task, *task.sample(source))
            request = asked.request
            connection.request(request.method, request.target, request.body or None, dict(request.headers))
            reply = connection.getresponse()
            fields = tuple((name.lower(), value) for name, value in reply.getheaders())
            fault = asked.check(Response(reply.status, fields, reply.read()))
            done += 1
            if fault is not None:
                faults.append(fault)
    except (OSError, http.client.HTTPException) as error:
        return f"errors: expected an answer after {done:,} on one connection, got {type(error).__name__}"
    finally:
        connection.close()
    return f"wrong_answers: {len(faults)} of {RESPONSES:,} asked one after the other: {faults[0]}" if faults else None
