"""Which rate a service's curve wants next: a ladder from near idle to saturation, then bisection. Pure.

The bisection is one under noise: the next rate is the middle of what is known of the capacity so far, trials that say the
contrary included (Waeber, Frazier and Henderson 2013, SIAM Journal on Control and Optimization 51, 2261-2279).
"""

import math
from collections.abc import Sequence

import numpy as np

from analysis.curve.estimate import Capacity, Outcome, Posterior, posterior

RUNGS = 7
NEAR_IDLE_PER_S = 10
NARROW = 0.03
"""An interval of this width, relative to the capacity, ends the bisection; one of one request per second does, too."""
ROUGH = 0.25
"""With an interval no wider than this, what half of the capacity is is known well enough to measure there."""
HALF_TRIALS = 2
NEAR_HALF = 1.15
"""A rate within this factor of half of the capacity is measured there."""
ROOM = 1.5
"""No capacity is looked for beyond so many times the rate of saturation."""
LOST_AT_MOST = 5
BROKEN_AT_MOST = 3
"""So many trials at the lowest rate that tells, all of them broken, and none anywhere that kept the objective."""


def next_rate(tried: Sequence[Outcome], saturated_per_s: float, allowed_share: float) -> int | None:
    """Return the rate of the next trial of a service that serves so many requests per second in a closed loop; None once its
    capacity is known, or nothing more can be known of it. `tried` are its open loops so far, in order; the objective allows
    such a share of requests to be late.
    """
    rungs = ladder(saturated_per_s)
    if len(tried) < len(rungs):
        return rungs[len(tried)]
    telling = [outcome for outcome in tried if outcome.kept is not None]
    if sum(outcome.kept is None for outcome in tried[len(rungs) :]) >= LOST_AT_MOST:
        return None
    if not telling:  # others took the generator's cores, or all have too few requests
        return rungs[-1] if any(outcome.due * allowed_share >= 1 for outcome in tried) else None
    if not any(outcome.kept for outcome in telling):
        lowest = min(outcome.rate_per_s for outcome in telling)
        enough = sum(outcome.rate_per_s == lowest for outcome in telling) >= BROKEN_AT_MOST
        return None if enough else round(lowest)
    known = known_of(tried, saturated_per_s, allowed_share)
    capacity = known.capacity
    narrow = is_narrow(capacity)
    if (narrow or capacity.width <= ROUGH) and len(near_half(tried, capacity)) < HALF_TRIALS:
        return max(1, round(capacity.per_s / 2))
    return None if narrow else max(1, round(known.quantile(0.5)))


def ladder(saturated_per_s: float) -> list[int]:
    """Return whole rates from near idle to saturation, evenly spaced by factors, each once."""
    top = max(1, round(saturated_per_s))
    return sorted({round(float(rate)) for rate in np.geomspace(min(NEAR_IDLE_PER_S, top), top, RUNGS)})


def known_of(tried: Sequence[Outcome], saturated_per_s: float, allowed_share: float) -> Posterior:
    """Return what is known of the capacity; at least one of the trials tells."""
    lowest = min(outcome.rate_per_s for outcome in tried if outcome.kept is not None)
    return posterior(tried, (lowest / 2, ROOM * max(saturated_per_s, lowest)), allowed_share)


def is_narrow(capacity: Capacity) -> bool:
    """Whether its interval is narrow enough to stop."""
    return capacity.width <= NARROW or capacity.high_per_s - capacity.low_per_s <= 1


def is_bounded(tried: Sequence[Outcome], capacity: Capacity, saturated_per_s: float) -> bool:
    """Whether the objective was seen to be broken, and not only far beyond saturation."""
    return any(outcome.kept is False for outcome in tried) and capacity.high_per_s < ROOM * saturated_per_s / (1 + NARROW)


def near_half(tried: Sequence[Outcome], capacity: Capacity) -> list[int]:
    """Return the places of the trials at about half of the capacity."""
    half = capacity.per_s / 2
    return [at for at, outcome in enumerate(tried) if abs(math.log(outcome.rate_per_s / half)) <= math.log(NEAR_HALF)]
