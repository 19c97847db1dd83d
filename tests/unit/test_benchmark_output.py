"""What benchmark tools print, read back."""

import json
from pathlib import Path

import pytest

from loadgen.benchmark_output import faults_in, read_criterion, read_go, read_google_benchmark, split_name, warnings_in
from loadgen.record import Timing
from loadgen.trouble import Trouble


def google(**more: object) -> str:
    one = {
        "name": "json_decode/served/article",
        "run_name": "json_decode/served/article",
        "run_type": "iteration",
        "repetitions": 1,
        "repetition_index": 0,
        "threads": 1,
        "iterations": 1000,
        "real_time": 1.5,
        "cpu_time": 1.4,
        "time_unit": "us",
        "allocations": 2.0,
    }
    return json.dumps({"context": {}, "benchmarks": [one | more]})


def test_google_benchmark_gives_real_and_cpu_time_in_nanoseconds_and_its_counters() -> None:
    (timing,) = read_google_benchmark(google())
    assert timing == Timing(
        scenario="json_decode",
        contender="served",
        case="article",
        iterations=1000,
        repetitions=1,
        time_ns=1500.0,
        counters={"allocations": 2.0},
        cpu_ns=1400.0,
    )


def test_of_repetitions_the_median_counts() -> None:
    one, two, three = (json.loads(google(real_time=value))["benchmarks"][0] for value in (1.5, 9.0, 2.0))
    (timing,) = read_google_benchmark(json.dumps({"benchmarks": [one, two, three]}))
    assert (timing.time_ns, timing.cpu_ns, timing.repetitions) == (2000.0, 1400.0, 3)
    (timing,) = read_go("".join(f"BenchmarkA/b/c \t 10\t {value} ns/op\n" for value in (1.5, 9.0, 2.0)))
    assert (timing.time_ns, timing.repetitions) == (2.0, 3)


def test_google_benchmarks_aggregates_are_passed_over() -> None:
    assert read_google_benchmark(google(run_type="aggregate", aggregate_name="median")) == []


def test_a_google_benchmark_that_failed_is_an_error_by_name() -> None:
    with pytest.raises(Trouble, match="json_decode/served/article: it broke"):
        read_google_benchmark(google(error_occurred=True, error_message="it broke"))


GO = """goos: linux
goarch: amd64
pkg: primebench/peers/fiber/internal/calculate
cpu: some processor
BenchmarkJSONDecode/served/article-2         \t 1204711\t       981.5 ns/op\t     312 B/op\t       6 allocs/op
BenchmarkPrimeLoop/published/n=10000     \t      74\t  16009134 ns/op
PASS
"""


def test_go_names_become_scenario_contender_case() -> None:
    decode, loop = read_go(GO)
    assert (decode.scenario, decode.contender, decode.case) == ("json_decode", "served", "article")
    assert (decode.iterations, decode.time_ns) == (1204711, 981.5)
    assert decode.counters == {"allocated_bytes": 312.0, "allocations": 6.0}
    assert (loop.scenario, loop.contender, loop.case) == ("prime_loop", "published", "n=10000")
    assert loop.counters == {}


def test_criterion_gives_the_median_of_its_samples(tmp_path: Path) -> None:
    folder = tmp_path / "prime_loop" / "served" / "n=10" / "new"
    folder.mkdir(parents=True)
    (folder / "benchmark.json").write_text(json.dumps({"full_id": "prime_loop/served/n=10"}))
    (folder / "estimates.json").write_text(json.dumps({"median": {"point_estimate": 61.25}, "mean": {"point_estimate": 99.0}}))
    (folder / "sample.json").write_text(json.dumps({"iters": [1.0, 2.0, 3.0], "times": [60.0, 122.0, 184.0]}))
    (timing,) = read_criterion(tmp_path)
    assert timing == Timing(
        scenario="prime_loop", contender="served", case="n=10", iterations=6, repetitions=3, time_ns=61.25, counters={}
    )


@pytest.mark.parametrize("name", ["prime_loop", "prime_loop/served", "a/b/c/d", "a//c"])
def test_a_benchmark_without_scenario_contender_and_case_is_refused(name: str) -> None:
    with pytest.raises(Trouble, match="scenario/contender/case"):
        split_name(name)


def test_google_benchmarks_warnings_are_kept() -> None:
    text = "***WARNING*** CPU scaling is enabled, the benchmark real time measurements may be noisy.\nBenchmark  Time\n"
    assert warnings_in(text) == ["CPU scaling is enabled, the benchmark real time measurements may be noisy."]


def test_a_failed_program_is_quoted_by_the_lines_that_tell_why() -> None:
    said = "goos: linux\n--- FAIL: BenchmarkPrimeLoop/served/n=10\n    prime_test.go:9: Find(10) = 31, want 29\nexit status 1\n"
    assert faults_in(said) == ["--- FAIL: BenchmarkPrimeLoop/served/n=10", "prime_test.go:9: Find(10) = 31, want 29"]
    assert faults_in("one\n\ntwo\n") == ["one", "two"]


def test_a_program_without_such_a_benchmark_is_trouble() -> None:
    with pytest.raises(Trouble, match="no benchmark in the program's output"):
        read_google_benchmark("")
