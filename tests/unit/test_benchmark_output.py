"""Results of benchmark programs, whichever tool they use."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadgen.errors import Error
from loadgen.microbench.output import Repetition, Results, faults_in, merged, split_name, summarised
from loadgen.record.benchmark import benchmark_name


def results(*repetitions: Repetition, expected: int | None = None) -> Results:
    return summarised({"a": repetitions}, {"a": len(repetitions) if expected is None else expected})


def test_of_repetitions_the_median_counts() -> None:
    (timing,) = results(Repetition(10, 1.5, 1.4), Repetition(10, 9.0, 8.0), Repetition(10, 2.0, 1.9)).timings
    assert (timing.name, timing.time_ns, timing.cpu_ns, timing.repetitions) == ("a", 2.0, 1.9, 3)


def test_two_benchmarks_of_one_name_are_refused_by_name() -> None:
    with pytest.raises(Error, match="benchmark 'a': 2 results for 1 repetition: two benchmarks have this name"):
        results(Repetition(1, 1.0), Repetition(1, 2.0), expected=1)


def test_a_result_that_was_lost_is_named_and_the_rest_is_no_value() -> None:
    found = results(Repetition(1, 1.0), Repetition(1, 2.0), expected=3)
    assert (found.timings, found.skipped) == ([], {"a": "2 results for 3 repetitions"})


@pytest.mark.parametrize("time_ns", [0.0, -1.0, math.nan, math.inf, -math.inf])
def test_a_time_that_is_no_positive_number_is_named_and_no_value(time_ns: float) -> None:
    found = results(Repetition(1, 1.0), Repetition(1, time_ns))
    assert (found.timings, found.skipped) == ([], {"a": f"its time is {time_ns:g} ns"})


def test_a_counter_that_is_no_number_is_left_out_with_a_warning() -> None:
    found = results(Repetition(1, 1.0, counters={"good": 1.0, "bad": math.nan}))
    assert found.timings[0].counters == {"good": 1.0}
    assert found.warnings == ["a: counter 'bad' is nan"]


def test_two_programs_with_one_benchmark_name_are_refused_by_name() -> None:
    one = results(Repetition(1, 1.0))
    with pytest.raises(Error, match=r"benchmark 'a': in one\.test and in two\.test; expected a name for each"):
        merged({"one.test": one, "two.test": one})
    with pytest.raises(Error, match="'b': in one and in two"):
        merged({"one": Results(skipped={"b": "no"}), "two": Results(failed={"b": "no"})})


def test_a_name_of_the_form_scenario_contender_case_is_parted() -> None:
    assert split_name("json_decode/served/article") == ("json_decode", "served", "article")


@pytest.mark.parametrize("name", ["prime_loop", "prime_loop/served", "a/b/c/d", "a//c", "//c", "", "/", "BM_Foo/8/threads:2/x"])
def test_a_name_of_another_form_is_a_case_by_itself(name: str) -> None:
    assert split_name(name) == ("", "", name)


@given(st.text("ab/", max_size=8) | st.text())
def test_parting_a_name_loses_nothing(name: str) -> None:
    assert benchmark_name(*split_name(name)) == name


def test_a_failed_program_is_quoted_by_the_lines_that_tell_why() -> None:
    printed = "goos: linux\n    prime_test.go:9: Find(10) = 31\n--- FAIL: BenchmarkPrimeLoop/served/n=10\nexit status 1\n"
    assert faults_in(printed) == ["prime_test.go:9: Find(10) = 31", "--- FAIL: BenchmarkPrimeLoop/served/n=10"]
    assert faults_in("one\n\ntwo\n") == ["one", "two"]
