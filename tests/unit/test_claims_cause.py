"""Published causes put to the test: every verdict of every kind of test."""

import pytest

from analysis.audit.audit import audit_rest, logs_asked_for
from analysis.audit.cause import Evidence
from analysis.audit.gctrace import TracedTrial
from analysis.model import metric as m
from analysis.model.audit import CauseResult
from analysis.model.comparison import Comparison
from analysis.model.figure_of import refused
from analysis.model.flag import Flag
from analysis.model.microbench import BenchmarkResult, BenchResult
from analysis.model.summary import ContenderResult
from loadgen.task.prime.task import TASK
from loadgen.task.work import Disassembly
from tests.unit.asked import SCALE
from tests.unit.claimed import contender, figure, published, workload
from tests.unit.comparisons import comparison
from tests.unit.records import RUN

VARIANT: dict[str, object] = {
    "kind": "variant",
    "variant": "fiber:gogc-off",
    "over": "fiber",
    "workload": "article",
    "metric": "latency_p99_ms",
    "expect": "lower",
}
GCTRACE: dict[str, object] = {"kind": "gctrace", "contender": "fiber:gctrace", "workload": "article"}
VECTOR: dict[str, object] = {"kind": "disassembly", "contender": "actix", "function": "prime"}
LADDER: dict[str, object] = {"kind": "ladder", "contender": "actix", "scalar": "cpp/hoisted", "simd": "cpp/tuned"}
BYTES: dict[str, object] = {"kind": "bytes", "larger": "fiber", "smaller": "actix", "workload": "article"}


def audited(
    kind: dict[str, object],
    *comparisons: Comparison,
    contenders: tuple[ContenderResult, ...] = (),
    evidence: Evidence | None = None,
) -> CauseResult:
    one = published(causes=[{"id": "c", "statement": "s", "test": "t", **kind}])
    measured = workload(*contenders, comparisons=comparisons)
    (result,) = audit_rest([one], RUN, [measured], [], evidence or Evidence(), SCALE).causes
    return result


def p99(ratio: float, p_value: float = 1e-9, effect: float | None = None) -> Comparison:
    return comparison("fiber", "fiber:gogc-off", metric=m.LATENCY_P99, ratio=1 / ratio, p_value=p_value, effect=effect)


def test_a_variant_that_does_as_expected_bears_the_cause_out() -> None:
    result = audited(VARIANT, p99(0.8))
    assert (result.verdict, result.command) == ("reproduced", None)
    assert result.measured == pytest.approx(0.8)
    assert result.evidence.startswith(
        "latency P99 of fiber:gogc-off over fiber, article: 0.800 [0.794, 0.806], lower; expected lower"
    )


def test_a_variant_that_does_the_contrary_does_not() -> None:
    assert audited(VARIANT, p99(1.2)).verdict == "not reproduced here"


def test_a_tie_does_not_either_and_says_what_would_have_been_seen() -> None:
    result = audited(VARIANT, p99(1.001, p_value=0.8, effect=0.011))
    assert result.verdict == "not reproduced here"
    assert result.evidence.endswith("a tie: a difference of 1.4% or more would most likely have been seen")


def test_a_variant_that_the_run_does_not_have_names_the_command() -> None:
    result = audited(VARIANT)
    assert (result.verdict, result.measured) == ("not measured", None)
    assert result.command == "primebench run --profile audit --service fiber:gogc-off,fiber --workload article"


def test_a_comparison_that_cannot_be_told_is_not_measured() -> None:
    one = p99(0.8).replace(verdict="cannot tell", reason="3 rounds; an interval needs 5")
    assert audited(VARIANT, one).evidence == "3 rounds; an interval needs 5 (article)"


@pytest.mark.parametrize(("cpu_us", "expected"), [(12_000.0, "reproduced"), (5_000.0, "not measured")])
def test_a_statement_on_long_requests_is_tested_by_long_requests_alone(cpu_us: float, expected: str) -> None:
    result = audited({**VARIANT, "least_cpu_ms": 10}, p99(0.8), contenders=(contender("fiber", cpu_us=cpu_us),))
    assert result.verdict == expected
    if expected == "not measured":
        assert "a request takes 5.00 ms of CPU here, and the statement is about 10 ms or more" in result.evidence
        assert result.command is None, "the same load would take as long again"


