"""Estimates pooled over machines: held to a published meta-analysis, to arithmetic, and to a known truth."""

import math

import numpy as np
import pytest
from scipy import stats

from analysis.stats.random_effects import random_effects

LOG_RISKS = [-0.8893, -1.5854, -1.3481, -1.4416, -0.2175, -0.7861, -1.6209, 0.0120, -0.4694, -1.3713, -0.3394, 0.4459, -0.0173]
VARIANCES = [0.3256, 0.1946, 0.4154, 0.0200, 0.0512, 0.0069, 0.2230, 0.0040, 0.0564, 0.0730, 0.0124, 0.5325, 0.0714]
"""Thirteen trials of a vaccine (Colditz et al. 1994), as Viechtbauer has them (2010, Journal of Statistical Software 36:3)."""


def test_a_published_meta_analysis_comes_out() -> None:
    found = random_effects(LOG_RISKS, [math.sqrt(variance) for variance in VARIANCES])
    assert found.mean == pytest.approx(-0.7141, abs=5e-4)
    assert found.spread**2 == pytest.approx(0.3088, abs=1e-3)
    assert found.i_squared == pytest.approx(0.9212, abs=5e-4)
    assert found.p_value < 1e-4


def test_equal_errors_give_the_mean_and_student_s_interval() -> None:
    logs = [0.01, 0.03, 0.08, 0.02]
    found = random_effects(logs, [0.001] * 4)
    low, high = stats.t.interval(0.95, 3, loc=np.mean(logs), scale=stats.sem(logs))
    assert (found.mean, found.low, found.high) == pytest.approx((np.mean(logs), low, high), rel=1e-9)
    assert found.spread**2 == pytest.approx(np.var(logs, ddof=1) - 0.001**2, rel=1e-9)


def test_machines_that_agree_better_than_chance_narrow_nothing() -> None:
    found = random_effects([0.02, 0.02], [0.01, 0.01])
    assert (found.spread, found.i_squared, found.p_value) == (0.0, 0.0, 1.0)
    assert found.standard_error == pytest.approx(0.01 / math.sqrt(2))
    assert found.another_low is None


def test_an_estimate_without_spread_is_pooled() -> None:
    found = random_effects([0.1, 0.2, 0.3], [0.0, 0.0, 0.01])
    assert math.isfinite(found.mean)
    assert found.low < found.mean < found.high


@pytest.mark.parametrize("machines", [3, 10])
@pytest.mark.parametrize("spread", [0.0, 0.02])
def test_intervals_hold_the_mean_and_those_for_another_machine_its_truth(machines: int, spread: float) -> None:
    source = np.random.default_rng(7)
    held = another = 0
    for _ in range(1000):
        errors = source.uniform(0.005, 0.015, machines)
        truths = 0.1 + spread * source.standard_normal(machines + 1)
        found = random_effects((truths[:-1] + errors * source.standard_normal(machines)).tolist(), errors.tolist())
        held += found.low <= 0.1 <= found.high
        assert found.another_low is not None
        assert found.another_high is not None
        another += found.another_low <= truths[-1] <= found.another_high
    assert held >= 935
    assert another >= 925
