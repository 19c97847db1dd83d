"""The table of cases, a module for each subject."""

from loadgen.conformance.case import Case
from loadgen.task.prime.cases import (
    body,
    chunked,
    connection,
    expect,
    framing,
    host,
    primes,
    problem,
    reflection,
    size,
    slow,
    status,
    target,
    unspecified,
)

MAX_N_MIN = 10_000
"""The suite asks for the 10,000th prime."""


def cases(max_n: int = 100_000, seed: int = 1) -> tuple[Case, ...]:
    """Every case, for a service started with that `--max-n`. The ids depend on neither argument; the seed draws the
    n of the cases `prime-random-*`."""
    if max_n < MAX_N_MIN:
        raise ValueError(f"max_n must be at least {MAX_N_MIN} for the contract's cases, not {max_n}")
    return (
        *primes.cases(max_n, seed),
        *status.cases(),
        *body.cases(max_n),
        *size.cases(),
        *chunked.cases(),
        *framing.cases(),
        *target.cases(),
        *host.cases(),
        *connection.cases(),
        *expect.cases(),
        *problem.cases(),
        *reflection.cases(),
        *unspecified.cases(),
        *slow.cases(),
    )
