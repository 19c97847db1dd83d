import numpy as np
import pytest
from scipy import stats

from analysis.metric import CPU_PER_REQUEST, GOODPUT
from analysis.verdict import judge

CPU = ("article", CPU_PER_REQUEST.name)
RATE = ("article", GOODPUT.name)


def pairs(effect: float, count: int = 20, spread: float = 0.01, seed: int | None = None) -> tuple[list[float], list[float]]:
    """Base around 100 that drifts by 10%, head slower by `effect`, with a normal spread between pairs.

    Without a seed the spread takes the normal distribution's own quantiles, so that no luck is in it.
    """
    base = 100 * np.linspace(1, 1.1, count)
    if seed is None:
        noise = spread * stats.norm.ppf((np.arange(count) + 0.5) / count)
    else:
        noise = np.random.default_rng(seed).normal(0, spread, count)
    return list(base), list(base * (1 + effect) * np.exp(noise))


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
    assert judge({CPU: pairs(effect, spread=spread)}).outcome == expected


def test_for_goodput_less_is_worse() -> None:
    base, head = pairs(-0.05)
    (one,) = judge({RATE: (base, head)}).metrics
    assert one.outcome == "regression"
    assert one.worse == pytest.approx(1 / 0.95, rel=0.02)


def test_one_regression_decides_over_all_passes() -> None:
    assert judge({CPU: pairs(0.06), RATE: pairs(0.0)}).outcome == "regression"


def test_one_undecided_metric_keeps_a_run_from_passing() -> None:
    assert judge({CPU: pairs(0.0), RATE: pairs(-0.02, spread=0.03)}).outcome == "inconclusive"


def test_too_few_pairs_say_how_many_an_interval_needs() -> None:
    (one,) = judge({CPU: pairs(0.5, count=3)}).metrics
    assert (one.outcome, one.interval) == ("inconclusive", None)
    assert "needs 5" in one.reason


def test_an_undecided_metric_says_about_how_many_pairs_would_decide() -> None:
    (one,) = judge({CPU: pairs(0.015, count=10, spread=0.03)}).metrics
    assert one.outcome == "inconclusive"
    needed = int(one.reason.split()[1])
    assert needed > 10
    assert judge({CPU: pairs(0.015, count=4 * needed, spread=0.03)}).outcome != "inconclusive"


def test_more_metrics_widen_each_interval() -> None:
    alone = judge({CPU: pairs(0.0)}).metrics[0].interval
    among = judge({CPU: pairs(0.0), RATE: pairs(0.0)}).metrics[0].interval
    assert alone is not None
    assert among is not None
    assert among.high - among.low > alone.high - alone.low


def test_no_false_alarm_in_a_thousand_runs_without_a_change() -> None:
    outcomes = [judge({CPU: pairs(0.0, seed=2 * run), RATE: pairs(0.0, seed=2 * run + 1)}).outcome for run in range(1000)]
    assert outcomes.count("regression") == 0


def test_nothing_to_judge_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to judge"):
        judge({})