@pytest.mark.parametrize(("raised", "expected"), [("leak", "reproduced"), ("noisy", "not reproduced here")])
def test_a_leak_is_more_memory_and_the_flag(raised: str, expected: str) -> None:
    flag = Flag(check=raised, evidence="grew by 9 MB", threshold="", remedy="", fatal=False, trials=[0])
    kind = {**VARIANT, "variant": "fiber:leak", "metric": "rss_loaded_bytes", "expect": "higher", "flag": "leak"}
    compared = comparison("fiber:leak", "fiber", metric=m.RSS_LOADED, ratio=2.0, p_value=1e-9)
    result = audited(kind, compared, contenders=(contender("fiber:leak", flags=[flag]), contender("fiber")))
    assert result.verdict == expected
    assert ("grew by 9 MB" in result.evidence) == (raised == "leak")


def traced(pause_ms: float, p50_ms: float = 1.0, p99_ms: float = 4.0) -> TracedTrial:
    began_s = [0.5, *(1.05 + 0.1 * step for step in range(40))]
    lines = [f"gc {number} @{at_s:.2f}s 1%: {pause_ms}+1+0 ms clock, ..." for number, at_s in enumerate(began_s, 1)]
    return TracedTrial("\n".join(lines), from_s=1.0, to_s=5.0, p50_ms=p50_ms, p99_ms=p99_ms)


@pytest.mark.parametrize(("pause_ms", "expected"), [(3.2, "reproduced"), (2.8, "reproduced"), (0.3, "not reproduced here")])
def test_pauses_explain_a_tail_that_they_are_as_long_as(pause_ms: float, expected: str) -> None:
    result = audited(GCTRACE, evidence=Evidence(traces={("article", "fiber:gctrace"): [traced(pause_ms)]}))
    assert result.verdict == expected
    assert "medians of 1 trial: 40 collections in the window" in result.evidence
    assert "P99 - P50 is 3.00 ms" in result.evidence


def test_a_log_without_collections_shows_that_there_were_none() -> None:
    silent = TracedTrial("", from_s=1.0, to_s=5.0, p50_ms=1.0, p99_ms=4.0)
    result = audited(GCTRACE, evidence=Evidence(traces={("article", "fiber:gctrace"): [silent]}))
    assert result.verdict == "not reproduced here"
    assert result.evidence.endswith("no trial's log tells of any collection at all")


def test_without_a_log_pauses_are_not_measured() -> None:
    result = audited(GCTRACE)
    assert result.verdict == "not measured"
    assert result.command == "primebench run --profile audit --service fiber:gctrace --workload article"


def test_only_logs_that_a_cause_reads_are_asked_for() -> None:
    causes = [
        {"id": str(number), "statement": "", "test": "", **kind} for number, kind in enumerate((VARIANT, GCTRACE, VECTOR))
    ]
    assert logs_asked_for([published(causes=causes)]) == {("article", "fiber:gctrace")}


def code(packed: dict[str, int], not_measured: str | None = None) -> Evidence:
    total = None if not_measured else sum(packed.values())
    found = Disassembly(packed=total, scalar=7, packed_in=packed, not_measured=not_measured)
    return Evidence(disassemblies={"actix": found})


@pytest.mark.parametrize(
    ("evidence", "verdict", "told"),
    [
        (code({}), "not reproduced here", "actix: 0 packed instructions that do the work, 7 scalar ones; without a packed one"),
        (code({"primes::nth_prime": 4}), "reproduced", "packed ones in primes::nth_prime"),
        (
            code({"primebench::float::sum": 4, "prime_server::sum": 1}),
            "not reproduced here",
            "the packed ones are in primebench::float",
        ),
        (code({"float::sum": 4}), "not reproduced here", "the packed ones are in float::sum"),
        (code({".text": 4}), "not measured", "in a stripped program that does not tell whose they are"),
        (code({}, "objdump not found; install binutils"), "not measured", "objdump not found; install binutils"),
        (Evidence(), "not measured", "the run has no disassembly of actix"),
    ],
    ids=["none", "in the loop", "in a program of that name", "elsewhere", "stripped", "no objdump", "not asked for"],
)
def test_a_vectorised_loop_has_packed(evidence: Evidence, verdict: str, told: str) -> None:
    result = audited(VECTOR, evidence=evidence)
    assert result.verdict == verdict
    assert told in result.evidence
    assert (result.command is not None) == (verdict == "not measured" and "stripped" not in told)


