"""What a trial's rows and samples say of its course, from trials whose course is known."""

import numpy as np
import pytest

from analysis.trial import timeline
from analysis.trial.rows import Rows
from loadgen.record.trial import Sample
from tests.unit.records import TRIAL

FROM_S, TO_S = 1.0, 11.0


def rows(ends: np.ndarray) -> Rows:
    return Rows(ends - 0.01, ends, np.full(ends.size, 200, dtype=np.int16), np.full(ends.size, 50, dtype=np.int32))


def evenly(per_s: float, from_s: float = FROM_S, to_s: float = TO_S) -> np.ndarray:
    return np.arange(from_s, to_s, 1 / per_s)


def samples(rss_bytes: float = 2e6, growth_per_s: float = 0.0, cpu_share: float = 1.0) -> list[Sample]:
    return [
        Sample(
            at_s=float(at_s),
            server_cpu_s=float(at_s) * cpu_share,
            generator_cpu_s=0.0,
            server_rss_bytes=int(rss_bytes + growth_per_s * at_s),
        )
        for at_s in np.arange(FROM_S, TO_S + 0.1, 0.2)
    ]


def of(ends: np.ndarray, seen: list[Sample] | None = None) -> dict[str, float]:
    return timeline.timeline_of(TRIAL.replace(samples=seen or samples()), rows(ends))


def test_an_even_trial_has_no_stall_no_trend_and_no_growth() -> None:
    found = of(evenly(200))
    assert found[timeline.LONGEST_GAP] == pytest.approx(1 / 200, rel=0.01)
    assert found[timeline.STALLED_SHARE] == 0
    assert found[timeline.LATE_GOODPUT] == pytest.approx(1, abs=0.01)
    assert found[timeline.LATE_CPU] == pytest.approx(1, abs=0.01)
    assert found[timeline.MEMORY_GROWTH] == 0


def test_a_gap_is_a_stall_from_ten_times_the_usual_on_but_never_below_a_tenth_of_a_second() -> None:
    assert timeline.stall_from_s(0.05) == pytest.approx(0.5)
    assert timeline.stall_from_s(1e-5) == pytest.approx(0.1)


def test_stalls_are_found_with_their_share_of_the_window() -> None:
    ends = evenly(200)
    stalled = ends[(np.mod(ends, 3.0) > 0.4)]
    found = of(stalled)
    assert found[timeline.LONGEST_GAP] == pytest.approx(0.4, abs=0.01)
    assert found[timeline.STALLED_SHARE] == pytest.approx(3 * 0.4 / 10, abs=0.02)


def test_a_stall_that_outlasts_the_window_is_seen() -> None:
    assert of(evenly(200, to_s=9.0))[timeline.STALLED_SHARE] == pytest.approx(0.2, abs=0.01)


def test_a_slower_second_half_shows_in_goodput_and_in_cpu_per_request() -> None:
    found = of(np.concatenate([evenly(200, FROM_S, 6.0), evenly(150, 6.0, TO_S)]))
    assert found[timeline.LATE_GOODPUT] == pytest.approx(0.75, rel=0.01)
    assert found[timeline.LATE_CPU] == pytest.approx(1 / 0.75, rel=0.02)


def test_memory_growth_is_that_of_the_second_half_by_its_requests() -> None:
    found = of(evenly(200), samples(growth_per_s=10e6))
    assert found[timeline.MEMORY_GROWTH] == pytest.approx(50e6, rel=0.05)
    assert found[timeline.MEMORY_GROWTH_PER_REQUEST] == pytest.approx(50_000, rel=0.05)


def test_a_trial_without_answers_says_nothing() -> None:
    assert timeline.LONGEST_GAP not in of(np.array([]))


def test_a_window_that_is_too_short_to_settle_in_says_nothing_of_growth() -> None:
    short = TRIAL.replace(window_to_s=FROM_S + 1.8, samples=samples(growth_per_s=1e6))
    assert timeline.MEMORY_GROWTH not in timeline.timeline_of(short, rows(evenly(200)))
