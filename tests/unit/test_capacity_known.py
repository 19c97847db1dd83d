"""Capacities that theory knows: the theory against a simulation, curves against the theory, and the study that is committed."""

import re

import numpy as np
import pytest

from tests.study.capacity import QUEUES, SEEDS, SPREADS, TARGET, Queue, found_of, late_share, latencies_s, true_capacity_per_s


@pytest.mark.parametrize("queue", [QUEUES[0], QUEUES[2], QUEUES[3]], ids=lambda queue: queue.in_words)
def test_theory_says_what_a_long_simulation_shows(queue: Queue) -> None:
    """Of the steep one late requests come by hundreds: no simulation of a second shows how many there are."""
    source, rate = np.random.default_rng(1), 0.97 * true_capacity_per_s(queue)
    came_s = np.cumsum(source.exponential(1 / rate, 2_000_000))
    late = latencies_s(queue, came_s) > queue.objective.limit_ms / 1e3
    assert float(late.mean()) == pytest.approx(late_share(queue, rate), rel=0.08)


def test_a_server_that_takes_longer_than_the_limit_keeps_it_never() -> None:
    assert late_share(QUEUES[0].slower(11.0), 1.0) == 1.0


@pytest.mark.parametrize("queue", QUEUES[1:3], ids=lambda queue: queue.in_words)
def test_curves_find_the_known_capacity(queue: Queue) -> None:
    found = found_of(queue, 0.03, 5, seed=1)
    assert abs(found.bias) < 0.03
    assert found.coverage >= 3 / 5  # 5 curves of 95% have fewer than that once in 860


def test_the_committed_study_keeps_what_is_promised() -> None:
    rows = [line.strip("| ").split(" | ") for line in TARGET.read_text(encoding="utf-8").splitlines() if " x " in line]
    assert [(row[0], row[1]) for row in rows] == [
        (queue.in_words, f"{spread:.1%}") for _ in SEEDS for queue in QUEUES for spread in SPREADS
    ]
    for row in rows:
        bias, coverage = (float(re.sub("[%+]", "", row[place])) for place in (3, 5))
        assert abs(bias) < 3.0, row
        assert coverage >= 93.0, row
