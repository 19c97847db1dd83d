"""Intervals for a contender's own figures and for paired ratios. The statistics are scipy's; what is chosen here is which."""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from analysis.stats.arrays import Floats
from analysis.stats.distributions import binomial_cdf, t_quantile, t_tail
from loadgen.strict import Strict

LEVEL = 0.95
TRIM = 0.2
FEWEST_PAIRS = 5
FEWEST_FREEDOM = 2
LARGEST_LOG = 700.0
LOG_DECIMALS = 12
"""Logarithms that differ in later decimals differ by rounding: a ratio that is always the same has no spread."""


class Interval(Strict):
    """A confidence interval: `level` is its nominal coverage, `method` names how it was made."""

    low: float
    high: float
    level: float
    method: Literal["order-statistics", "trimmed-mean-yuen"]


def interval_text(interval: Interval | None) -> str:
    """The interval of a ratio as people read it; empty without one."""
    return "" if interval is None else f"[{interval.low:.3f}, {interval.high:.3f}]"


class PairedRatio(Strict):
    """One side over the other, from pairs.

    `p_value` is that of the two-sided test for a ratio of 1: it is below 1 - level exactly where the interval excludes 1.
    `student_p_value` is Student's of the same logarithms, untrimmed. `log_standard_error` is the standard error of the
    logarithm of `ratio`. All but the ratio are None below 5 pairs.
    """

    ratio: float
    interval: Interval | None
    p_value: float | None
    student_p_value: float | None
    log_standard_error: float | None
    degrees_of_freedom: int | None

    @property
    def certain_p_value(self) -> float | None:
        """The larger of the two: fit for the far tail, where Holm's correction reads it.

        Of normal samples of 10, Yuen's calls 0.04% different at 0.02%. Student's is exact for them and errs to the safe side
        where tails are heavier (Benjamini 1983, Journal of the American Statistical Association 78, 645-654).
        """
        if self.p_value is None or self.student_p_value is None:
            return None
        return max(self.p_value, self.student_p_value)


class TrimmedMeans(NamedTuple):
    """20% trimmed means with their standard errors, both with the shape of the samples that they were taken of."""

    mean: Floats
    standard_error: Floats
    degrees_of_freedom: int


def ratio_of_log(log: float) -> float:
    """Return exp(log), of a logarithm that is cut off where the ratio would no longer be a positive finite number."""
    return math.exp(min(max(log, -LARGEST_LOG), LARGEST_LOG))


def median_interval(values: Sequence[float], level: float = LEVEL) -> Interval | None:
    """The distribution-free interval for the median from order statistics; None below 6 values at 95%.

    For 6 values it is their range, with a true coverage of 96.9% (1 - 2/2^6).
    """
    ordered, count = sorted(values), len(values)
    below = next((position for position in range(count) if binomial_cdf(position, count, 0.5) >= (1 - level) / 2), 0)
    if below == 0:
        return None
    low, high = ordered[below - 1], ordered[count - below]
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    return Interval(low=low, high=high, level=level, method="order-statistics")


def trimmed_means(values: Floats) -> TrimmedMeans:
    """The 20% trimmed mean along the last axis, which holds at least 5 values, and its standard error.

    The standard error is Yuen's (1974, Biometrika 61, 165-170): sqrt(SSD_w / (h (h - 1))), with SSD_w the winsorized sum of
    squares and h the number of values kept; t has h - 1 degrees of freedom. scipy.stats.ttest_ind(trim=0.2) uses the same.
    scipy.stats.mstats.trimmed_stde divides by 1 - 2 x 0.2 instead of h / n and takes n - 1 for h - 1: its intervals hold the
    truth in 93.5% of normal samples of 10, and in 97% of 8, where 0.2 n is no whole number.
    """
    count = values.shape[-1]
    cut = int(TRIM * count)
    kept = count - 2 * cut
    ordered = np.sort(values, axis=-1)
    winsorized = np.clip(values, ordered[..., [cut]], ordered[..., [count - cut - 1]])
    variance = np.var(winsorized, axis=-1, ddof=count - kept + 1)
    return TrimmedMeans(ordered[..., cut : count - cut].mean(axis=-1), np.sqrt(variance / kept), kept - 1)


