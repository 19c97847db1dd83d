"""Memory over time."""

import pytest

from analysis.trial.memory import memory_timeline
from loadgen.record.trial import Sample
from loadgen.system.memory_reading import MemoryReading
from tests.unit.records import TRIAL


def reading(rss_bytes: int) -> MemoryReading:
    return MemoryReading(rss_bytes=rss_bytes, pss_bytes=None, anonymous_bytes=None, peak_rss_bytes=rss_bytes)


def sampled(*rss_bytes: int) -> list[Sample]:
    return [
        Sample(at_s=0.01 + place, server_cpu_s=0.0, generator_cpu_s=0.0, server_rss_bytes=value)
        for place, value in enumerate(rss_bytes)
    ]


def test_between_two_samples_the_earlier_one_counts() -> None:
    low = TRIAL.replace(samples=sampled(10, 10, 50), idle=reading(8), after=reading(40))
    high = low.replace(samples=sampled(20, 20, 90), idle=reading(9), after=reading(60))
    course = memory_timeline([low, low, high])
    assert course is not None
    assert (course.at_s[0], course.at_s[-1]) == (0.0, TRIAL.window_to_s)
    before = [value for at_s, value in zip(course.at_s, course.rss_bytes, strict=True) if at_s < 2]
    assert set(before) == {10.0}
    assert (course.rss_bytes[-1], course.low_bytes[-1], course.high_bytes[-1]) == (50, 50, 90)
    assert (course.idle_bytes, course.after_bytes) == (8, 40)


@pytest.mark.parametrize("missing", ["idle", "after"])
def test_a_trial_without_a_reading_has_no_part_in_it(missing: str) -> None:
    whole = TRIAL.replace(samples=sampled(10), idle=reading(8), after=reading(40))
    assert memory_timeline([whole.model_copy(update={missing: None})]) is None
    assert memory_timeline([whole.replace(samples=[])]) is None
    assert memory_timeline([]) is None
