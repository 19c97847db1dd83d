"""CPU time by function: stacks of perf read, and functions named whose time changed by more than it varies."""

import os
import random

import pytest

from analysis.explain.apart import are_apart
from analysis.explain.explain import explanation
from analysis.explain.text import screen_lines
from analysis.explain.times import MOST
from analysis.regress.export.explained import explained
from loadgen.errors import Error
from loadgen.explain import sampled as module
from loadgen.explain.sampled import function_times, mean_stacks, sampled_event, stacks_in
from loadgen.record.explain import ExplainedService, FunctionTime, SideCounts

FOLDED = """worker-1;main;serve;parse::h0123456789abcdef 30
worker-2;main;serve;parse::hfedcba9876543210 30
worker-1;main;serve;write;[unknown] 40
worker-1;main 100
"""
LOOKUP = "table lookup"


def test_samples_become_microseconds_of_a_request_by_stack_whatever_the_thread_and_the_build() -> None:
    stacks = stacks_in(FOLDED, 10.0, "cpp: perf")
    assert stacks == {"main;serve;parse": 3.0, "main;serve;write;[unknown]": 2.0, "main": 5.0}
    assert function_times(stacks) == {
        "main": FunctionTime(exclusive_us=5.0, inclusive_us=10.0),
        "serve": FunctionTime(exclusive_us=0.0, inclusive_us=5.0),
        "parse": FunctionTime(exclusive_us=3.0, inclusive_us=3.0),
        "write": FunctionTime(exclusive_us=0.0, inclusive_us=2.0),
        "[unknown]": FunctionTime(exclusive_us=2.0, inclusive_us=2.0),
    }
    assert mean_stacks([stacks, {"main": 7.0}]) == ["main 6000", "main;serve;parse 1500", "main;serve;write;[unknown] 1000"]


def test_a_function_that_calls_itself_is_counted_once() -> None:
    assert function_times({"walk;walk;visit;walk": 4.0})["walk"] == FunctionTime(exclusive_us=4.0, inclusive_us=4.0)


def test_too_few_samples_are_none() -> None:
    with pytest.raises(Error, match="cpp: perf: 99 samples; expected 100 or more"):
        stacks_in("worker;main 99\n", 10.0, "cpp: perf")


@pytest.mark.parametrize(
    ("user", "level", "event"),
    [(0, "4", "cpu-clock"), (1000, "-1", "cpu-clock"), (1000, "1", "cpu-clock"), (1000, "2", "cpu-clock:u")],
)
def test_what_may_be_sampled_is_the_kernel_s_word(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, user: int, level: str, event: str
) -> None:
    allow(monkeypatch, tmp_path_factory, user, level)
    assert sampled_event() == event


def test_a_kernel_that_does_not_let_is_told_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    allow(monkeypatch, tmp_path_factory, 1000, "4")
    with pytest.raises(Error, match=r"kernel\.perf_event_paranoid is 4: expected at most 2, or root"):
        sampled_event()


def allow(monkeypatch: pytest.MonkeyPatch, folders: pytest.TempPathFactory, user: int, level: str) -> None:
    setting = folders.mktemp("kernel") / "perf_event_paranoid"
    setting.write_text(f"{level}\n")
    monkeypatch.setattr(module, "_PARANOID", setting)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(module, "check_there", lambda *_: None)
    monkeypatch.setattr(module, "inferno", lambda _: None)


@pytest.mark.parametrize(
    ("base", "head", "least", "apart"),
    [
        ([1.0, 1.1], [1.3, 1.4], 0.0, True),
        ([1.3, 1.4], [1.0, 1.1], 0.0, True),
        ([1.0, 1.1], [1.2, 1.4], 0.0, False),  # head spans more than the gap
        ([1.0, 1.1], [1.3, 1.4], 0.3, False),
        ([1.0, 1.3], [1.2, 1.5], 0.0, False),
    ],
)
def test_sides_are_apart_if_the_gap_is_wider_than_either_spans(
    base: list[float], head: list[float], least: float, apart: bool
) -> None:
    assert are_apart(base, head, least) is apart


def sides(change_us: float, seed: int = 1, functions: int = 60) -> ExplainedService:
    """A service that takes 100 us a request, sampled four times a side, 5,000 samples each; one function's time is changed."""
    source = random.Random(seed)

    def times(extra_us: float) -> dict[str, FunctionTime]:
        found = {}
        for number in range(functions):
            name = LOOKUP if number == 0 else f"function {number}"
            expected_us = 100.0 / functions + (extra_us if number == 0 else 0.0)
            spread_us = (expected_us * 100.0 / 5_000) ** 0.5  # of a count of samples, each 100 us / 5,000
            own_us = source.gauss(expected_us, spread_us)
            found[name] = FunctionTime(exclusive_us=own_us, inclusive_us=own_us)
        return found

    return ExplainedService(
        service="cpp",
        workload="n1000",
        base=SideCounts(times=[times(0.0) for _ in range(4)]),
        head=SideCounts(times=[times(change_us) for _ in range(4)]),
    )


def test_a_function_whose_time_grew_is_named_and_shown() -> None:
    page = explanation(sides(5.0))
    assert [change.name for change in page.times] == [LOOKUP]
    assert page.cpu_us is not None
    assert page.cpu_us[1] - page.cpu_us[0] == pytest.approx(5.0, abs=2.0)
    assert any(LOOKUP in line for line in screen_lines(page))
    text = explained(page)
    assert f"| <code>{LOOKUP}</code> | +" in text
    assert "CPU time of a request of <code>n1000</code>" in text


def test_honest_sides_have_few_functions_named() -> None:
    named = [explanation(sides(0.0, seed)).times for seed in range(100)]
    assert sum(map(len, named)) <= 3, "of 6,000 functions"
    assert all(len(changes) <= MOST for changes in named)
    quiet = next(explanation(sides(0.0, seed)) for seed, changes in enumerate(named) if not changes)
    assert "No function's own time changed" in explained(quiet)
    assert any("no function's time changed" in line for line in screen_lines(quiet))


def test_what_was_not_sampled_is_not_told_of() -> None:
    page = explanation(ExplainedService(service="cpp", workload="n1000"))
    assert (page.cpu_us, page.times) == (None, [])
    assert "CPU time" not in explained(page)
