"""Quantiles and tails are those that scipy.stats gives, and no command pays for importing it."""

import math
import subprocess
import sys
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.stats import distributions as d
from analysis.stats.interval import median_interval

PROBABILITIES = st.floats(1e-6, 1 - 1e-6)
FREEDOM = st.integers(1, 2_000)
ROOT = Path(__file__).parents[2]


@given(PROBABILITIES, FREEDOM)
def test_t_quantiles(probability: float, freedom: int) -> None:
    assert d.t_quantile(probability, freedom) == pytest.approx(stats.t.ppf(probability, freedom), rel=1e-9, abs=1e-12)


@given(st.floats(-50, 50), FREEDOM)
def test_t_tails(value: float, freedom: int) -> None:
    assert d.t_tail(value, freedom) == pytest.approx(stats.t.sf(value, freedom), rel=1e-9, abs=1e-300)


@given(st.floats(0, 500), FREEDOM, FREEDOM)
def test_tails_of_variances(value: float, above: int, below: int) -> None:
    assert d.chi_squared_tail(value, above) == pytest.approx(stats.chi2.sf(value, above), rel=1e-8, abs=1e-300)
    assert d.f_tail(value, above, below) == pytest.approx(stats.f.sf(value, above, below), rel=1e-6, abs=1e-300)


@given(st.integers(1, 300), st.integers(1, 300), PROBABILITIES)
def test_binomial_probabilities(count: int, trials: int, probability: float) -> None:
    count = min(count, trials)
    assert d.binomial_cdf(count, trials, probability) == pytest.approx(stats.binom.cdf(count, trials, probability), rel=1e-8)
    expected = stats.binom.sf(count - 1, trials, probability)
    assert d.binomial_tail(count, trials, probability) == pytest.approx(expected, rel=1e-8, abs=1e-300)


def test_the_quartile_of_a_normal_distribution() -> None:
    assert pytest.approx(stats.norm.ppf(0.75)) == d.NORMAL_QUARTILE


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60), st.sampled_from([0.9, 0.95, 0.99, 0.999]))
def test_the_median_lies_between_the_order_statistics_of_the_quantile_test(values: list[float], level: float) -> None:
    found = median_interval(values, level)
    test = stats.quantile_test(np.asarray(values), q=0.0, p=0.5, alternative="two-sided")
    expected = tuple(cast("tuple[float, float]", test.confidence_interval(level)))
    if found is None:
        assert any(math.isnan(limit) for limit in expected)
    else:
        assert (found.low, found.high) == expected


def test_neither_statistics_nor_plots_are_imported_before_they_are_needed() -> None:
    """They took two thirds of the time that `primebench report` needed to say that there is no such run."""
    code = (
        "import sys, analysis.pipeline.render, analysis.regress.result, analysis.field.read, loadgen.run.session\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules} & {'matplotlib'}), *{'scipy.stats'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
