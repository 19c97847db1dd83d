"""Quantiles and tails of distributions, by scipy.special: scipy.stats has them too, and importing it takes 0.4 s."""

from scipy.special import bdtr, bdtrc, chdtrc, fdtrc, ndtri, stdtr, stdtrit

NORMAL_QUARTILE = float(ndtri(0.75))
"""A normal distribution's median absolute deviation, in standard deviations."""


def t_quantile(probability: float, freedom: float) -> float:
    """Return what Student's t with so many degrees of freedom is below with this probability."""
    return float(stdtrit(freedom, probability))


def t_tail(value: float, freedom: float) -> float:
    """Return the probability that Student's t is above the value."""
    return float(stdtr(freedom, -value))


def chi_squared_tail(value: float, freedom: float) -> float:
    """Return the probability that chi squared is above the value."""
    return float(chdtrc(freedom, value))


def f_tail(ratio: float, above: float, below: float) -> float:
    """Return the probability that F is above the ratio; `above` and `below` are the degrees of freedom of its variances."""
    return float(fdtrc(above, below, ratio))


def binomial_cdf(count: int, trials: int, probability: float) -> float:
    """Return the probability that at most so many of the trials are hits; `probability` is that of one."""
    return float(bdtr(count, trials, probability))


def binomial_tail(count: int, trials: int, probability: float) -> float:
    """Return the probability that at least so many of the trials, one at the least, are hits; `probability` is that of one."""
    return float(bdtrc(count - 1, trials, probability))
