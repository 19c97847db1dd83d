"""How many divisions the reference tier makes: from a sieve, without making one."""

import math
from functools import cache

import numpy as np


@cache
def divisions(n: int) -> int:
    """Divisions of trial division by 2, 3, 4, ... for every candidate up to the n-th prime: 2,925,594 for n = 10,000.

    A composite is divided up to its least factor, a prime up to its integer square root.
    """
    last = _at_least_the_nth_prime(n)
    least = np.zeros(last + 1, dtype=np.int64)
    for factor in range(2, math.isqrt(last) + 1):
        if least[factor] == 0:
            multiples = least[factor * factor :: factor]
            multiples[multiples == 0] = factor
    candidates = np.arange(last + 1)
    is_prime = (least == 0) & (candidates >= 2)
    prime = int(np.flatnonzero(is_prime)[n - 1])
    roots = np.sqrt(candidates.astype(float)).astype(np.int64)
    each = np.where(is_prime, roots - 1, least - 1)
    return int(each[2 : prime + 1].sum())


def _at_least_the_nth_prime(n: int) -> int:
    """n (ln n + ln ln n) for n >= 6 (Rosser 1941), 13 below."""
    return 13 if n < 6 else math.ceil(n * (math.log(n) + math.log(math.log(n))))
