"""Verdicts on single figures, and the arithmetic behind them."""

from collections.abc import Sequence

import pytest

from analysis.audit.audit import audit_figures
from analysis.audit.model import Claim
from analysis.model import metric as m
from analysis.model.audit import ClaimResult
from analysis.model.figure_of import refused
from analysis.model.microbench import FitResult
from analysis.model.summary import BuildResult, WorkloadResult
from loadgen.task.prime.divisions import divisions
from tests.unit.asked import SCALE
from tests.unit.claimed import build, claim, contender, figure, fit, published, workload


def audited(
    told: dict[str, object], *workloads: WorkloadResult, builds: Sequence[BuildResult] = (), fits: Sequence[FitResult] = ()
) -> ClaimResult:
    (result,) = audit_figures([published(claims=[told])], workloads, builds, fits, SCALE)
    return result


def test_a_throughput_beyond_every_number_of_cores_is_impossible() -> None:
    result = audited(claim(value=78_000), workload(contender("fiber", cpu_us=5000)))
    assert result.verdict == "impossible as stated"
    assert result.bound == pytest.approx(100 / 5e-3)
    assert result.cores_needed == pytest.approx(390)
    assert result.would_take is not None
    assert result.would_take.startswith("390 cores")
    assert result.derivation is not None
    assert "5,000 µs of CPU here" in result.derivation


def test_a_core_three_times_as_fast_gets_the_benefit_of_the_doubt() -> None:
    """At 5 ms of CPU time that is 60,000/s, and "about 66,000" is hit by less."""
    assert audited(claim(value=66_000), workload(contender("fiber"))).verdict == "not reproduced here"
    assert audited(claim(value=67_500), workload(contender("fiber"))).verdict == "impossible as stated"
    assert audited(claim(value=61_000, approx=False), workload(contender("fiber"))).verdict == "impossible as stated"


def test_what_is_not_beyond_the_bound_would_take_nothing() -> None:
    throughput = audited(claim(value=1_000), workload(contender("fiber")))
    latency = audited(claim(m.LATENCY_P99, 900), workload(contender("fiber")))
    for one in (throughput, latency):
        assert (one.verdict, one.would_take, one.cores_needed) == ("not reproduced here", None, None)


def test_a_latency_below_the_time_of_its_own_calculation_is_impossible() -> None:
    result = audited(claim(m.LATENCY_P50, 1.2), workload(contender("fiber")))
    assert result.verdict == "impossible as stated"
    assert result.would_take == "a core 4.2 times as fast as this one, and no waiting"


@pytest.mark.parametrize(("value", "expected"), [(200, "reproduced"), (219, "reproduced"), (240, "not reproduced here")])
def test_what_is_about_so_much_is_reproduced_within_ten_percent(value: float, expected: str) -> None:
    assert audited(claim(value=value), workload(contender("fiber", goodput=200))).verdict == expected


@pytest.mark.parametrize(("value", "expected"), [(501.0, "reproduced"), (515.0, "not reproduced here")])
def test_what_is_not_about_so_much_is_reproduced_within_its_last_digit(value: float, expected: str) -> None:
    assert audited(claim(m.LATENCY_P50, value, approx=False), workload(contender("fiber", p50_ms=500))).verdict == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [((0.5, 0.6, 0.7), "reproduced"), ((1.1, 1.2, 1.3), "not reproduced here"), ((0.7, 0.8, 1.4), "not reproduced here")],
)
def test_at_most_so_much_is_an_upper_limit(seconds: tuple[float, ...], expected: str) -> None:
    published = claim(m.INCREMENTAL_BUILD, 1, at_most=True, approx=False)
    result = audited(published, builds=[build("fiber", again_s=seconds)])
    assert (result.verdict, result.workload) == (expected, "build")


def test_of_at_most_so_much_the_whole_interval_must_hold() -> None:
    wide = build("fiber").replace(figures={m.CLEAN_BUILD.name: figure(0.98, spread=0.1)})
    published = claim(m.CLEAN_BUILD, 1, at_most=True, approx=False)
    assert audited(published, builds=[wide]).verdict == "not reproduced here"


def test_what_the_run_did_not_measure_names_the_command() -> None:
    result = audited(claim())
    assert (result.verdict, result.measured) == ("not measured", None)
    assert result.reason == "this run has no such figure: primebench run --profile article"


