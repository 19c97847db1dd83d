"""Which rate a curve wants next, and what its trials tell of the capacity."""

import pytest

from analysis.curve.estimate import Capacity, Outcome, clump_of, posterior
from analysis.curve.rule import (
    BROKEN_AT_MOST,
    HALF_TRIALS,
    LOST_AT_MOST,
    NARROW,
    RUNGS,
    is_bounded,
    is_narrow,
    known_of,
    ladder,
    next_rate,
)

ALLOWED, DUE = 0.01, 5_000


def trial(rate: int, kept: bool) -> Outcome:
    """One without a late request, or with far too many."""
    return Outcome(rate, kept, DUE, 0 if kept else DUE)


def silent(rate: int) -> Outcome:
    """One that says nothing."""
    return Outcome(rate, None)


def wanted(tried: list[Outcome], saturated: float = 1000.0) -> int | None:
    return next_rate(tried, saturated, ALLOWED)


def capacity_of(tried: list[Outcome], saturated: float = 1000.0) -> Capacity:
    return known_of(tried, saturated, ALLOWED).capacity


def climbed(capacity: float, saturated: float = 1000.0) -> list[Outcome]:
    return [trial(rate, rate <= capacity) for rate in ladder(saturated)]


def finished(capacity: float, saturated: float = 1000.0) -> list[Outcome]:
    """All trials that the rule wants of a service of which every process has the same capacity."""
    tried: list[Outcome] = []
    while (rate := wanted(tried, saturated)) is not None:
        tried.append(trial(rate, rate <= capacity))
        assert len(tried) < 60
    return tried


def test_the_ladder_goes_from_near_idle_to_saturation_by_equal_factors() -> None:
    assert ladder(1000.0) == [10, 22, 46, 100, 215, 464, 1000]
    assert ladder(50_000.4)[0] == 10
    assert ladder(50_000.4)[-1] == 50_000
    assert ladder(12.0) == [10, 11, 12]
    assert ladder(3.2) == [3]
    assert ladder(0.2) == [1]


def test_every_rung_is_climbed_first_whatever_it_says() -> None:
    rungs = ladder(1000.0)
    for count in range(RUNGS):
        assert wanted([silent(rate) for rate in rungs[:count]]) == rungs[count]


def test_then_it_bisects_between_what_was_kept_and_what_was_broken() -> None:
    rate = wanted(climbed(500.0))
    assert rate is not None
    assert 464 < rate < 1000


@pytest.mark.parametrize("capacity", [37.5, 480.0, 905.0, 1000.0])
def test_without_noise_it_ends_with_a_narrow_interval_that_holds_the_truth(capacity: float) -> None:
    tried = finished(capacity)
    found = capacity_of(tried)
    assert found.low_per_s <= capacity <= found.high_per_s
    assert is_narrow(found)
    assert is_bounded(tried, found, 1000.0)
    near_half = [outcome for outcome in tried[RUNGS:] if abs(outcome.rate_per_s - capacity / 2) < capacity / 20]
    assert len(near_half) <= HALF_TRIALS


def test_half_of_the_capacity_is_measured() -> None:
    assert sum(440 <= outcome.rate_per_s <= 460 for outcome in finished(900.0)) + 1 >= HALF_TRIALS


def test_an_objective_that_no_rate_keeps_ends_it_after_a_few_trials_at_the_lowest() -> None:
    tried = climbed(0.0)
    for _ in range(BROKEN_AT_MOST - 1):
        assert wanted(tried) == 10
        tried.append(trial(10, False))
    assert wanted(tried) is None


def test_trials_that_say_nothing_end_it() -> None:
    tried = [*climbed(2000.0)[:-1], silent(1000)]
    for _ in range(LOST_AT_MOST):
        rate = wanted(tried)
        assert rate is not None
        tried.append(silent(rate))
    assert wanted(tried) is None
    assert not is_bounded(tried, capacity_of(tried), 1000.0)


def test_where_none_tells_saturation_is_tried_again_a_few_times() -> None:
    """Others may have taken the generator's cores for a while."""
    tried = [Outcome(rate, None, DUE) for rate in ladder(1000.0)]
    for _ in range(LOST_AT_MOST):
        assert wanted(tried) == 1000
        tried.append(Outcome(1000, None, DUE))
    assert wanted(tried) is None


def test_too_few_requests_at_every_rate_end_it_at_once() -> None:
    assert wanted([silent(rate) for rate in ladder(1000.0)]) is None


def test_an_objective_that_nothing_breaks_has_no_capacity() -> None:
    tried = finished(1e9)
    assert max(outcome.rate_per_s for outcome in tried) > 1000
    assert not is_bounded(tried, capacity_of(tried), 1000.0)


def test_one_trial_that_contradicts_all_others_moves_little() -> None:
    tried = finished(500.0)
    before, after = (capacity_of(group) for group in (tried, [*tried, trial(100, False)]))
    assert after.per_s == pytest.approx(before.per_s, rel=0.01)


def test_trials_that_contradict_each_other_leave_the_capacity_among_them() -> None:
    tried = [trial(rate, kept) for rate in (490, 500, 510) for kept in (True, False)]
    found = capacity_of(tried)
    assert found.per_s == pytest.approx(500.0, rel=0.02)
    assert found.width > NARROW


def test_more_trials_tell_more() -> None:
    few = [trial(rate, kept) for rate in (490, 510) for kept in (True, False)]
    assert capacity_of(few * 10).width < capacity_of(few * 3).width


def test_before_any_trial_every_factor_is_as_likely() -> None:
    known = posterior([], (10.0, 1000.0), ALLOWED)
    assert known.quantile(0.5) == pytest.approx(100.0, rel=0.01)
    assert known.capacity.low_per_s == pytest.approx(10**1.05, rel=0.08)


@pytest.mark.parametrize(
    ("low", "high", "narrow"), [(98.6, 101.5, True), (98.0, 102.0, False), (9.5, 10.5, True), (9, 11, False)]
)
def test_an_interval_is_narrow_by_its_width_or_by_one_request_a_second(low: float, high: float, narrow: bool) -> None:
    assert is_narrow(Capacity(per_s=(low + high) / 2, low_per_s=low, high_per_s=high)) is narrow


def test_late_requests_that_come_together_are_one_event() -> None:
    """As many late ones, evenly over the window or all at once: the first trial tells more."""
    alone, together = (Outcome(500, True, DUE, 40, variance) for variance in (40.0, 1600.0))
    assert clump_of([alone], ALLOWED) == 1.0
    assert clump_of([together], ALLOWED) == pytest.approx(40.0)
    even, clumped = (capacity_of([*climbed(500.0), outcome, outcome, outcome]).width for outcome in (alone, together))
    assert even < clumped


def test_without_a_late_request_a_trial_may_be_one_event() -> None:
    assert clump_of([trial(100, True), trial(900, False)], ALLOWED) == ALLOWED * DUE
    assert clump_of([], ALLOWED) == 1.0
