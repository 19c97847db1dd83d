"""Figures from one value a trial."""

from collections.abc import Sequence

import numpy as np

from analysis.model.comparison import Figure
from analysis.stats.interval import median_interval


def figure_of(values: Sequence[float]) -> Figure:
    """The median of one value a trial, with its interval where there are enough of them."""
    return Figure(value=float(np.median(values)), interval=median_interval(values), each=list(values), refused=None)


def refused(reason: str) -> Figure:
    """A figure that is not shown, and why."""
    return Figure(value=None, interval=None, each=[], refused=reason)
