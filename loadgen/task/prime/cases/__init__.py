"""The cases of the prime task, a module for each subject."""

from loadgen.conformance.case import Send, Suite
from loadgen.conformance.http import GoodRequest, GoodRequests, http_cases
from loadgen.task.prime.cases import body, connection, primes, problem, reflection, size, status, unspecified
from loadgen.task.prime.expectation import answered, healthy
from loadgen.task.prime.request import JSON, get, json_n

MAX_N_MIN = 10_000
"""The suite asks for the 10,000th prime."""

GOOD = GoodRequests(
    plain=GoodRequest("GET", "/health", (), b"", healthy()),
    # White space makes the body long enough for a client that sends it slowly.
    with_body=GoodRequest("POST", "/calculate", (JSON,), json_n(10).ljust(64), answered(10)),
)


def suite(max_n: int = 100_000, seed: int = 1) -> Suite:
    """Every case, for a service started with that `--max-n`. The ids depend on neither argument; the seed draws the
    n of the cases `prime-random-*`."""
    if max_n < MAX_N_MIN:
        raise ValueError(f"max_n must be at least {MAX_N_MIN} for the contract's cases, not {max_n}")
    return Suite(
        core=(*primes.cases(max_n, seed), *status.core(), *body.core(max_n), *size.core()),
        http=http_cases(GOOD),
        strict=(
            *status.strict(),
            *body.strict(max_n),
            *size.strict(),
            *connection.cases(),
            *problem.cases(),
            *reflection.cases(),
            *unspecified.cases(),
        ),
        liveness=(Send(get("/health", "Connection: close")), healthy()),
    )
