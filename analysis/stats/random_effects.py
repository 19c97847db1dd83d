"""Estimates of several machines pooled: each machine may have a truth of its own. Pure.

The variance between machines is DerSimonian and Laird's (1986, Controlled Clinical Trials 7, 177-188), the interval Hartung and
Knapp's (2001, Statistics in Medicine 20, 1771-1782) with the change that keeps it from being narrower than without it (Röver,
Knapp and Friede 2015, BMC Medical Research Methodology 15:99), that for another machine Higgins, Thompson and Spiegelhalter's
(2009, Journal of the Royal Statistical Society A 172, 137-159).
"""

import math
from collections.abc import Sequence

import numpy as np

from analysis.stats.distributions import chi_squared_tail, t_quantile
from loadgen.strict import Strict

LEVEL = 0.95
LEAST_ERROR = 1e-9
"""A standard error of a logarithm below is none: that of values without spread would outweigh all others."""
FEWEST_TO_PREDICT = 3


class RandomEffects(Strict):
    """The mean of logarithms over `count` machines, its standard error, and the ends of its 95% interval.

    `spread` is the standard deviation between machines, `p_value` that of Cochran's test for none, `i_squared` the share of the
    variance that is between machines. `another_low` and `another_high`: between these the logarithm of one more machine lies in
    95 of 100; None of fewer than three.
    """

    count: int
    mean: float
    standard_error: float
    low: float
    high: float
    spread: float
    p_value: float
    i_squared: float
    another_low: float | None = None
    another_high: float | None = None


def random_effects(logs: Sequence[float], errors: Sequence[float]) -> RandomEffects:
    """Pool at least two logarithms by their standard errors."""
    values, variances = np.asarray(logs, dtype=float), np.maximum(np.asarray(errors, dtype=float), LEAST_ERROR) ** 2
    freedom = values.size - 1
    fixed = 1 / variances
    heterogeneity = float(np.sum(fixed * (values - np.average(values, weights=fixed)) ** 2))
    between = max(0.0, (heterogeneity - freedom) / float(fixed.sum() - (fixed**2).sum() / fixed.sum()))
    weights = 1 / (variances + between)
    mean = float(np.average(values, weights=weights))
    scale = float(np.sum(weights * (values - mean) ** 2)) / freedom
    error = math.sqrt(max(1.0, scale) / float(weights.sum()))
    half = t_quantile((1 + LEVEL) / 2, freedom) * error
    another = math.nan
    if values.size >= FEWEST_TO_PREDICT:
        another = t_quantile((1 + LEVEL) / 2, freedom - 1) * math.sqrt(between + error**2)
    return RandomEffects(
        count=values.size,
        mean=mean,
        standard_error=error,
        low=mean - half,
        high=mean + half,
        spread=math.sqrt(between),
        p_value=chi_squared_tail(heterogeneity, freedom),
        i_squared=max(0.0, 1 - freedom / heterogeneity) if heterogeneity > 0 else 0.0,
        another_low=None if math.isnan(another) else mean - another,
        another_high=None if math.isnan(another) else mean + another,
    )
