"""Go's benchmark text, read back: tests/golden/benchmarks has what one test program printed (Go 1.26, `-test.count=2`)."""

import shutil
import subprocess
from pathlib import Path

import pytest

from loadgen.config.migrate import GO_SCENARIOS
from loadgen.errors import Error
from loadgen.microbench.adapters.go import benchmark_of, pattern_of, read_go
from loadgen.microbench.output import Results
from tests.patience import PATIENCE_S

SCENARIOS = GO_SCENARIOS
GOLDEN = Path(__file__).parents[1] / "golden" / "benchmarks"
TIMED = [
    "SHA256",
    "SHA512",
    "Size/size-10",
    "Size/size-1000",
    "Logs",
    "Prints",
    "Group/with_space",
    "Group/same",
    "Group/same#01",
    "Metrics",
    "Benchmark",
    "Fails",
]


def golden(name: str, procs: int) -> Results:
    return read_go((GOLDEN / name).read_text(encoding="utf-8"), procs, 2, scenarios=SCENARIOS)


@pytest.mark.parametrize(
    ("name", "procs"), [("go-1.26.txt", 1), ("go-1.26-two-processors.txt", 2), ("go-1.26-not-verbose.txt", 1)]
)
def test_every_result_is_read_under_its_own_name_whatever_the_benchmark_prints(name: str, procs: int) -> None:
    results = golden(name, procs)
    assert [timing.name for timing in results.timings] == TIMED
    assert {timing.repetitions for timing in results.timings} == {2}


def test_what_was_skipped_or_has_no_time_is_named() -> None:
    assert golden("go-1.26.txt", 1).skipped == {
        "Skips": "needs a database",
        "Group/skip": "no reason given",
        "SkipsLater": "its time is nan ns",
        "NaNTime": "its time is nan ns",
        "NoTime": "it reports no ns/op",
    }


def test_metrics_of_the_benchmarks_own_are_counters() -> None:
    results = golden("go-1.26.txt", 1)
    (timing,) = (timing for timing in results.timings if timing.name == "Metrics")
    assert timing.counters == {
        "MB/s": 4694.22,
        "big/op": 12345678901234.0,
        "small/op": 1.2e-05,
        "allocated_bytes": 0.0,
        "allocations": 0.0,
    }
    assert results.warnings == ["Metrics: counter 'inf/op' is inf", "Metrics: counter 'nan/op' is nan"]


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("BenchmarkPrimeLoop/served/n=10", "prime_loop/served/n=10"),
        ("BenchmarkJSONDecode/served/article", "json_decode/served/article"),
        ("BenchmarkJSONEncode/goccy/article", "json_encode/goccy/article"),
        ("BenchmarkRequestPath/served/n=1", "request_path/served/n=1"),
        ("BenchmarkPrimeLoop", "PrimeLoop"),
        ("BenchmarkPrimeLoop/served", "PrimeLoop/served"),
        ("BenchmarkOrderList/served/ten", "OrderList/served/ten"),
        ("BenchmarkSHA256", "SHA256"),
        ("Benchmark_snake", "_snake"),
        ("BenchmarkX//a", "X//a"),
        ("Benchmark", "Benchmark"),
    ],
)
def test_names_stay_as_they_are_but_for_the_scenarios_with_tables(printed: str, name: str) -> None:
    assert benchmark_of(printed, SCENARIOS) == name
    assert pattern_of(name, SCENARIOS).replace("^", "").replace("$", "") == printed


def test_a_benchmark_is_selected_by_its_whole_name_whatever_it_has_in_it() -> None:
    assert pattern_of("prime_loop/served/n=1", SCENARIOS) == "^BenchmarkPrimeLoop$/^served$/^n=1$"
    assert pattern_of("Sum/a.b[c]/x", {}) == r"^BenchmarkSum$/^a\.b\[c\]$/^x$"


def result(name: str, *, value: str = "5.0", iterations: str = "100") -> str:
    return f"{name} \t {iterations}\t {value} ns/op\n"


