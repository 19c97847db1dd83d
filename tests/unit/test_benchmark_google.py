"""Google Benchmark's JSON, read back: tests/golden/benchmarks has what three versions wrote for one program, twice repeated."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from loadgen.build.build import Order, build_order
from loadgen.config.service import Contender, read_service
from loadgen.errors import Error
from loadgen.microbench.adapters.google import read_google_benchmark, warnings_in
from loadgen.microbench.bench import NoBenchmarkError, benches_of
from loadgen.microbench.run import run_programs
from loadgen.record.benchmark import Timing
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "benchmarks"
VERSIONS = ("1.7.1", "1.8.3", "1.9.5")


def entry(**more: object) -> dict[str, object]:
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
    return one | more


def report(*entries: dict[str, object]) -> str:
    return json.dumps({"context": {}, "benchmarks": entries})


def test_real_and_cpu_time_are_in_nanoseconds_whatever_the_unit() -> None:
    (timing,) = read_google_benchmark(report(entry())).timings
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
    for unit, scale in (("ns", 1.0), ("ms", 1e6), ("s", 1e9)):
        (timing,) = read_google_benchmark(report(entry(time_unit=unit))).timings
        assert timing.time_ns == 1.5 * scale


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_keeps_names_as_they_are(version: str) -> None:
    results = read_google_benchmark((GOLDEN / f"google-{version}.json").read_text())
    assert {timing.name: timing.repetitions for timing in results.timings} == {
        "BM_Arg/8/real_time/threads:2": 2,
        "BM_NaN": 2,
        "BM_Reserved": 2,
        "BM_Repeats/repeats:2": 2,
        'tab\tand "quote" \\ \x01 µ': 2,
        "BM_Aggregates/repeats:5": 5,
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_names_what_was_not_timed(version: str) -> None:
    results = read_google_benchmark((GOLDEN / f"google-{version}.json").read_text())
    zero = {"BM_ManualZero/iterations:10/manual_time": "its time is 0 ns"}
    assert results.failed == {"BM_Error": 'no file "x"'}
    assert results.skipped == (zero if version == "1.7.1" else zero | {"BM_Skip": "needs AVX2"})


@pytest.mark.parametrize("version", VERSIONS)
def test_counters_that_are_no_numbers_are_left_out(version: str) -> None:
    results = read_google_benchmark((GOLDEN / f"google-{version}.json").read_text())
    (timing,) = (timing for timing in results.timings if timing.name == "BM_NaN")
    assert timing.counters == {"good": 3.0}
    assert sorted(results.warnings) == ["BM_NaN: counter 'bad' is nan", "BM_NaN: counter 'endless' is inf"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_counter_named_like_a_key_of_the_format_replaces_nothing(version: str) -> None:
    text = (GOLDEN / f"google-{version}.json").read_text()
    assert '"real_time": 7.7' in text
    (timing,) = (timing for timing in read_google_benchmark(text).timings if timing.name == "BM_Reserved")
    assert timing.time_ns < 10
    assert timing.iterations > 1000


def test_aggregates_beside_repetitions_are_passed_over() -> None:
    aggregates = [entry(run_type="aggregate", aggregate_name=name) for name in ("mean", "median", "stddev", "cv")]
    fitted = {
        "run_name": "json_decode",
        "run_type": "aggregate",
        "aggregate_name": "BigO",
        "cpu_coefficient": 1.0,
        "big_o": "N",
    }
    results = read_google_benchmark(report(entry(), *aggregates, fitted, fitted | {"aggregate_name": "RMS", "rms": 0.1}))
    assert [timing.name for timing in results.timings] == ["json_decode/served/article"]


def test_two_benchmarks_registered_under_one_name_are_refused() -> None:
    repetitions = [entry(repetitions=2, repetition_index=index, family_index=family) for family in (0, 1) for index in (0, 1)]
    with pytest.raises(Error, match="'json_decode/served/article': 4 results for 2 repetitions: two benchmarks"):
        read_google_benchmark(report(*repetitions))


def test_a_benchmark_skipped_in_one_repetition_is_skipped() -> None:
    ran = entry(repetitions=2)
    skipped = entry(repetitions=2, repetition_index=1, skipped=True, skip_message="not now", real_time=0.0, cpu_time=0.0)
    results = read_google_benchmark(report(ran, skipped))
    assert (results.timings, results.skipped) == ([], {"json_decode/served/article": "not now"})


def test_no_output_as_of_a_filter_that_selects_nothing_is_no_benchmark() -> None:
    assert read_google_benchmark("").names == []


@pytest.mark.parametrize(
    "text",
    [
        report(entry())[:-20],
        "Benchmark  Time",
        "[]",
        "{}",
        report({"name": "a"}),
        report(entry(time_unit="weeks")),
        report(entry(real_time=None)),
    ],
)
def test_what_is_not_this_format_is_said_in_a_line(text: str) -> None:
    with pytest.raises(Error, match="the program's output is not Google Benchmark's JSON: "):
        read_google_benchmark(text)


def test_warnings_are_kept() -> None:
    text = "***WARNING*** CPU scaling is enabled, the benchmark real time measurements may be noisy.\nBenchmark  Time\n"
    assert warnings_in(text) == ["CPU scaling is enabled, the benchmark real time measurements may be noisy."]


PROGRAM = """
#include <benchmark/benchmark.h>
#include <limits>
static void time_it(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(state.iterations());
  state.counters["bad"] = std::numeric_limits<double>::quiet_NaN();
}
static void fail_it(benchmark::State& state) {
  state.SkipWithError("no file");
  for (auto _ : state) {}
}
BENCHMARK(time_it)->Arg(10)->Arg(1000);
BENCHMARK(fail_it);
BENCHMARK_MAIN();
"""


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")
def test_the_installed_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "program.cpp").write_text(PROGRAM)
    build = ["g++", "-std=c++17", "program.cpp", "-o", "program", "-lbenchmark", "-lpthread"]
    subprocess.run(build, cwd=tmp_path, check=True, timeout=PATIENCE_S)
    flags = ["--benchmark_min_time=0.001", "--benchmark_repetitions=3", "--benchmark_out=out.json"]
    subprocess.run(["./program", *flags], cwd=tmp_path, check=True, capture_output=True, timeout=PATIENCE_S)
    results = read_google_benchmark((tmp_path / "out.json").read_text())
    assert [(timing.name, timing.repetitions) for timing in results.timings] == [("time_it/10", 3), ("time_it/1000", 3)]
    assert results.failed == {"fail_it": "no file"}
    assert results.warnings == ["time_it/10: counter 'bad' is nan", "time_it/1000: counter 'bad' is nan"]


@pytest.mark.parametrize(
    ("printing", "last_words"),
    [("print('{' + '0' * 999)", r"\{0{199}…$"), ("print('no such flag')", "no such flag$"), ("", "it printed nothing$")],
)
def test_a_program_that_leaves_no_file_is_named_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printing: str, last_words: str
) -> None:
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path))
    (bench, *_) = benches_of([Contender(service=read_service(ROOT / "tests" / "stub"), label="stub")], variants=False)
    (tmp_path / "service").mkdir()
    program = tmp_path / "service" / "bench.py"
    program.write_text(f"#!{sys.executable}\n{printing}\n")
    program.chmod(0o755)
    built = build_order(Order("bench", tmp_path / "service", bench.plan.build))
    said = r"stub: microbenchmarks: bench\.py left no file by --benchmark_out=out\.json; expected Google Benchmark's JSON .*: "
    with pytest.raises(Error, match=said + last_words) as refused:
        run_programs(replace(bench, built=built), 0.001, tmp_path / "cases.json", [])
    assert not isinstance(refused.value, NoBenchmarkError)
