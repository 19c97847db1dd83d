"""When a workload has been measured precisely enough: by the width of its intervals, never by what they say."""

import numpy as np
import pytest

from analysis.model import metric as m
from analysis.trial.early_stop import CLOSED_LOOP, ByRound, narrow_enough

ROUNDS = 10


def service(spread: float, seed: int, level: float = 100.0, rounds: int = ROUNDS) -> ByRound:
    noise = np.random.default_rng(seed).normal(0, spread, (rounds, len(CLOSED_LOOP)))
    return {
        number: {metric.name: float(level * np.exp(noise[number, place])) for place, metric in enumerate(CLOSED_LOOP)}
        for number in range(rounds)
    }


@pytest.mark.parametrize("level", [100.0, 300.0])
def test_narrow_intervals_are_enough_whether_or_not_they_tell_the_services_apart(level: float) -> None:
    assert narrow_enough([service(0.002, 1), service(0.002, 2, level)], CLOSED_LOOP, 0.01)
    assert not narrow_enough([service(0.05, 1), service(0.05, 2, level)], CLOSED_LOOP, 0.01)


def test_every_pair_of_services_has_to_be_narrow() -> None:
    assert not narrow_enough([service(0.002, 1), service(0.002, 2), service(0.05, 3)], CLOSED_LOOP, 0.01)


def test_a_service_alone_is_measured_by_its_own_figures() -> None:
    assert narrow_enough([service(0.002, 1)], CLOSED_LOOP, 0.01)
    assert not narrow_enough([service(0.05, 1)], CLOSED_LOOP, 0.01)


def test_what_has_no_interval_is_not_narrow() -> None:
    assert not narrow_enough([], CLOSED_LOOP, 0.01)
    assert not narrow_enough([service(0.0001, 1, rounds=3), service(0.0001, 2, rounds=3)], CLOSED_LOOP, 0.01)
    without = {number: {m.GOODPUT.name: 1.0} for number in range(ROUNDS)}
    assert not narrow_enough([service(0.0001, 1), without], CLOSED_LOOP, 0.01)
