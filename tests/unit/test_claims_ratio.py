"""Verdicts on published ratios and orderings."""

import re

import pytest

from analysis.audit.audit import audit_rest
from analysis.audit.cause import Evidence
from analysis.audit.model import PublishedRequest
from analysis.audit.ratio import detectable
from analysis.model import metric as m
from analysis.model.audit import RatioClaimResult
from analysis.model.comparison import Comparison
from analysis.model.invert import inverted
from analysis.model.summary import BuildResult
from analysis.stats.interval import ratio_of_pairs
from tests.unit.asked import SCALE
from tests.unit.claimed import build, claim, contender, published, workload
from tests.unit.comparisons import comparison
from tests.unit.records import RUN

VALUE: dict[str, object] = {"value": 1.2, "approx": True}
HIGHER: dict[str, object] = {"order": "higher"}


def told(kind: dict[str, object], metric: m.Metric = m.GOODPUT) -> dict[str, object]:
    where = {} if metric in m.BUILD_METRICS else {"workload": "article"}
    return {"id": "r", "statement": "s", "numerator": "actix", "denominator": "fiber", "metric": metric.name, **where, **kind}


def audited(
    kind: dict[str, object],
    *comparisons: Comparison,
    metric: m.Metric = m.GOODPUT,
    builds: tuple[BuildResult, ...] = (),
    labels: tuple[str, ...] = ("fiber", "actix"),
    claims: tuple[dict[str, object], ...] = (),
) -> RatioClaimResult:
    measured = workload(*(contender(label) for label in labels), comparisons=comparisons)
    one = published(ratios=[told(kind, metric)], claims=list(claims))
    (result,) = audit_rest([one], RUN, [measured], list(builds), Evidence(), SCALE).ratios
    return result


@pytest.mark.parametrize(
    ("ratio", "half", "expected"),
    [
        (1.2, 0.01, "reproduced"),
        (1.33, 0.02, "reproduced"),  # the interval reaches to 1.31, and 1.32 is within 10%
        (1.40, 0.02, "not reproduced here"),
        (1.008, 0.004, "not reproduced here"),
    ],
)
def test_a_value_holds_if_the_interval_comes_within_ten_percent(ratio: float, half: float, expected: str) -> None:
    assert audited(VALUE, comparison("actix", "fiber", ratio=ratio, half=half, p_value=1e-9)).verdict == expected


def test_a_pair_is_found_whichever_way_round_the_run_has_it() -> None:
    result = audited(VALUE, comparison("fiber", "actix", ratio=1 / 1.2, half=0.005, p_value=1e-9))
    assert (result.numerator, result.denominator, result.verdict) == ("actix", "fiber", "reproduced")
    assert result.measured == pytest.approx(1.2)
    assert result.interval is not None
    assert result.interval.low < 1.2 < result.interval.high


@pytest.mark.parametrize(("ratio", "expected"), [(1.05, "reproduced"), (0.95, "not reproduced here")])
def test_an_order_holds_if_the_verdict_says_so(ratio: float, expected: str) -> None:
    assert audited(HIGHER, comparison("actix", "fiber", ratio=ratio, p_value=1e-6)).verdict == expected


def test_a_tie_reproduces_no_order_and_says_what_would_have_been_seen() -> None:
    result = audited(HIGHER, comparison("actix", "fiber", ratio=1.005, p_value=0.4, effect=0.02))
    assert result.verdict == "not reproduced here"
    assert result.reason == "a tie: a difference of 2.0% or more would most likely have been seen"


def test_a_difference_below_what_the_control_could_show_is_a_tie() -> None:
    assert (
        audited(HIGHER, comparison("actix", "fiber", ratio=1.015, p_value=1e-9, effect=0.02)).verdict == "not reproduced here"
    )


