"""The verdict of the soak on memory, with leaks of known size: they are found, and what is no leak is not."""

import json
import random
from pathlib import Path

import pytest

from tests.soak.memory import Course, course, growth, growth_limit, judged

ROOT = Path(__file__).parents[2]
SECONDS = [float(second) for second in range(600)]
CONNECTIONS_PER_MINUTE = 5_000.0
LIMIT = growth_limit(CONNECTIONS_PER_MINUTE)
START = 1_000_000.0


def noisy(leak_per_minute: float) -> list[float]:
    """A server that takes a page now and then, warms up for a minute, and leaks."""
    draw = random.Random(1)
    return [START + 4_096 * draw.randint(0, 20) + 500_000 * min(s / 60, 1) + leak_per_minute * s / 60 for s in SECONDS]


def of(readings: list[float], after: float | None = None) -> Course:
    return course(START, SECONDS, readings, [readings[-1] if after is None else after])


def test_a_slope_is_what_was_planted() -> None:
    slope = growth(SECONDS, [START + 1_000 * second / 60 for second in SECONDS])
    assert slope.slope == pytest.approx(1_000)
    assert slope.low == pytest.approx(slope.high)


def test_the_interval_holds_the_slope_that_was_planted() -> None:
    slope = of(noisy(50_000.0)).slope_bytes_per_minute
    assert slope.low < 50_000 < slope.high


@pytest.mark.parametrize("bytes_per_connection", [32, 64, 1_000])
def test_a_leak_for_each_connection_is_found(bytes_per_connection: float) -> None:
    assert of(noisy(CONNECTIONS_PER_MINUTE * bytes_per_connection)).grows(LIMIT)


def test_a_server_that_warms_up_and_stays_there_does_not_grow() -> None:
    steady = of(noisy(0.0))
    assert not steady.grows(LIMIT)
    assert not steady.stays_up(100_000)


def test_memory_that_is_not_given_back_is_found() -> None:
    assert of(noisy(0.0), after=2 * START).stays_up(100_000)


def test_the_warm_up_is_a_fifth() -> None:
    assert judged(SECONDS) == 120


def test_too_few_readings_for_a_slope_are_an_error() -> None:
    with pytest.raises(ValueError, match="at least 30 s"):
        growth(SECONDS[:20], noisy(0.0)[:20])


def test_the_documentation_tells_the_committed_result() -> None:
    page = (ROOT / "docs" / "explanation" / "robustness.md").read_text(encoding="utf-8")
    result = json.loads((ROOT / "results" / "soak" / "cpp.json").read_text(encoding="utf-8"))
    counts, descriptors, memory = result["counts"], result["descriptors"], result["memory"]["anonymous"]
    slope, connections = memory["slope_bytes_per_minute"], sum(counts["connections"].values())
    limit = growth_limit(connections / result["duration_s"] * 60)
    assert (result["verdict"], result["dirty"]) == ("passed", False)
    for told in (
        f"{connections:,} connections and {sum(counts['right_answers'].values()):,} responses",
        f"{descriptors['peak']} descriptors at most, {descriptors['before']} before and {descriptors['after']} after",
        f"{memory['warm_bytes'] / 1e6:.2f} MB after the warm-up and {memory['after_bytes'] / 1e6:.2f} MB at the end",
        f"{slope['slope'] / 1e3:.0f} kB [{slope['low'] / 1e3:.0f}, {slope['high'] / 1e3:.0f}] a",
        f"by {limit / 1e3:.0f} kB",
    ):
        assert told in page
