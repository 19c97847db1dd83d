"""Checks over all trials of a contender: what must raise them, and what must not."""

import numpy as np
import pytest

from analysis import course
from analysis import metric as m
from analysis.check import merged
from analysis.check_contender import ByTrial, aa_differs, restart_variance, warming
from tests.unit.comparisons import comparison

ROUNDS = 8


def halves(ratio: float, spread: float, seed: int = 1, count: int = ROUNDS) -> ByTrial:
    noise = np.random.default_rng(seed).normal(0, spread, count)
    return {index: {course.LATE_GOODPUT: float(ratio * np.exp(value))} for index, value in enumerate(noise)}


def test_a_trend_in_trial_after_trial_is_a_warming_flag() -> None:
    flag = warming(halves(0.90, 0.02))
    assert flag is not None
    assert flag.check == "warming"
    assert flag.evidence.startswith("goodput, second half over first: 0.90 [")


@pytest.mark.parametrize("seed", range(20))
def test_noise_without_a_trend_is_none(seed: int) -> None:
    assert warming(halves(1.0, 0.05, seed)) is None


def test_a_trend_within_the_tolerance_is_none() -> None:
    assert warming(halves(0.98, 0.001)) is None


def test_too_few_trials_prove_no_trend() -> None:
    assert warming(halves(0.5, 0.01, count=4)) is None


def starts(spread: float, seed: int, drift: float = 0.05) -> ByTrial:
    """CPU per request of one contender, at its own level; the machine's mood, the same for all in a round, is in it."""
    level = 5_000 * (1 + 0.1 * (seed % 7))
    mood = np.random.default_rng(99).normal(0, drift, ROUNDS)
    own = np.random.default_rng(seed).normal(0, spread, ROUNDS)
    return {index: {m.CPU_PER_REQUEST.name: float(level * np.exp(mood[index] + own[index]))} for index in range(ROUNDS)}


def flagged(own: ByTrial, *neighbours: ByTrial) -> bool:
    flag = restart_variance(own, neighbours, {index: index for index in range(ROUNDS)})
    return flag is not None and flag.check == "restart_variance"


def test_a_speed_drawn_at_each_start_is_found_beside_steady_neighbours() -> None:
    found = sum(flagged(starts(0.08, seed), starts(0.005, seed + 100), starts(0.005, seed + 200)) for seed in range(20))
    assert found >= 19


@pytest.mark.parametrize("seed", range(40))
def test_equal_spreads_are_no_finding(seed: int) -> None:
    assert not flagged(starts(0.03, seed), starts(0.03, seed + 100), starts(0.03, seed + 200))


def test_a_spread_that_nobody_would_notice_is_none() -> None:
    assert not flagged(starts(0.01, 1), starts(0.0005, 2), starts(0.0005, 3))


def test_with_fewer_than_two_neighbours_nobody_can_say_whose_spread_it_is() -> None:
    assert not flagged(starts(0.05, 1))
    assert not flagged(starts(0.05, 1), starts(0.005, 2))


def test_a_contender_that_differs_from_itself_is_flagged_with_every_metric_in_which_it_does() -> None:
    found = [
        comparison("a", "a:again", ratio=1.05, verdict="higher").model_copy(update={"adjusted_p_value": 0.003}),
        comparison("a", "a:again", metric=m.LATENCY_P50, verdict="tie").model_copy(update={"adjusted_p_value": 0.4}),
        comparison("a", "a:again", metric=m.LATENCY_P99, ratio=0.9, verdict="lower").model_copy(
            update={"adjusted_p_value": 0.02}
        ),
    ]
    flag = aa_differs(found, [4, 7])
    assert flag is not None
    assert (flag.check, flag.fatal, flag.trials) == ("aa_differs", False, [4, 7])
    assert flag.evidence == (
        "a over a:again, the same program: goodput 1.050 [1.040, 1.060], p = 0.003; latency P99 0.900 [0.890, 0.910], p = 0.02"
    )
    assert merged([flag]) == [flag]


def test_a_contender_that_cannot_be_told_from_itself_is_as_it_should_be() -> None:
    unknown = comparison("a", "a:again", verdict="cannot tell", reason="generator_bound: a")
    assert aa_differs([comparison("a", "a:again", verdict="tie"), unknown], [1]) is None
    assert aa_differs([], [1]) is None
