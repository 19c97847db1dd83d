"""Holm's step-down adjustment (1979, Scandinavian Journal of Statistics 6, 65-70) of a family of p-values. Pure."""

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values in the order given: of those below 5%, the chance that any is a false alarm is at most 5%.

    The smallest of k is multiplied by k, the next by k - 1, and so on; none falls below the one before it, none exceeds 1.
    It holds however the tests depend on each other, as those of one run's trials do.
    """
    raw = np.asarray(p_values, dtype=float)
    order = np.argsort(raw, kind="stable")
    adjusted = np.empty_like(raw)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(raw[order] * np.arange(raw.size, 0, -1)))
    return [float(value) for value in adjusted]
