import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.interval import median_interval, ratio_of_pairs

POSITIVE = st.floats(1e-3, 1e6)


def test_six_values_are_the_fewest_for_a_median_interval_and_give_their_range() -> None:
    assert median_interval([1, 2, 3, 4, 5]) is None
    found = median_interval([6, 1, 5, 2, 4, 3])
    assert found is not None
    assert (found.low, found.high) == (1, 6)


@given(st.lists(POSITIVE, min_size=6, max_size=40))
def test_a_median_interval_holds_the_median(values: list[float]) -> None:
    found = median_interval(values)
    assert found is not None
    assert found.low <= np.median(values) <= found.high


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=5, max_size=30))
def test_swapping_the_sides_inverts_ratio_and_interval(pairs: list[tuple[float, float]]) -> None:
    a, b = [list(side) for side in zip(*pairs, strict=True)]
    there, back = ratio_of_pairs(a, b), ratio_of_pairs(b, a)
    assert there[0] == pytest.approx(1 / back[0], rel=1e-9)
    assert there[1] is not None
    assert back[1] is not None
    assert there[1].low == pytest.approx(1 / back[1].high, rel=1e-6)


@given(st.lists(POSITIVE, min_size=5, max_size=30), st.floats(0.1, 10))
def test_a_constant_ratio_is_found_exactly(values: list[float], factor: float) -> None:
    ratio, interval = ratio_of_pairs([value * factor for value in values], values)
    assert ratio == pytest.approx(factor)
    assert interval is not None
    assert interval.low == pytest.approx(factor)
    assert interval.high == pytest.approx(factor)


def test_fewer_than_five_pairs_give_no_interval() -> None:
    assert ratio_of_pairs([1.0, 1.1, 1.2, 1.3], [1.0] * 4)[1] is None


def test_one_wild_pair_in_twenty_hardly_moves_the_estimate() -> None:
    source = np.random.default_rng(5)
    values = np.exp(source.normal(0, 0.01, 20))
    values[7] = 50.0
    ratio, interval = ratio_of_pairs(list(values), [1.0] * 20)
    assert ratio == pytest.approx(1.0, abs=0.01)
    assert interval is not None
    assert interval.high < 1.03


@pytest.mark.parametrize("pairs", [6, 12, 20])
def test_intervals_of_95_percent_hold_the_truth_in_about_95_percent_of_heavy_tailed_samples(pairs: int) -> None:
    source = np.random.default_rng(pairs)
    samples = np.exp(0.01 * source.standard_t(3, size=(1000, pairs)))
    held = 0
    for sample in samples:
        _, interval = ratio_of_pairs(list(sample), [1.0] * pairs)
        assert interval is not None
        held += interval.low <= 1 <= interval.high
    assert 0.93 <= held / 1000 <= 0.98