def test_the_code_of_a_variant_is_that_of_the_service() -> None:
    found = Evidence(disassemblies={"actix:published": code({}).disassemblies["actix"]})
    assert audited(VECTOR, evidence=found).verdict == "not reproduced here"


def bench(label: str, **times_ms: float) -> BenchResult:
    results = [
        BenchmarkResult(
            scenario="prime_loop",
            contender=name,
            case="n=10000",
            title=name,
            tier="reference",
            time_ns=figure(milliseconds * 1e6),
            counters={},
            instructions=None,
            ratio=None,
        )
        for name, milliseconds in times_ms.items()
    ]
    return BenchResult(label=label, service=label, language="", variant=None, title=label, benchmarks=results)


@pytest.mark.parametrize(("served", "expected"), [(5.1, "not reproduced here"), (1.4, "reproduced"), (1.0, "reproduced")])
def test_a_vectorised_loop_is_nearer_to_simd_than_to_scalar_code(served: float, expected: str) -> None:
    benches = [bench("cpp", hoisted=5.0, tuned=1.25), bench("actix", served=served)]
    result = audited(LADDER, evidence=Evidence(benches=benches, roles=TASK.benchmark_roles))
    assert result.verdict == expected
    assert "scalar (cpp/hoisted) 5.00 ms, SIMD (cpp/tuned) 1.25 ms" in result.evidence


def test_a_machine_whose_simd_is_no_faster_tells_nothing_for_it() -> None:
    benches = [bench("cpp", hoisted=5.0, tuned=5.0), bench("actix", served=5.0)]
    assert audited(LADDER, evidence=Evidence(benches=benches, roles=TASK.benchmark_roles)).verdict == "not measured"


def test_a_rung_that_is_missing_is_named() -> None:
    result = audited(
        LADDER, evidence=Evidence(benches=[bench("cpp", hoisted=5.0), bench("actix", served=5.0)], roles=TASK.benchmark_roles)
    )
    assert (result.verdict, result.evidence) == ("not measured", "the run has no microbenchmark of cpp/tuned")
    assert result.command == "primebench microbench"


@pytest.mark.parametrize("fiber_mb", [10.0, 5.0, 4.0])
def test_the_json_in_flight_is_set_beside_the_difference_of_memory(fiber_mb: float) -> None:
    result = audited(BYTES, contenders=(contender("fiber", rss_mb=fiber_mb), contender("actix", rss_mb=5.0)))
    assert result.verdict == "not reproduced here"
    assert result.evidence.startswith("100 connections x 12 bytes of JSON = 1,200 bytes in flight")
    assert ("no difference" in result.evidence) == (fiber_mb <= 5.0)


def test_json_as_large_as_the_difference_explains_it() -> None:
    sides = [contender(label) for label in ("fiber", "actix")]
    sizes = (5_001_200.0, 5_000_000.0)
    sides = [
        side.replace(figures=side.figures | {m.RSS_LOADED.name: figure(size, spread=0.0)})
        for side, size in zip(sides, sizes, strict=True)
    ]
    assert audited(BYTES, contenders=tuple(sides)).verdict == "reproduced"


def test_without_memory_of_both_nothing_is_said() -> None:
    one = contender("actix")
    blind = one.replace(figures=one.figures | {m.RSS_LOADED.name: refused("not readable here")})
    result = audited(BYTES, contenders=(contender("fiber"), blind))
    assert result.verdict == "not measured"
    assert result.command == "primebench run --profile audit --service fiber,actix --workload article"
