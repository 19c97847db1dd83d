import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.stats.interval import Interval, PairedRatio, median_interval, ratio_of_pairs, trimmed_means

POSITIVE = st.floats(1e-3, 1e6)
PAIRS = st.lists(st.tuples(POSITIVE, POSITIVE), min_size=5, max_size=30)


def sides(pairs: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [a for a, _ in pairs], [b for _, b in pairs]


def interval_of(found: PairedRatio) -> Interval:
    assert found.interval is not None
    return found.interval


def p_of(found: PairedRatio) -> float:
    assert found.p_value is not None
    return found.p_value


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


@given(PAIRS)
def test_the_interval_holds_its_ratio(pairs: list[tuple[float, float]]) -> None:
    found = ratio_of_pairs(*sides(pairs))
    assert interval_of(found).low <= found.ratio <= interval_of(found).high


@given(PAIRS, st.sampled_from([0.8, 0.95, 0.995]))
def test_the_p_value_is_below_the_error_exactly_where_the_interval_excludes_one(
    pairs: list[tuple[float, float]], level: float
) -> None:
    found = ratio_of_pairs(*sides(pairs), level)
    assert (p_of(found) < 1 - level) == (not interval_of(found).low <= 1 <= interval_of(found).high)


@given(PAIRS)
def test_swapping_the_sides_inverts_ratio_and_interval_and_keeps_the_p_values(pairs: list[tuple[float, float]]) -> None:
    a, b = sides(pairs)
    there, back = ratio_of_pairs(a, b), ratio_of_pairs(b, a)
    assert there.ratio == pytest.approx(1 / back.ratio, rel=1e-9)
    assert interval_of(there).low == pytest.approx(1 / interval_of(back).high, rel=1e-6)
    assert interval_of(there).high == pytest.approx(1 / interval_of(back).low, rel=1e-6)
    assert p_of(there) == pytest.approx(p_of(back), rel=1e-6)
    assert there.student_p_value == pytest.approx(back.student_p_value, rel=1e-6)


@given(PAIRS, st.floats(1e-3, 1e3))
def test_a_scale_common_to_both_sides_changes_nothing(pairs: list[tuple[float, float]], scale: float) -> None:
    a, b = sides(pairs)
    one, scaled = ratio_of_pairs(a, b), ratio_of_pairs([value * scale for value in a], [value * scale for value in b])
    assert scaled.ratio == pytest.approx(one.ratio, rel=1e-9)
    assert interval_of(scaled).low == pytest.approx(interval_of(one).low, rel=1e-6)
    assert interval_of(scaled).high == pytest.approx(interval_of(one).high, rel=1e-6)


@given(st.lists(POSITIVE, min_size=5, max_size=30), st.floats(0.1, 10))
def test_a_constant_ratio_is_found_exactly(values: list[float], factor: float) -> None:
    found = ratio_of_pairs([value * factor for value in values], values)
    assert found.ratio == pytest.approx(factor)
    assert interval_of(found).low == pytest.approx(factor)
    assert interval_of(found).high == pytest.approx(factor)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("factor", "p_value"), [(1.0, 1.0), (1.1, 0.0)])
def test_without_any_spread_equal_is_certain_and_so_is_different(factor: float, p_value: float) -> None:
    found = ratio_of_pairs([3.0 * factor] * 8, [3.0] * 8)
    assert [p_of(found), found.student_p_value] == pytest.approx([p_value, p_value])
    assert "null" not in found.model_dump_json()


def test_fewer_than_five_pairs_give_a_ratio_and_nothing_else() -> None:
    found = ratio_of_pairs([1.0, 1.1, 1.2, 1.3], [1.0] * 4)
    assert found.ratio == pytest.approx((1.1 * 1.2 * 1.3) ** 0.25)
    assert (found.interval, found.p_value, found.certain_p_value, found.log_standard_error) == (None, None, None, None)


@pytest.mark.parametrize("count", [5, 6, 8, 10, 12, 20])
def test_it_is_scipys_own_trimmed_test_against_a_sample_without_spread(count: int) -> None:
    logs = np.random.default_rng(count).standard_t(3, count) * 0.01 + 0.005
    found = ratio_of_pairs(list(np.exp(logs)), [1.0] * count)
    # a second sample of zeros adds nothing to the variance, and Welch's degrees of freedom become those of the first
    theirs = stats.ttest_ind(logs, np.zeros(count), trim=0.2, equal_var=False)
    assert p_of(found) == pytest.approx(theirs.pvalue, rel=1e-6)
    assert found.student_p_value == pytest.approx(stats.ttest_1samp(logs, 0).pvalue, rel=1e-6)


def test_many_samples_at_once_give_what_each_gives_alone() -> None:
    samples = np.random.default_rng(2).normal(0, 0.01, (7, 12))
    found = trimmed_means(samples)
    for sample, mean, error in zip(samples, found.mean, found.standard_error, strict=True):
        alone = ratio_of_pairs(list(np.exp(sample)), [1.0] * 12)
        assert np.log(alone.ratio) == pytest.approx(mean, abs=1e-11)
        assert alone.log_standard_error == pytest.approx(error, rel=1e-6)
        assert alone.degrees_of_freedom == found.degrees_of_freedom


def test_one_wild_pair_in_twenty_hardly_moves_the_estimate() -> None:
    source = np.random.default_rng(5)
    values = np.exp(source.normal(0, 0.01, 20))
    values[7] = 50.0
    found = ratio_of_pairs(list(values), [1.0] * 20)
    assert found.ratio == pytest.approx(1.0, abs=0.01)
    assert interval_of(found).high < 1.03
