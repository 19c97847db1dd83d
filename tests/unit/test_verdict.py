"""The rule of the regression check, on pairs whose truth is known."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from analysis.model import metric as m
from analysis.regress.verdict import (
    MetricVerdict,
    Pairs,
    judged,
    judged_exactly,
    overall,
    relinked_control,
    slowed_control,
    undecided_groups,
)
from loadgen.config.regress import ExactLimit, Limit, RegressConfig

ERROR = RegressConfig().error_at_a_look
LIMIT = Limit(margin=0.015, exclude=0.03)


def pairs(
    effect: float,
    count: int = 20,
    spread: float = 0.01,
    seed: int | None = None,
    metric: m.Metric = m.CPU_PER_REQUEST,
    limit: Limit = LIMIT,
) -> Pairs:
    """Base around 100 that drifts by 10%, head slower by `effect`, with a normal spread between pairs.

    Without a seed the spread takes the normal distribution's own quantiles, so that no luck is in it.
    """
    base = 100 * np.linspace(1, 1.1, count)
    if seed is None:
        noise = spread * stats.norm.ppf((np.arange(count) + 0.5) / count)
    else:
        noise = np.random.default_rng(seed).normal(0, spread, count)
    head = base * (1 + effect) * np.exp(noise)
    return Pairs("cpp", "w", metric, [float(value) for value in base], [float(value) for value in head], limit)


def verdicts(*metrics: Pairs, family: int | None = None) -> list[MetricVerdict]:
    return judged(metrics, family or len(metrics), ERROR)


@pytest.mark.parametrize(
    ("effect", "spread", "expected"),
    [
        (0.05, 0.01, "regression"),
        (0.0, 0.01, "pass"),
        (-0.05, 0.01, "pass"),
        (0.02, 0.03, "inconclusive"),
        (0.0, 0.1, "inconclusive"),
    ],
)
def test_the_three_outcomes(effect: float, spread: float, expected: str) -> None:
    (one,) = verdicts(pairs(effect, spread=spread))
    assert one.outcome == expected


def test_for_goodput_less_is_worse() -> None:
    (one,) = verdicts(pairs(-0.05, metric=m.GOODPUT))
    assert one.outcome == "regression"
    assert one.worse == pytest.approx(1 / 0.95, rel=0.02)


def test_a_slow_down_between_margin_and_exclude_does_not_pass_because_it_is_small_enough() -> None:
    (one,) = verdicts(pairs(0.02, count=40, spread=0.012))
    assert one.interval is not None
    assert one.interval.high < 1 + LIMIT.exclude
    assert one.outcome == "inconclusive"
    (later,) = verdicts(pairs(0.02, count=160, spread=0.012))
    assert later.outcome == "regression"


def test_an_interval_beyond_the_margin_is_not_enough_where_the_signs_do_not_agree() -> None:
    """Of 20 pairs the 12 in the middle agree on +4% to a hair, and 8 are far below: no trimming sees them."""
    base = [100.0] * 20
    head = [104.0 + 0.01 * k for k in range(12)] + [60.0] * 4 + [160.0] * 4
    (found,) = verdicts(replace(pairs(0.0), base=base, head=head))
    assert found.interval is not None
    assert found.interval.low > 1 + LIMIT.margin
    assert found.outcome == "inconclusive"


def test_one_regression_decides_over_all_passes() -> None:
    assert overall(verdicts(pairs(0.06), pairs(0.0))) == "regression"


def test_one_undecided_metric_keeps_a_run_from_passing_unless_it_is_not_required() -> None:
    unclear = pairs(0.02, spread=0.03)
    assert overall(verdicts(pairs(0.0), unclear)) == "inconclusive"
    lenient = replace(unclear, limit=Limit(margin=0.015, exclude=0.03, required=False))
    assert overall(verdicts(pairs(0.0), lenient)) == "pass"


def test_a_metric_that_is_not_required_can_still_be_a_regression() -> None:
    lenient = pairs(0.08, limit=Limit(margin=0.015, exclude=0.03, required=False))
    assert overall(verdicts(pairs(0.0), lenient)) == "regression"


def test_too_few_pairs_say_how_many_an_interval_needs() -> None:
    (one,) = verdicts(pairs(0.5, count=3))
    assert (one.outcome, one.interval) == ("inconclusive", None)
    assert "needs 5" in one.reason


def test_an_undecided_metric_says_about_how_many_pairs_would_decide() -> None:
    (one,) = verdicts(pairs(0.0, count=20, spread=0.05))
    assert one.outcome == "inconclusive"
    assert one.pairs_needed is not None
    assert 20 < one.pairs_needed < 1000
    assert verdicts(pairs(0.0, count=2 * one.pairs_needed, spread=0.05))[0].outcome == "pass"


def test_an_estimate_just_above_the_margin_says_that_no_number_of_pairs_would_decide() -> None:
    (one,) = verdicts(pairs(0.0155, spread=0.02))
    assert (one.outcome, one.pairs_needed) == ("inconclusive", None)


def test_more_metrics_widen_each_interval() -> None:
    (alone,) = verdicts(pairs(0.0))
    among = verdicts(pairs(0.0), pairs(0.0))[0]
    assert alone.interval is not None
    assert among.interval is not None
    assert among.interval.high - among.interval.low > alone.interval.high - alone.interval.low


def test_by_holms_step_down_a_regression_leaves_its_share_to_the_others() -> None:
    plain, other = pairs(0.30, spread=0.005), pairs(0.0)
    beside_a_regression = verdicts(plain, other)[1].interval
    beside_a_pass = verdicts(pairs(0.0), other)[1].interval
    alone = verdicts(other)[0].interval
    assert beside_a_regression == alone
    assert beside_a_pass != alone


def test_what_could_have_been_seen_is_called_in_about_four_of_five_runs() -> None:
    (plan,) = verdicts(pairs(0.0, count=40, spread=0.01))
    assert plan.minimum_detectable_effect is not None
    found = [verdicts(pairs(plan.minimum_detectable_effect, count=40, seed=seed))[0].outcome for seed in range(400)]
    assert 0.7 < found.count("regression") / 400 < 0.9


def test_no_false_alarm_in_a_thousand_runs_without_a_change() -> None:
    runs = [verdicts(pairs(0.0, seed=2 * run), pairs(0.0, seed=2 * run + 1)) for run in range(1000)]
    assert [overall(run) for run in runs].count("regression") == 0


def test_nothing_to_judge_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to judge"):
        overall([])


@pytest.mark.parametrize(("head", "expected"), [(1010, "regression"), (1009, "pass"), (900, "pass"), (1200, "regression")])
def test_without_noise_the_margin_itself_decides(head: float, expected: str) -> None:
    limit = ExactLimit(margin=0.01)
    one = judged_exactly("cpp", "instructions", "prime_loop/served/n=1000", m.INSTRUCTIONS, [1000], [head], limit)
    assert (one.outcome, one.exact, one.interval) == (expected, True, None)


def keeps(control: Sequence[Pairs], kind: str) -> bool | None:
    judge_control = relinked_control if kind == "relinked" else slowed_control
    return judge_control("cpp", "w", control, len(control), ERROR).kept


@pytest.mark.parametrize(("effect", "kept"), [(0.0, True), (0.06, False), (-0.06, False)])
def test_the_relinked_base_must_be_neither_slower_nor_faster(effect: float, kept: bool) -> None:
    assert keeps([pairs(effect)], "relinked") is kept


@pytest.mark.parametrize(("effect", "kept"), [(0.05, True), (0.0, None), (-0.05, None)])
def test_the_slowed_base_must_be_found(effect: float, kept: bool | None) -> None:
    assert keeps([pairs(effect)], "slowed") is kept


def test_a_control_of_too_few_pairs_tells_nothing() -> None:
    assert keeps([pairs(0.0, count=3)], "relinked") is None


def test_a_regression_anywhere_ends_the_measurement_of_all_groups() -> None:
    groups = {"a": [pairs(0.06)], "b": [pairs(0.02, spread=0.03)]}
    assert undecided_groups(groups, 2, ERROR) == []


def test_only_groups_with_something_required_and_undecided_go_on() -> None:
    lenient = pairs(0.02, spread=0.03, limit=Limit(margin=0.015, exclude=0.03, required=False))
    groups = {"told": [pairs(0.0), lenient], "open": [pairs(0.02, spread=0.03)]}
    assert undecided_groups(groups, 3, ERROR) == ["open"]