@pytest.mark.parametrize(
    ("name", "procs", "expected"),
    [
        ("BenchmarkA/size-10", 1, "A/size-10"),
        ("BenchmarkA/size-1000", 1, "A/size-1000"),
        ("BenchmarkA/size-10-2", 2, "A/size-10"),
        ("BenchmarkA/size-2-2", 2, "A/size-2"),
        ("BenchmarkA-16", 16, "A"),
        ("BenchmarkA-1", 1, "A-1"),
    ],
)
def test_only_the_number_of_processors_that_was_asked_for_is_taken_off(name: str, procs: int, expected: str) -> None:
    assert read_go(result(name), procs, 1, scenarios=SCENARIOS).names == [expected]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_lines_of_the_format_that_are_no_results_are_passed_over(line_end: str) -> None:
    lines = [
        "goos: linux",
        "pkg: example.org/a",
        "Unit ns/op better=lower",
        "note: BenchmarkX  100  5 ns/op",
        "BenchmarkA  100  5 ns/op  1e+09 big/op",
        "    a_test.go:7: BenchmarkQuoted  100  5 ns/op",
        "--- BENCH: BenchmarkA",
        "PASS",
        "ok  \texample.org/a\t1.2s",
        "testing: warning: no tests to run",
        "",
    ]
    (timing,) = read_go(line_end.join(lines), 1, 1).timings
    assert (timing.name, timing.time_ns, timing.counters) == ("A", 5.0, {"big/op": 1e9})


@pytest.mark.parametrize("character", ["\x1c", "\x0b", "\x85", "\u2028"])
def test_a_character_that_ends_lines_elsewhere_ends_none_here(character: str) -> None:
    assert read_go(f"note: one {character}{result('BenchmarkA')}", 1, 1).names == []


def test_a_result_that_was_lost_is_named() -> None:
    began = "BenchmarkA\nBenchmarkGroup\nBenchmarkGroup/a\n"
    results = read_go(began + result("BenchmarkGroup/a"), 1, 1)
    assert [timing.name for timing in results.timings] == ["Group/a"]
    assert results.skipped == {"A": "no result of it in the program's output"}


def test_a_benchmark_that_only_leads_to_those_that_were_selected_lost_no_result() -> None:
    printed = "BenchmarkA\nBenchmarkB\n    b_test.go:7: no database\n--- SKIP: BenchmarkB\nBenchmarkC\nBenchmarkC/served\n"
    results = read_go(printed + "BenchmarkC/served/x\n" + result("BenchmarkC/served/x"), 1, 1, "/served/")
    assert results.names == ["C/served/x"]
    assert read_go(printed, 1, 1, "/served/").names == []


def test_more_results_than_repetitions_are_refused() -> None:
    with pytest.raises(Error, match="benchmark 'A': 3 results for 2 repetitions"):
        read_go(3 * result("BenchmarkA"), 1, 2)


PROGRAM = """package odd
import ("fmt"; "testing")
func work(b *testing.B) { for i := 0; i < b.N; i++ { _ = fmt.Sprint(i) } }
func BenchmarkSHA256(b *testing.B) { work(b) }
func BenchmarkSHA512(b *testing.B) { fmt.Print("started"); b.Log("logged"); work(b) }
func BenchmarkSize(b *testing.B) { for _, n := range []int{10, 1000} { b.Run(fmt.Sprintf("size-%d", n), work) } }
func BenchmarkSkipped(b *testing.B) { b.Skip("not here") }
"""


@pytest.mark.skipif(shutil.which("go") is None, reason="needs go")
@pytest.mark.parametrize("procs", [1, 2])
def test_the_installed_version_is_read(tmp_path: Path, procs: int) -> None:
    (tmp_path / "go.mod").write_text("module example.org/odd\n\ngo 1.21\n")
    (tmp_path / "odd_test.go").write_text(PROGRAM)
    subprocess.run(["go", "test", "-c", "-o", "odd.test", "."], cwd=tmp_path, check=True, timeout=PATIENCE_S)
    flags = ["-test.run=^$", "-test.bench=.", "-test.benchtime=1ms", "-test.count=2", f"-test.cpu={procs}", "-test.v"]
    done = subprocess.run(["./odd.test", *flags], cwd=tmp_path, check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    results = read_go(done.stdout, procs, 2, scenarios=SCENARIOS)
    assert [timing.name for timing in results.timings] == ["SHA256", "SHA512", "Size/size-10", "Size/size-1000"]
    assert results.skipped == {"Skipped": "not here"}
