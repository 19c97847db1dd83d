"""A ratio of one run set over the same ratio of another: two samples of logarithms, Yuen's test on them. Pure.

Within a round both sides of a ratio had the same machine, so that what the machine did to both is gone from its logarithm, as
the block is from a randomised block design. What is left varies from round to round, and that is what the test measures by.
"""

import math
import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.compare.model import Moved
from analysis.stats.arrays import Floats
from analysis.stats.interval import FEWEST_PAIRS, LEVEL, LOG_DECIMALS, TRIM, Interval, trimmed_means


class Differences(NamedTuple):
    """Of later from earlier trimmed means, each with its interval and its two-sided p-value, without the last axis."""

    difference: Floats
    low: Floats
    high: Floats
    p_value: Floats


def differences(earlier: Floats, later: Floats, level: float = LEVEL) -> Differences:
    """How far the 20% trimmed mean of `later` is above that of `earlier`, along the last axis, which holds at least 5 values.

    The interval is Yuen's (1974, Biometrika 61, 165-170) of two samples of unequal variance. The p-value is the larger of his
    and Welch's, for the reason that PairedRatio.certain_p_value gives. Samples without any spread are certain.
    """
    from scipy.stats import ttest_ind  # importing it takes 0.4 s, which commands that compare nothing need not wait

    earlier, later = np.round(earlier, LOG_DECIMALS), np.round(later, LOG_DECIMALS)
    before, after = trimmed_means(earlier), trimmed_means(later)
    difference = after.mean - before.mean
    flat = (before.standard_error == 0) & (after.standard_error == 0)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # of samples without spread, which are judged below
        yuen = ttest_ind(later, earlier, axis=-1, equal_var=False, trim=TRIM)
        welch = ttest_ind(later, earlier, axis=-1, equal_var=False)
        limits = yuen.confidence_interval(confidence_level=level)
    certain = np.where(difference == 0, 1.0, 0.0)
    p_value = np.fmax(np.where(flat, certain, yuen.pvalue), welch.pvalue)
    low, high = (np.where(flat, difference, limit) for limit in limits)
    return Differences(difference, low, high, p_value)


def moved(earlier: Sequence[float], later: Sequence[float]) -> Moved | None:
    """Later values over earlier ones, all positive, in any number on each side; None where one side has none.

    Below 5 values on either side there is no interval and no p-value.
    """
    if not earlier or not later or min(*earlier, *later) <= 0:
        return None
    before, after = np.log(np.asarray(earlier, dtype=float)), np.log(np.asarray(later, dtype=float))
    if min(before.size, after.size) < FEWEST_PAIRS:
        return Moved(ratio=math.exp(np.mean(after) - np.mean(before)), interval=None, p_value=None)
    log_differences = differences(before, after)
    return Moved(
        ratio=math.exp(log_differences.difference),
        interval=Interval(
            low=math.exp(log_differences.low), high=math.exp(log_differences.high), level=LEVEL, method="trimmed-mean-yuen"
        ),
        p_value=float(log_differences.p_value),
    )