def test_without_a_control_the_spread_of_the_pairs_says_what_would_have_been_seen() -> None:
    pairs = ratio_of_pairs([1.01, 0.99, 1.02, 0.98, 1.0, 1.005], [1.0] * 6)
    one = comparison("actix", "fiber").replace(pairs=6, ratio=pairs.ratio, interval=pairs.interval)
    assert pairs.log_standard_error is not None
    effect = detectable(one)
    assert effect is not None
    # (t 97.5% + t 80%) at 3 degrees of freedom: 3.182 + 0.978
    assert effect == pytest.approx((3.182 + 0.978) * pairs.log_standard_error, rel=0.03)


def test_what_cannot_be_told_is_not_measured_for_that_reason() -> None:
    one = comparison("actix", "fiber", p_value=1e-9, ratio=1.2, verdict="cannot tell", reason="generator_bound: actix")
    result = audited(VALUE, one)
    assert (result.verdict, result.reason) == ("not measured", "generator_bound: actix")


def test_what_the_run_did_not_compare_names_the_command() -> None:
    result = audited(VALUE)
    assert (result.verdict, result.measured) == ("not measured", None)
    assert "primebench run --profile article" in result.reason


def test_the_published_code_is_compared_if_the_run_has_it_of_both() -> None:
    both = [
        comparison("actix", "fiber", ratio=1.5, p_value=1e-9),
        comparison("actix:published", "fiber:published", ratio=1.2, p_value=1e-9),
    ]
    labels = ("fiber", "actix", "fiber:published", "actix:published")
    assert audited(VALUE, *both, labels=labels).numerator == "actix:published"
    assert audited(VALUE, *both, labels=labels[:3]).numerator == "actix", "of one alone it would be two tiers"


def test_a_quotient_of_two_figures_is_as_wide_as_they_are() -> None:
    claims = tuple(
        claim(m.BINARY_SIZE, value, id=name, contender=name, approx=False) for name, value in (("actix", 4), ("fiber", 9))
    )
    kind: dict[str, object] = {"of": ["actix", "fiber"]}
    near = (build("actix", binary_mb=4.0), build("fiber", binary_mb=8.0))
    far = (build("actix", binary_mb=1.7), build("fiber", binary_mb=5.5))
    result = audited(kind, metric=m.BINARY_SIZE, builds=near, claims=claims)
    assert result.published == pytest.approx(4 / 9)
    assert (result.verdict, result.measured, result.interval) == ("reproduced", 0.5, None)
    assert audited(kind, metric=m.BINARY_SIZE, builds=far, claims=claims).verdict == "not reproduced here"


@pytest.mark.parametrize(
    ("rust_s", "expected"),
    [((30.0, 31.0), "reproduced"), ((10.5, 9.5), "not reproduced here"), ((2.0, 2.1), "not reproduced here")],
)
def test_builds_are_ordered_by_their_figures_and_tie_where_those_overlap(rust_s: tuple[float, ...], expected: str) -> None:
    builds = (build("actix", clean_s=rust_s), build("fiber", clean_s=(10.0, 10.1)))
    assert audited(HIGHER, metric=m.CLEAN_BUILD, builds=builds).verdict == expected


def test_one_build_of_each_has_no_spread_to_judge_by() -> None:
    builds = (build("actix", clean_s=(30.0,)), build("fiber", clean_s=(10.0,)))
    result = audited(HIGHER, metric=m.CLEAN_BUILD, builds=builds)
    assert (result.verdict, result.reason) == ("not measured", "one build of each has no spread to judge a difference by")


def test_an_interval_that_reaches_a_hit_and_no_difference_reproduces_nothing() -> None:
    wide = comparison("actix", "fiber", ratio=1.05, half=0.1, p_value=0.4)
    assert audited(VALUE, wide).verdict == "not measured"
    near = comparison("actix", "fiber", ratio=1.15, half=0.1, p_value=1e-4)
    assert audited(VALUE, near).verdict == "reproduced"


def test_a_build_that_is_missing_is_not_measured() -> None:
    assert audited(HIGHER, metric=m.CLEAN_BUILD, builds=(build("actix"),)).verdict == "not measured"


