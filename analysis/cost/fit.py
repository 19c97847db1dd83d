"""CPU time per request against the work of one: overhead + work x cost, fitted in each round. Pure."""

from collections.abc import Mapping

import numpy as np

from loadgen.strict import Strict

FEWEST_AMOUNTS = 3
"""Two amounts of work would leave no residual to doubt the fit by."""


class Fit(Strict):
    """One round's fit. `residuals` are measured / fitted - 1 for each amount of work."""

    overhead_us: float
    cost_per_unit_ns: float
    residuals: dict[float, float]


def fit(cpu_per_request_us: Mapping[float, float]) -> Fit | None:
    """Least squares of the relative errors over amount of work -> CPU time per request in µs; None for fewer than 3 amounts.

    Relative, because the values span three orders of magnitude and each is known to about the same percentage.
    """
    if len(cpu_per_request_us) < FEWEST_AMOUNTS:
        return None
    amounts = sorted(cpu_per_request_us)
    measured = np.array([cpu_per_request_us[amount] for amount in amounts])
    terms = np.array([[1.0, amount / 1e3] for amount in amounts])  # ns of a unit, µs of a request
    coefficients, *_ = np.linalg.lstsq(terms / measured[:, None], np.ones(len(amounts)), rcond=None)
    fitted = terms @ coefficients
    return Fit(
        overhead_us=float(coefficients[0]),
        cost_per_unit_ns=float(coefficients[1]),
        residuals={amount: float(value) for amount, value in zip(amounts, measured / fitted - 1, strict=True)},
    )
