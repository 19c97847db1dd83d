"""Checks over all trials of a contender: what must raise them, and what must not."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from analysis.checks.contender import (
    ByTrial,
    aa_differs,
    hidden_stall,
    restart_variance,
    unfair,
    unsettled,
    warming,
    wide_pairs,
)
from analysis.checks.trial import merged
from analysis.model import metric as m
from analysis.trial import timeline
from loadgen.record.pilot import Pilot, PilotSegment
from loadgen.record.trial import Answers
from tests.unit.comparisons import comparison

ROUNDS = 8


def halves(ratio: float, spread: float, seed: int = 1, count: int = ROUNDS) -> ByTrial:
    noise = np.random.default_rng(seed).normal(0, spread, count)
    return {index: {timeline.LATE_GOODPUT: float(ratio * np.exp(value))} for index, value in enumerate(noise)}


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
    assert warming(halves(0.6, 0.01, count=4)) is None


@pytest.mark.parametrize("count", [1, 4])
def test_what_no_mood_explains_is_one_from_a_single_trial_on(count: int) -> None:
    flag = warming(halves(0.3, 0.01, count=count))
    assert flag is not None
    assert flag.threshold == "within 100%"


def test_a_service_that_had_not_settled_is_flagged_by_what_its_cost_still_did() -> None:
    segments = [PilotSegment(load_s=1.0, server_cpu_s=cost, responses=1000) for cost in (0.9, 0.4, 0.2)]
    flag = unsettled(Pilot(segments=segments), [1, 2])
    assert flag is not None
    assert flag.evidence == ("after 2 s of load CPU per request still fell: from 400 to 200 µs in the last two of its loads")
    assert unsettled(Pilot(segments=[*segments, segments[-1]]), [1, 2]) is None
    assert unsettled(None, [1, 2]) is None


def starts(spread: float, seed: int, drift: float = 0.05, busy: float = 0.99) -> ByTrial:
    """CPU per request of one contender, at its own level; the machine's mood, the same for all in a round, is in it."""
    level = 5_000 * (1 + 0.1 * (seed % 7))
    mood = np.random.default_rng(99).normal(0, drift, ROUNDS)
    own = np.random.default_rng(seed).normal(0, spread, ROUNDS)
    return {
        index: {m.CPU_PER_REQUEST.name: float(level * np.exp(mood[index] + own[index])), m.SERVER_BUSY.name: busy}
        for index in range(ROUNDS)
    }


def flagged(own: ByTrial, *neighbours: ByTrial) -> bool:
    flag = restart_variance(own, neighbours, {index: index for index in range(ROUNDS)})
    return flag is not None and flag.check == "restart_variance"


def test_a_speed_drawn_at_each_start_is_found_beside_steady_neighbours() -> None:
    found = sum(flagged(starts(0.08, seed), starts(0.005, seed + 100), starts(0.005, seed + 200)) for seed in range(20))
    assert found >= 19


@pytest.mark.parametrize("seed", range(40))
def test_equal_spreads_are_no_finding(seed: int) -> None:
    assert not flagged(starts(0.03, seed), starts(0.03, seed + 100), starts(0.03, seed + 200))


def test_a_server_that_waits_for_the_generator_has_a_spread_that_is_not_its_own() -> None:
    waiting = starts(0.08, 1, busy=0.80)
    assert not flagged(waiting, starts(0.005, 101), starts(0.005, 201))
    rounds = {index: index for index in range(ROUNDS)}
    assert wide_pairs(starts(0.25, 2, busy=0.80), [starts(0.01, 1), starts(0.01, 3)], rounds, 0.1) is None


def test_a_spread_that_nobody_would_notice_is_none() -> None:
    assert not flagged(starts(0.01, 1), starts(0.0005, 2), starts(0.0005, 3))


def test_with_fewer_than_two_neighbours_nobody_can_say_whose_spread_it_is() -> None:
    assert not flagged(starts(0.05, 1))
    assert not flagged(starts(0.05, 1), starts(0.005, 2))


def on_connections(levels: Sequence[float], spread: float, seed: int, asked: int = 3) -> Answers:
    """Latencies of connections with the given levels in µs, each asked so often under load; nothing once idle."""
    noise = np.random.default_rng(seed).normal(0, spread, (asked, len(levels)))
    latencies = np.array(levels) * np.exp(noise)
    return Answers(
        checked=latencies.size,
        wrong=[],
        durations_us=[1.0] * latencies.size,
        latencies_us=[float(value) for value in latencies.ravel()],
        connections=list(range(len(levels))) * asked,
    )


