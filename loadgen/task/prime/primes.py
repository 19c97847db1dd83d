"""The right primes, by a sieve: nothing in common with the trial division of the services."""

import functools
import math

import numpy as np
import numpy.typing as npt


def nth_prime(n: int) -> int:
    """The n-th prime, n >= 1; nth_prime(1) is 2."""
    if n < 1:
        raise ValueError(f"n must be at least 1, not {n}")
    # Sieves grow by powers of two, so that a table of cases needs only a few of them.
    return int(_primes(max(1 << (n - 1).bit_length(), 1_024))[n - 1])


@functools.lru_cache(maxsize=8)
def _primes(count: int) -> npt.NDArray[np.int64]:
    """At least the first `count` primes, count >= 6."""
    # p(n) < n (ln n + ln ln n) for n >= 6: Rosser and Schoenfeld, 1962, (3.13).
    limit = math.ceil(count * (math.log(count) + math.log(math.log(count))))
    is_prime = np.ones(limit + 1, dtype=np.bool_)
    is_prime[:2] = False
    for factor in range(2, math.isqrt(limit) + 1):
        if is_prime[factor]:
            is_prime[factor * factor :: factor] = False
    return np.flatnonzero(is_prime)
