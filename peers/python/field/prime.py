"""The work of the task prime, at the tier `reference`."""

from math import isqrt


def nth_prime(n: int) -> int:
    """Return the n-th prime, counted from 1, by trial division.

    Every candidate from 2 up is divided by 2, 3, 4, ... up to its integer square root, one at a time, until one divides.
    """
    candidate = 1
    found = 0
    while found < n:
        candidate += 1
        for divisor in range(2, isqrt(candidate) + 1):
            if candidate % divisor == 0:
                break
        else:
            found += 1
    return candidate


def go_duration(nanoseconds: int) -> str:
    """Return a duration as Go prints a time.Duration: `0s`, `417ns`, `1.5µs`, `4.812345ms`, `1.204s`."""
    if nanoseconds == 0:
        return "0s"
    if nanoseconds < 1_000:
        return f"{nanoseconds}ns"
    unit, digits = ("µs", 3) if nanoseconds < 1_000_000 else ("ms", 6) if nanoseconds < 1_000_000_000 else ("s", 9)
    whole, fraction = divmod(nanoseconds, 10**digits)
    return f"{whole}.{fraction:0{digits}}".rstrip("0").rstrip(".") + unit