def once_idle(answers: Answers) -> Answers:
    """The same, seen once the server was idle."""
    count = len(set(answers.connections))
    rounds = [answers.latencies_us[start : start + count] for start in range(0, len(answers.latencies_us), count)]
    return Answers(checked=answers.checked, wrong=[], idle_latencies_us=rounds)


HALF_SLOW = [500.0, 5_000.0] * 8
ALIKE = [500.0] * 16


@pytest.mark.parametrize("seen", [lambda value: value, once_idle])
def test_half_of_the_connections_served_ten_times_slower_is_unfair(seen: Callable[[Answers], Answers]) -> None:
    flag = unfair({trial: seen(on_connections(HALF_SLOW, 0.3, trial, asked=2)) for trial in range(6)})
    assert flag is not None
    assert 7 < float(flag.evidence.split()[3]) < 13


def test_a_few_slow_connections_among_many_are_unfair_too() -> None:
    assert unfair({trial: on_connections([500.0] * 13 + [5_000.0] * 3, 0.3, trial) for trial in range(6)}) is not None


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("spread", [0.05, 0.8])
def test_a_server_that_is_slow_at_times_on_all_connections_is_not_unfair(seed: int, spread: float) -> None:
    assert unfair({trial: on_connections(ALIKE, spread, 100 * seed + trial) for trial in range(6)}) is None


def test_connections_that_differ_by_less_than_users_would_notice_are_not_unfair() -> None:
    assert unfair({trial: on_connections([500.0, 550.0] * 8, 0.01, trial) for trial in range(6)}) is None


def test_too_few_answers_prove_nothing() -> None:
    assert unfair({0: on_connections(HALF_SLOW, 0.1, 1, asked=1)}) is None
    assert unfair({0: on_connections(HALF_SLOW[:6], 0.1, 1)}) is None
    assert unfair({}) is None


def test_connections_without_any_noise_are_compared_all_the_same() -> None:
    assert unfair({0: on_connections(HALF_SLOW, 0.0, 1)}) is not None
    assert unfair({0: on_connections(ALIKE, 0.0, 1)}) is None


def test_pairs_that_vary_beyond_the_profiles_limit_are_noisy() -> None:
    rounds = {index: index for index in range(ROUNDS)}
    quiet, loud, other = starts(0.01, 1), starts(0.25, 2), starts(0.01, 3)
    flag = wide_pairs(loud, [quiet, other], rounds, 0.1)
    assert flag is not None
    assert flag.check == "noisy"
    assert wide_pairs(quiet, [loud, other, starts(0.01, 4)], rounds, 0.1) is None
    assert wide_pairs(quiet, [], rounds, 0.1) is None


def test_a_tail_at_a_fixed_rate_beyond_the_saturated_loops_is_a_stall() -> None:
    source = np.random.default_rng(1)
    closed, calm = source.normal(14, 1, 5_000), source.normal(1, 0.1, 20_000)
    stalled = np.concatenate([calm, np.linspace(1, 400, 200)])
    flag = hidden_stall(closed, stalled, "n1000", [1, 2])
    assert flag is not None
    assert flag.check == "stall"
    assert flag.trials == [1, 2]
    assert hidden_stall(closed, calm, "n1000", [1]) is None
    assert hidden_stall(closed, np.concatenate([calm, np.full(200, 40.0)]), "n1000", [1]) is None
    assert hidden_stall(closed[:500], stalled, "n1000", [1]) is None


def test_a_contender_that_differs_from_itself_is_flagged_with_every_metric_in_which_it_does() -> None:
    found = [
        comparison("a", "a:aa", ratio=1.05, verdict="higher").replace(adjusted_p_value=0.003),
        comparison("a", "a:aa", metric=m.LATENCY_P50, verdict="tie").replace(adjusted_p_value=0.4),
        comparison("a", "a:aa", metric=m.LATENCY_P99, ratio=0.9, verdict="lower").replace(adjusted_p_value=0.02),
    ]
    flag = aa_differs(found, [4, 7])
    assert flag is not None
    assert (flag.check, flag.fatal, flag.trials) == ("aa_differs", False, [4, 7])
    assert flag.evidence == (
        "a over a:aa, the same program: goodput 1.050 [1.040, 1.060], p = 0.003; latency P99 0.900 [0.890, 0.910], p = 0.02"
    )
    assert merged([flag]) == [flag]


def test_a_contender_that_cannot_be_told_from_itself_is_as_it_should_be() -> None:
    unknown = comparison("a", "a:aa", verdict="cannot tell", reason="generator_bound: a")
    assert aa_differs([comparison("a", "a:aa", verdict="tie"), unknown], [1]) is None
    assert aa_differs([], [1]) is None
