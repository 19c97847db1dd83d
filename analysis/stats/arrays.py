"""Arrays that the analysis passes on."""

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def usable(value: float) -> bool:
    """Return whether a value can be one side of a ratio."""
    return math.isfinite(value) and value > 0
