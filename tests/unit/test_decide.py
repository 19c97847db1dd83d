"""Verdicts: what takes to call two services different, and what is said where it falls short."""

from collections.abc import Sequence

import pytest

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.summary import WorkloadResult, between_services
from analysis.verdicts.verdicts import AA_CONTROLS, HOLDS_ONE, PRIMARY, decided
from tests.unit.comparisons import comparison, contender, workload

CONTENDERS = (contender("a"), contender("b"), contender("a:aa", twin_of="a"))


def beside_twin(comparisons: Sequence[Comparison], *over_itself: Comparison) -> WorkloadResult:
    (found,) = decided([workload(comparisons, over_itself, CONTENDERS)])
    return found


def aa(metric: m.Metric = m.GOODPUT, *, effect: float | None = 0.02, ratio: float = 1.0, p_value: float = 0.5) -> Comparison:
    return comparison("a", "a:aa", metric=metric, ratio=ratio, p_value=p_value, effect=effect)


def said(comparisons: Sequence[Comparison], *over_itself: Comparison) -> tuple[str, str | None]:
    found = beside_twin(comparisons, *over_itself).comparisons[0]
    return found.verdict, found.reason


@pytest.mark.parametrize(("ratio", "expected"), [(1.1, "higher"), (0.9, "lower")])
def test_a_large_and_certain_difference_is_one(ratio: float, expected: str) -> None:
    assert said([comparison(ratio=ratio, p_value=1e-6)], aa()) == (expected, None)


def test_an_interval_across_one_is_a_tie() -> None:
    assert said([comparison(ratio=1.005, p_value=0.2)], aa()) == ("tie", HOLDS_ONE)


def test_what_one_test_in_twenty_finds_is_a_tie_among_many() -> None:
    others = [comparison("a", other, p_value=0.5) for other in "cdefg"]
    found = said([comparison(ratio=1.1, p_value=0.02), *others], aa())
    assert found == ("tie", "not after Holm's correction: p = 0.12 among 6")


def test_a_family_is_not_made_larger_by_another() -> None:
    others = [comparison(metric=metric, p_value=0.5) for metric in (m.LATENCY_P50, m.LATENCY_P99, m.RSS_LOADED)]
    found = beside_twin([comparison(ratio=1.1, p_value=0.02), *others, comparison("b", "c", p_value=0.5)], aa())
    assert [comparison.family for comparison in found.comparisons] == [
        PRIMARY,
        "latency_p50_ms",
        "latency_p99_ms",
        "rss_loaded_bytes",
        "goodput_per_s",
    ]
    assert found.comparisons[0].verdict == "higher"


def test_with_paired_trials_they_are_primary_for_cpu_and_have_an_aa_control_of_their_own() -> None:
    solo = comparison(metric=m.CPU_PER_REQUEST, ratio=1.012, p_value=1e-6)
    paired = [solo, comparison("a", "a:aa", metric=m.CPU_PER_REQUEST, p_value=0.5, effect=0.005)]
    made = workload([solo], [aa(m.CPU_PER_REQUEST, effect=0.03)], CONTENDERS).replace(paired=paired)
    (found,) = decided([made])
    assert (found.comparisons[0].family, found.comparisons[0].verdict) == ("cpu_per_request_us", "tie")
    assert [(comparison.family, comparison.verdict) for comparison in found.paired] == [
        (PRIMARY, "higher"),
        (AA_CONTROLS, "tie"),
    ]
    assert found.paired[0].minimum_detectable_effect == 0.005
    assert between_services(found) == [found.paired[0]]
    assert found.ranks == {"cpu_per_request_us": {"a": 2, "b": 1}}


def test_the_family_is_that_of_the_whole_run() -> None:
    weak = workload([comparison(ratio=1.1, p_value=0.02)])
    assert decided([weak])[0].comparisons[0].verdict == "higher"
    found = decided([weak] * 3)[2].comparisons[0]
    assert found.verdict == "tie"
    assert found.adjusted_p_value == pytest.approx(0.06)


def test_what_has_no_p_value_is_not_of_the_family() -> None:
    unknown = comparison(verdict="cannot tell", reason="3 rounds; an interval needs 5")
    found = beside_twin([comparison(ratio=1.1, p_value=0.04), unknown, unknown])
    assert [comparison.verdict for comparison in found.comparisons] == ["higher", "cannot tell", "cannot tell"]
    assert found.comparisons[1] == unknown.replace(family=PRIMARY)


def test_a_comparison_that_its_figures_do_not_allow_stays_so_whatever_its_p_value() -> None:
    bound = comparison(ratio=1.5, p_value=1e-9, verdict="cannot tell", reason="generator_bound: a")
    assert said([bound], aa()) == ("cannot tell", "generator_bound: a")


def test_a_difference_that_the_aa_control_could_not_have_shown_is_a_tie() -> None:
    small = comparison(ratio=1.015, p_value=1e-6)
    assert said([small], aa(effect=0.02)) == ("tie", "below what the A/A control could show: 2.0%")
    assert said([small], aa(effect=0.014)) == ("higher", None)


def test_of_several_aa_controls_the_least_able_one_decides() -> None:
    contenders = (*CONTENDERS, contender("b:aa", twin_of="b"))
    controls = [aa(effect=0.01), comparison("b", "b:aa", p_value=0.5, effect=0.05)]
    (found,) = decided([workload([comparison(ratio=1.03, p_value=1e-6)], controls, contenders)])
    assert (found.comparisons[0].verdict, found.comparisons[0].minimum_detectable_effect) == ("tie", 0.05)


def test_each_metric_has_the_aa_control_of_its_own() -> None:
    assert said([comparison(ratio=1.015, p_value=1e-6)], aa(m.LATENCY_P99, effect=0.3)) == ("higher", None)


def test_without_an_aa_control_the_interval_and_holm_decide() -> None:
    found = decided([workload([comparison(ratio=1.015, p_value=1e-6)])])[0].comparisons[0]
    assert (found.verdict, found.minimum_detectable_effect) == ("higher", None)


def test_aa_controls_are_a_family_of_their_own_and_not_measured_by_themselves() -> None:
    found = beside_twin([comparison(p_value=0.5)] * 5, aa(ratio=1.1, p_value=0.02, effect=0.2), aa(m.LATENCY_P99))
    differs, same = found.over_controls
    assert differs.verdict == "higher"
    assert differs.adjusted_p_value == pytest.approx(0.04)
    assert (same.verdict, same.reason) == ("tie", HOLDS_ONE)


def test_other_controls_belong_to_no_family() -> None:
    over = comparison("a", "ceiling", ratio=0.9, p_value=0.04, verdict="lower")
    found = beside_twin([comparison(p_value=0.5)], over, aa())
    assert found.over_controls[0] == over


def test_ranks_follow_the_verdicts() -> None:
    found = beside_twin([comparison(ratio=1.1, p_value=1e-6), comparison(metric=m.LATENCY_P99, p_value=0.5)], aa())
    assert found.ranks == {m.GOODPUT.name: {"a": 1, "b": 2}, m.LATENCY_P99.name: {"a": 1, "b": 1}}
