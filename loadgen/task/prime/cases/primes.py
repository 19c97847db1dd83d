"""Right primes: round n, n drawn at random, and the largest n."""

import random

from loadgen.conformance.case import Case, Send
from loadgen.task.prime.expectation import answered
from loadgen.task.prime.request import calculate

_ROUND_N = (1, 2, 10, 100, 1_000, 10_000)
_RANDOM_CASES = 12
_RANDOM_N_MAX = 20_000
_LARGEST_CHEAP_N = 100_000
_LARGEST_DEADLINE_S = 60.0


def cases(max_n: int, seed: int) -> tuple[Case, ...]:
    """`seed` draws the n of the random cases."""
    drawn = random.Random(seed).sample(range(1, min(max_n, _RANDOM_N_MAX) + 1), _RANDOM_CASES)
    largest = min(max_n, _LARGEST_CHEAP_N)
    return (
        *(_case(f"prime-{n}", n) for n in _ROUND_N),
        *(_case(f"prime-random-{index:02}", n) for index, n in enumerate(drawn, start=1)),
        # Seconds in a build with sanitizers, so the deadline is its own.
        _case("prime-largest", largest, _LARGEST_DEADLINE_S),
    )


def _case(id_: str, n: int, deadline_s: float = 10.0) -> Case:
    title = f"n = {n}: the prime, the n, the three keys, a duration within the latency"
    return Case(id_, "prime", title, "contract: Requests", (Send(calculate(n)), answered(n)), deadline_s)
