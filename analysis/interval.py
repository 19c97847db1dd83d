"""Intervals for a contender's own figures and for paired ratios. The statistics are scipy's; what is chosen here is which."""

import math
from collections.abc import Sequence
from typing import Literal, cast

import numpy as np
from scipy import stats
from scipy.stats import mstats

from loadgen.strict import Strict

LEVEL = 0.95
TRIM = 0.2
FEWEST_PAIRS = 5


class Interval(Strict):
    """A confidence interval: `level` is its nominal coverage, `method` names how it was made."""

    low: float
    high: float
    level: float
    method: Literal["order-statistics", "trimmed-mean-yuen"]


def median_interval(values: Sequence[float], level: float = LEVEL) -> Interval | None:
    """The distribution-free interval for the median from order statistics; None below 6 values at 95%.

    For 6 values it is their range, with a true coverage of 96.9% (1 - 2/2^6).
    """
    test = stats.quantile_test(np.asarray(values, dtype=float), q=0.0, p=0.5, alternative="two-sided")
    limits = cast("tuple[float, float]", test.confidence_interval(confidence_level=level))
    low, high = float(limits[0]), float(limits[1])
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    return Interval(low=low, high=high, level=level, method="order-statistics")


def ratio_of_pairs(
    numerators: Sequence[float], denominators: Sequence[float], level: float = LEVEL
) -> tuple[float, Interval | None]:
    """Ratio of paired values and its interval: exp of the 20% trimmed mean of the log ratios (Tukey and McLaughlin, Yuen).

    Pairs are trials of the same round; both sequences have the same length, at least 1, and positive values. Below 5 pairs
    nothing can be trimmed, and there is no interval.
    """
    logs = np.log(np.asarray(numerators, dtype=float)) - np.log(np.asarray(denominators, dtype=float))
    estimate = float(np.exp(stats.trim_mean(logs, TRIM)))
    if logs.size < FEWEST_PAIRS:
        return estimate, None
    low, high = mstats.trimmed_mean_ci(logs, limits=(TRIM, TRIM), inclusive=(True, True), alpha=1 - level)
    return estimate, Interval(low=float(np.exp(low)), high=float(np.exp(high)), level=level, method="trimmed-mean-yuen")