def test_a_figure_that_was_refused_is_not_measured_for_that_reason() -> None:
    one = contender("fiber")
    one = one.replace(figures=one.figures | {m.GOODPUT.name: refused("wrong_answers")})
    result = audited(claim(), workload(one))
    assert (result.verdict, result.reason) == ("not measured", "wrong_answers")


def test_the_published_code_is_preferred_to_the_reference_tier() -> None:
    both = workload(contender("fiber"), contender("fiber:published", cpu_us=6000, goodput=160))
    result = audited(claim(), both)
    assert result.contender == "fiber:published"
    assert result.measured is not None
    assert result.measured.value == 160


def test_the_n_at_which_this_machine_does_as_published_comes_from_the_fit() -> None:
    """One core busy, 10 µs of overhead, 2 ns a division: 50,000/s leave 20 µs, which are 5,000 divisions."""
    mixed = workload(contender("fiber", cpu_us=20.0, goodput=50_000), name="mixed", n=100)
    result = audited(claim(value=50_000), workload(contender("fiber")), mixed, fits=[fit()])
    assert result.reach is not None
    n = result.reach.value
    assert n is not None
    assert divisions(n) <= 5_000 < divisions(n + 1)
    assert result.reach.low is not None
    assert result.reach.high is not None
    assert result.reach.low < n < result.reach.high
    assert divisions(result.reach.low) <= (20.0 - 10.1) * 1e3 / 2.02 < divisions(result.reach.low + 1)
    assert "on the 1.00 cores that fiber kept busy under mixed" in result.reach.derivation


def test_the_fit_of_the_published_code_is_preferred() -> None:
    both = [contender(label, cpu_us=20.0, goodput=50_000) for label in ("fiber", "fiber:published")]
    result = audited(claim(value=50_000), workload(*both), fits=[fit(), fit("fiber:published", cost_ns=3.0)])
    assert result.reach is not None
    assert result.reach.label == "fiber:published"


def test_a_mean_latency_is_a_goodput_too() -> None:
    """100 connections / 2 ms = 50,000/s."""
    mixed = workload(contender("fiber", cpu_us=20.0, goodput=50_000), name="mixed", n=100)
    found = [
        audited(published, workload(contender("fiber")), mixed, fits=[fit()]).reach
        for published in (claim(value=50_000), claim(m.LATENCY_MEAN, 2.0))
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].value == found[1].value
    assert found[1].derivation.startswith(
        "of 100 connections, each with a request under way for 2.00 ms, come 50,000 requests/s; "
    )


def test_nothing_is_said_of_an_n_beyond_those_that_were_swept() -> None:
    slow = audited(claim(value=250), workload(contender("fiber")), fits=[fit(largest=1000)])
    fast = audited(claim(value=200_000), workload(contender("fiber", cpu_us=10.0, goodput=100_000)), fits=[fit()])
    assert slow.reach is not None
    assert fast.reach is not None
    assert (slow.reach.value, slow.reach.low, fast.reach.value, fast.reach.low) == (None, None, None, None)
    assert "even beyond n = 1,000" in slow.reach.derivation
    assert "no n of 1 to 10,000 reaches it" in fast.reach.derivation


def test_without_intervals_of_the_fit_there_is_none_of_the_n() -> None:
    one = fit()
    bare = one.replace(overhead_us=one.overhead_us.replace(interval=None))
    result = audited(claim(value=50_000), workload(contender("fiber", cpu_us=20.0, goodput=50_000)), fits=[bare])
    assert result.reach is not None
    assert result.reach.value is not None
    assert (result.reach.low, result.reach.high) == (None, None)


@pytest.mark.parametrize("metric", [m.LATENCY_P50, m.LATENCY_P99, m.RSS_LOADED])
def test_a_quantile_or_memory_has_no_n(metric: m.Metric) -> None:
    assert audited(claim(metric, 2.0), workload(contender("fiber")), fits=[fit()]).reach is None


def test_another_n_under_the_same_name_is_another_load() -> None:
    result = audited(claim(value=78_000), workload(contender("fiber"), n=100_000))
    assert (result.verdict, result.measured, result.bound) == ("not measured", None, None)
    assert result.reason == "article is n = 100,000 with 100 connections in this run"


def test_a_share_is_published_in_percent() -> None:
    one = Claim.model_validate(claim(m.SERVER_BUSY, 95, approx=False))
    assert one.figure == pytest.approx(0.95)
    assert one.hit == pytest.approx((0.945, 0.955))