def test_turning_twice_changes_nothing() -> None:
    one = comparison("a", "b", ratio=1.25, verdict="higher")
    again = inverted(inverted(one))
    assert again.verdict == "higher"
    assert inverted(one).verdict == "lower"
    assert again.ratio == pytest.approx(one.ratio)


def test_the_claims_are_a_family_of_their_own() -> None:
    """One question of p = 0.02 holds, however many other pairs the run compares; beside two more it does not."""
    asked = comparison("actix", "fiber", ratio=1.05, p_value=0.02, verdict="tie", reason="not after Holm's correction")
    others = [comparison(f"x{number}", "fiber", p_value=0.9) for number in range(50)]
    assert audited(HIGHER, asked, *others).verdict == "reproduced"
    more = [
        {**told(HIGHER, metric), "id": metric.name, "metric": metric.name}
        for metric in (m.GOODPUT, m.LATENCY_P50, m.LATENCY_P99)
    ]
    compared = [
        asked,
        *(comparison("actix", "fiber", metric=metric, p_value=0.03) for metric in (m.LATENCY_P50, m.LATENCY_P99)),
    ]
    measured = workload(contender("fiber"), contender("actix"), comparisons=compared)
    result = audit_rest([published(ratios=more)], RUN, [measured], [], Evidence(), SCALE).ratios[0]
    assert result.verdict == "not reproduced here"


def test_a_tie_whose_interval_does_not_hold_one_says_what_made_it_one() -> None:
    """Among many questions more must be seen than by one alone: what was seen is never said to have been enough."""
    asked = comparison("actix", "fiber", ratio=1.01, half=0.008, p_value=0.03)
    others = [comparison("actix", "fiber", metric=metric, p_value=0.9) for metric in (m.LATENCY_P50, m.LATENCY_P99)]
    kinds = [told(HIGHER), *(told(HIGHER, metric) | {"id": metric.name} for metric in (m.LATENCY_P50, m.LATENCY_P99))]
    measured = workload(contender("fiber"), contender("actix"), comparisons=[asked, *others])
    first, *_ = audit_rest([published(ratios=kinds)], RUN, [measured], [], Evidence(), SCALE).ratios
    seen = re.search(r"a difference of ([0-9.]+)% or more", first.reason)
    assert first.reason.startswith("a tie, not after Holm's correction: p = 0.09 among 3; ")
    assert seen is not None
    assert float(seen[1]) > 1.0


def test_what_would_have_been_seen_grows_with_the_number_of_questions() -> None:
    one = comparison("actix", "fiber")
    alone, among_many = detectable(one), detectable(one, 20)
    assert alone is not None
    assert among_many is not None
    assert among_many > alone


def test_a_load_that_is_another_than_published_is_not_compared() -> None:
    measured = workload(
        contender("fiber"), contender("actix"), n=100, comparisons=[comparison("actix", "fiber", ratio=1.2, p_value=1e-9)]
    )
    (result,) = audit_rest([published(ratios=[told(VALUE)])], RUN, [measured], [], Evidence(), SCALE).ratios
    assert (result.verdict, result.measured) == ("not measured", None)


def test_a_set_is_answered_by_its_own_load_whatever_another_set_calls_by_that_name() -> None:
    measured = workload(
        contender("fiber"), contender("actix"), n=100, comparisons=[comparison("actix", "fiber", ratio=1.2, p_value=1e-9)]
    )
    of_n_10000 = published(ratios=[told(VALUE)])
    request = PublishedRequest(parameters={"n": 100}, connections=100, load_s=30)
    of_n_100 = of_n_10000.replace(name="set-2", workloads={"article": request})
    first, second = audit_rest([of_n_10000, of_n_100], RUN, [measured], [], Evidence(), SCALE).ratios
    assert (first.verdict, second.verdict) == ("not measured", "reproduced")
