"""Does the memory of a server grow? Decided by the slope of its readings with an interval, and by the level at the end."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.stats

WARM_UP_SHARE = 0.2
"""Of the series; the rest is judged. By then each kind of client has come, the rarest (a burst) several times."""
BLOCK_S = 10.0
"""Neighbouring readings are alike, and a regression would take each for news: the medians of blocks are regressed."""
CONFIDENCE = 0.95
BYTES_PER_CONNECTION = 32.0
"""The smallest block that glibc's malloc takes from its heap on 64 bits. A server that loses one for each connection is to
be found, and one that loses one for each request all the more, since a connection makes several."""
FREE_BYTES_PER_ARENA = 128 * 1_024
"""glibc keeps so much at the top of an arena when memory is freed (M_TRIM_THRESHOLD, mallopt(3)), and gives back the rest."""


@dataclass(frozen=True)
class Growth:
    """Slope of a series in bytes a minute, with the ends of its interval."""

    slope: float
    low: float
    high: float


@dataclass(frozen=True)
class Course:
    """A kind of memory over the soak, in bytes."""

    before_bytes: float
    warm_bytes: float
    """The median of the eighth of the readings that follows the warm-up."""
    peak_bytes: float
    after_bytes: float
    slope_bytes_per_minute: Growth
    minute_medians_bytes: list[float]

    def grows(self, limit: float) -> bool:
        """Whether the slope may be above the limit: the upper end of its interval is."""
        return self.slope_bytes_per_minute.high > limit

    def stays_up(self, limit: float) -> bool:
        """Whether the level after the load lies further above the level after the warm-up than the limit."""
        return self.after_bytes - self.warm_bytes > limit


def course(before: float, times_s: Sequence[float], during: Sequence[float], after: Sequence[float]) -> Course:
    """What became of the memory: a reading before the load, the series under load, a few readings after it."""
    first = judged(times_s)
    warm = during[first : first + max((len(during) - first) // 8, 1)]
    minutes: dict[int, list[float]] = {}
    for time_s, reading in zip(times_s, during, strict=True):
        minutes.setdefault(int((time_s - times_s[0]) // 60), []).append(reading)
    return Course(
        before_bytes=before,
        warm_bytes=statistics.median(warm),
        peak_bytes=max(during),
        after_bytes=statistics.median(after),
        slope_bytes_per_minute=growth(times_s[first:], during[first:]),
        minute_medians_bytes=[statistics.median(readings) for readings in minutes.values()],
    )


def judged(times_s: Sequence[float]) -> int:
    """The index of the first reading after the warm-up."""
    ends_s = times_s[0] + WARM_UP_SHARE * (times_s[-1] - times_s[0])
    return next(number for number, time_s in enumerate(times_s) if time_s >= ends_s)


def growth(times_s: Sequence[float], readings_bytes: Sequence[float]) -> Growth:
    """Least squares through the medians of blocks; times ascend. ValueError for fewer than three blocks."""
    times, readings = np.asarray(times_s, dtype=np.float64), np.asarray(readings_bytes, dtype=np.float64)
    block = ((times - times[0]) // BLOCK_S).astype(np.int64)
    numbers = [number for number in range(int(block[-1]) + 1) if np.any(block == number)]
    if len(numbers) < 3:
        raise ValueError(f"expected readings of at least {3 * BLOCK_S:g} s after the warm-up")
    x = np.array([np.median(times[block == number]) for number in numbers]) / 60
    y = np.array([np.median(readings[block == number]) for number in numbers])
    fit = scipy.stats.linregress(x, y)
    reach = float(scipy.stats.t.ppf((1 + CONFIDENCE) / 2, len(numbers) - 2)) * float(fit.stderr)
    return Growth(float(fit.slope), float(fit.slope) - reach, float(fit.slope) + reach)


def growth_limit(connections_per_minute: float) -> float:
    """Bytes a minute that the upper end of the slope's interval must stay below."""
    return BYTES_PER_CONNECTION * connections_per_minute


def level_limit(threads: int) -> float:
    """Bytes that the level after the load may lie above the level after the warm-up: the free tops of all arenas.

    Each serving thread has an arena, and the main thread has one.
    """
    return float(FREE_BYTES_PER_ARENA * (threads + 1))
