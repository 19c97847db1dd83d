"""The slower half of the latencies, from the median to the last quantile that the data can show. Pure."""

from collections.abc import Sequence

import numpy as np

from analysis.model.summary import Tail
from analysis.stats.arrays import Floats
from analysis.stats.interval import median_interval
from analysis.trial.metrics import SAMPLES_BEYOND

STEPS_A_DECADE = 8
MARKS = (0.5, 0.9, 0.99, 0.999, 0.9999)
"""Quantiles that people ask for by name, always among the points."""


def tail_of(trials: Sequence[Floats]) -> Tail | None:
    """Quantiles of the latencies in ms of all trials pooled, evenly spaced on a scale of nines; None without enough of them.

    The last one has at least ten requests beyond it in each trial (docs/explanation/measuring.md). The range at each is the 95%
    interval of the trials' own quantiles, or their range where they are too few.
    """
    fewest = min((trial.size for trial in trials), default=0)
    if fewest < 2 * SAMPLES_BEYOND:
        return None
    levels = _levels(SAMPLES_BEYOND / fewest)
    pooled = np.quantile(np.concatenate(trials), levels)
    each = np.array([np.quantile(trial, levels) for trial in trials])
    low, high = np.array([_range(column) for column in each.T]).T
    return Tail(
        quantiles=[round(float(level), 9) for level in levels],
        latency_ms=[_short(value) for value in pooled],
        low_ms=[_short(value) for value in np.minimum(low, pooled)],
        high_ms=[_short(value) for value in np.maximum(high, pooled)],
    )


def _levels(least_beyond: float) -> Floats:
    """From the median to 1 - `least_beyond`."""
    steps = int(np.floor(-np.log10(2 * least_beyond) * STEPS_A_DECADE + 1e-9))
    even = 1 - 0.5 * 10.0 ** -(np.arange(steps + 1) / STEPS_A_DECADE)
    return np.unique(np.round([*even, *(mark for mark in MARKS if 1 - mark >= least_beyond)], 9))


def _range(values: Floats) -> tuple[float, float]:
    interval = median_interval(list(values))
    return (interval.low, interval.high) if interval else (float(values.min()), float(values.max()))


def _short(value: float) -> float:
    """Five significant digits: a plot shows no more."""
    return float(f"{value:.5g}")