def ratio_of_pairs(
    numerators: Sequence[float], denominators: Sequence[float], level: float = LEVEL, blocks: Sequence[str] = ()
) -> PairedRatio:
    """Ratio of paired values: exp of the 20% trimmed mean of the log ratios, with the interval of Tukey and McLaughlin (Yuen).

    Pairs are trials of the same round; both sequences have the same length, at least 1, and positive values. Below 5 pairs
    nothing can be trimmed, and there is no interval.
    With `blocks`, the block of each pair, the ratio is the mean of the blocks' own, each by its pairs, and what is left within
    blocks is its uncertainty; then at least 2 degrees of freedom are needed, as 5 pairs of one block have them.
    """
    logs = np.round(np.log(np.asarray(numerators, dtype=float)) - np.log(np.asarray(denominators, dtype=float)), LOG_DECIMALS)
    log_mean = _of_blocks(logs, blocks) if len(set(blocks)) > 1 else None if logs.size < FEWEST_PAIRS else _of_one_block(logs)
    if log_mean is None:
        return PairedRatio(
            ratio=ratio_of_log(float(np.mean(logs))),
            interval=None,
            p_value=None,
            student_p_value=None,
            log_standard_error=None,
            degrees_of_freedom=None,
        )
    mean, error, freedom, student = log_mean
    half = t_quantile((1 + level) / 2, freedom) * error
    return PairedRatio(
        ratio=ratio_of_log(mean),
        interval=Interval(
            low=ratio_of_log(mean - half), high=ratio_of_log(mean + half), level=level, method="trimmed-mean-yuen"
        ),
        p_value=_p_value(mean, error, freedom),
        student_p_value=student,
        log_standard_error=error,
        degrees_of_freedom=freedom,
    )


class _LogMean(NamedTuple):
    """A trimmed mean of logarithms, its standard error, degrees of freedom, and Student's p-value of the same logarithms."""

    mean: float
    standard_error: float
    degrees_of_freedom: int
    student_p_value: float


def _of_one_block(logs: Floats) -> _LogMean:
    trimmed_mean = trimmed_means(logs)
    student = _p_value(float(np.mean(logs)), float(np.std(logs, ddof=1)) / math.sqrt(logs.size), logs.size - 1)
    return _LogMean(float(trimmed_mean.mean), float(trimmed_mean.standard_error), trimmed_mean.degrees_of_freedom, student)


def _of_blocks(logs: Floats, blocks: Sequence[str]) -> _LogMean | None:
    """Each block trimmed by itself, with one variance for all of them: of one block this is Yuen's. None where too few pairs
    have another in their block.
    """
    _, block, sizes = np.unique(np.asarray(blocks), return_inverse=True, return_counts=True)
    kept = sizes - 2 * (TRIM * sizes).astype(int)
    freedom = int(np.sum(kept - 1))
    if logs.size < FEWEST_PAIRS or freedom < FEWEST_FREEDOM:
        return None
    ordered = np.split(logs[np.lexsort((logs, block))], np.cumsum(sizes)[:-1])
    total = winsorized = whole = 0.0
    for size in np.unique(sizes).tolist():
        alike, cut = np.stack([values for values in ordered if values.size == size]), int(TRIM * size)
        total += size * float(np.sum(np.mean(alike[:, cut : size - cut], axis=1)))
        winsorized += _within(np.clip(alike, alike[:, [cut]], alike[:, [size - cut - 1]]))
        whole += _within(alike)
    error = math.sqrt(winsorized / freedom * float(np.sum((sizes / logs.size) ** 2 / kept)))
    left = logs.size - sizes.size
    student = _p_value(float(np.mean(logs)), math.sqrt(whole / left / logs.size), left)
    return _LogMean(total / logs.size, error, freedom, student)


def _within(groups: Floats) -> float:
    """The sum of squares within groups of shape (groups, values)."""
    return float(np.sum((groups - np.mean(groups, axis=1, keepdims=True)) ** 2))


def _p_value(mean: float, error: float, freedom: int) -> float:
    """Two-sided; without any spread, equal is certain to be equal and different to be different."""
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return 2 * t_tail(abs(mean) / error, freedom)
