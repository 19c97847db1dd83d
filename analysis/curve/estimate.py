"""The capacity from trials at different rates, by how many of their requests were late. Pure.

Two things make trials differ. Each process on a shared machine has a capacity of its own, a few percent from the others'; the
median process's is asked for. And late requests come in clumps: a queue that is long once makes many of them late, so that a
trial has few independent events however many requests. A trial's events are Poisson. Their mean grows with a power of the rate
over the process's capacity, and is what the objective allows where the two are equal; capacities of processes are log-normal. A
few trials say nothing (a pause of the machine): a lapse, as in psychometric functions (Wichmann and Hill 2001, Perception &
Psychophysics 63, 1293-1313). Capacity, spread and steepness are known by their posterior on a grid (Watson and Pelli 1983,
Perception & Psychophysics 33, 113-120; Kuss, Jäkel and Wichmann 2005, Journal of Vision 5, 478-492), which has an end on either
side however few trials there are. results/validation/capacity.md says how often its intervals hold a known truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import gammainc, gammaln, ndtri

from analysis.stats.arrays import Floats
from analysis.stats.interval import LEVEL
from loadgen.strict import Strict

LAPSES = 0.02
"""The share of trials that say nothing."""
SPREADS = np.geomspace(0.005, 0.035, 4)
"""Standard deviations of the logarithm of a process's capacity, each as likely before anything is known."""
SLOPES = np.geomspace(6.0, 240.0, 5)
"""The powers of the rate that the share of late requests grows with, likewise: 2 L/S for a queue of requests that take S and
may take L."""
PROCESSES = ndtri((np.arange(5) + 0.5) / 5)
"""Processes that stand for all of them, in standard deviations."""
FAR = 6.0
"""Beyond that many times what is allowed only that it is more counts: how much more depends on how long the load lasts."""
SCORES = np.linspace(-30.0, 30.0, 1201)
"""Steepness times the logarithm of capacity over rate: what a trial's likelihood is tabled by."""
STEPS = 40
ZOOMS = 3
CAUTION = 1.6
"""By so much each trial counts less than its likelihood says: the size of clumps is taken from few of them, and bisection
ends when they happen to be alike. Without it the intervals of simulated curves held the truth in 75 to 92%."""
NEGLIGIBLE = 1e-5
"""Of the highest weight: what lies beyond is left out when the grid is made finer."""


class Outcome(NamedTuple):
    """An open loop: its rate, the requests that were `due` in its window and those of them that were `late`; `variance` is that
    of the number of late ones, as blocks of the window show it. `kept` is whether it kept the objective, None where it says
    nothing of that.
    """

    rate_per_s: float
    kept: bool | None
    due: int = 0
    late: int = 0
    variance: float = 0.0


class Capacity(Strict):
    """The capacity in requests/s, with its 95% interval."""

    per_s: float
    low_per_s: float
    high_per_s: float

    @property
    def width(self) -> float:
        """The width of the interval, relative to the capacity."""
        return (self.high_per_s - self.low_per_s) / self.per_s


@dataclass(frozen=True)
class Posterior:
    """What is known of a capacity: rates in ascending order, and how likely it is to be at most each of them."""

    rates_per_s: Floats
    upto: Floats

    def quantile(self, level: float) -> float:
        """Return the rate that the capacity is below with that probability."""
        return float(np.exp(np.interp(level, self.upto, np.log(self.rates_per_s))))

    @property
    def capacity(self) -> Capacity:
        """Return its median and its central interval."""
        low, middle, high = (self.quantile(level) for level in ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
        return Capacity(per_s=middle, low_per_s=low, high_per_s=high)


def posterior(outcomes: Sequence[Outcome], limits_per_s: tuple[float, float], allowed_share: float) -> Posterior:
    """Return what the trials that tell say of a capacity between two limits, if such a share of requests may be late; before
    them every factor is as likely.
    """
    telling = [outcome for outcome in outcomes if outcome.kept is not None]
    clump = clump_of(telling, allowed_share)
    rates = np.log([outcome.rate_per_s for outcome in telling])
    tables = np.array([_likelihoods(outcome, allowed_share, clump) for outcome in telling]).reshape(-1, len(SCORES))
    low, high = (float(np.log(limit)) for limit in limits_per_s)
    for _ in range(ZOOMS):
        grid = np.linspace(low, high, STEPS)
        weights = _weights(grid, rates, tables)
        counting = np.flatnonzero(weights > NEGLIGIBLE * weights.max())
        low, high = (float(grid[index]) for index in (max(counting[0] - 1, 0), min(counting[-1] + 1, STEPS - 1)))
    return Posterior(np.exp(grid), (np.cumsum(weights) - weights / 2) / weights.sum())


def clump_of(outcomes: Sequence[Outcome], allowed_share: float) -> float:
    """Return how many late requests come together, at least 1: the variance of their number over its mean, of trials that are
    not far beyond the objective; where none has any, as many as the objective allows in a trial.
    """
    some = [outcome for outcome in outcomes if 0 < outcome.late < FAR * allowed_share * outcome.due]
    if some:
        return max(1.0, sum(outcome.variance for outcome in some) / sum(outcome.late for outcome in some))
    return max(1.0, allowed_share * min((outcome.due for outcome in outcomes), default=0))


def _likelihoods(outcome: Outcome, allowed_share: float, clump: float) -> Floats:
    """How likely the trial is at each of SCORES, or if it says nothing."""
    allowed = allowed_share * outcome.due / clump
    means, seen = allowed * np.exp(-SCORES), outcome.late / clump
    if seen >= FAR * allowed:
        likelihoods = gammainc(FAR * allowed, means)
    else:
        likelihoods = np.exp(seen * np.log(means) - means - gammaln(seen + 1))
    near = np.abs(SCORES) <= FAR
    mixed: Floats = (1 - LAPSES) * likelihoods + LAPSES * likelihoods[near].mean()
    return mixed


def _weights(grid: Floats, rates: Floats, tables: Floats) -> Floats:
    """How likely each capacity of the grid is relative to the others, whatever spread and steepness."""
    above = (grid[:, None] - rates)[:, None, None, None] + SPREADS[:, None, None] * PROCESSES[:, None]
    scores = (SLOPES[:, None, None, None] * above - SCORES[0]) / (SCORES[1] - SCORES[0])
    places = np.clip(np.rint(scores), 0, len(SCORES) - 1).astype(np.intp)
    logs = np.log(tables[np.arange(len(rates)), places].mean(axis=-2)).sum(axis=-1) / CAUTION
    weights: Floats = np.exp(logs - logs.max()).sum(axis=(1, 2))
    return weights
