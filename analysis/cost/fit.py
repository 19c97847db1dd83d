"""CPU time per request against n: overhead + divisions(n) x cost, fitted in each round. Pure."""

from collections.abc import Mapping

import numpy as np

from analysis.cost.divisions import divisions
from loadgen.strict import Strict

FEWEST_N = 3
"""Two values of n would leave no residual to doubt the fit by."""


class Fit(Strict):
    """One round's fit. `residuals` are measured / fitted - 1 for each n."""

    overhead_us: float
    cost_per_division_ns: float
    residuals: dict[int, float]


def fit(cpu_per_request_us: Mapping[int, float]) -> Fit | None:
    """Least squares of the relative errors over n -> CPU time per request in µs; None for fewer than 3 values of n.

    Relative, because the values span three orders of magnitude and each is known to about the same percentage.
    """
    if len(cpu_per_request_us) < FEWEST_N:
        return None
    n = sorted(cpu_per_request_us)
    measured = np.array([cpu_per_request_us[one] for one in n])
    terms = np.array([[1.0, divisions(one) / 1e3] for one in n])  # ns of a division, µs of a request
    found, *_ = np.linalg.lstsq(terms / measured[:, None], np.ones(len(n)), rcond=None)
    fitted = terms @ found
    return Fit(
        overhead_us=float(found[0]),
        cost_per_division_ns=float(found[1]),
        residuals={one: float(value) for one, value in zip(n, measured / fitted - 1, strict=True)},
    )
