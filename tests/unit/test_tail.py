"""Quantiles from the median up."""

import numpy as np
import pytest

from analysis.plots.tail import nines
from analysis.trial.metrics import SAMPLES_BEYOND
from analysis.trial.tail import MARKS, tail_of


def test_the_last_quantile_has_ten_requests_beyond_it_in_the_smallest_trial() -> None:
    source = np.random.default_rng(1)
    tail = tail_of([source.lognormal(size=count) for count in (4_000, 20_000)])
    assert tail is not None
    assert (1 - tail.quantiles[-1]) * 4_000 >= SAMPLES_BEYOND
    assert tail.quantiles[0] == 0.5
    assert tail.quantiles == sorted(set(tail.quantiles))


def test_named_quantiles_are_those_of_the_pooled_rows() -> None:
    source = np.random.default_rng(2)
    trials = [source.lognormal(size=5_000) for _ in range(7)]
    tail = tail_of(trials)
    assert tail is not None
    pooled = np.concatenate(trials)
    for mark in (mark for mark in MARKS if mark <= 0.99):
        place = tail.quantiles.index(mark)
        assert tail.latency_ms[place] == pytest.approx(np.quantile(pooled, mark), rel=1e-4)


def test_the_range_holds_the_pooled_value_and_is_wide_where_trials_differ() -> None:
    source = np.random.default_rng(3)
    alike = tail_of([source.lognormal(size=5_000) for _ in range(8)])
    apart = tail_of([scale * source.lognormal(size=5_000) for scale in (1, 1, 1, 1, 4, 4, 4, 4)])
    assert alike is not None
    assert apart is not None
    for tail in (alike, apart):
        assert all(low <= value <= high for low, value, high in zip(tail.low_ms, tail.latency_ms, tail.high_ms, strict=True))
    assert apart.high_ms[0] / apart.low_ms[0] > 2 > alike.high_ms[0] / alike.low_ms[0]


def test_few_requests_have_no_tail() -> None:
    assert tail_of([]) is None
    assert tail_of([np.ones(2 * SAMPLES_BEYOND - 1), np.ones(1_000)]) is None
    shortest = tail_of([np.ones(2 * SAMPLES_BEYOND)])
    assert shortest is not None
    assert shortest.quantiles == [0.5]


def test_each_nine_is_a_step() -> None:
    assert [nines(value) for value in (0.9, 0.99, 0.999)] == pytest.approx([1, 2, 3])
