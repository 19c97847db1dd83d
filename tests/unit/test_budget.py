import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadgen.errors import Error
from loadgen.record.workload import Rate
from loadgen.run.budget import fit
from loadgen.run.plan import Plan
from tests.unit.plans import CONTENDERS, plan, workload

OPEN = Rate(share=0.7, of="main")


def takes_s(plan: Plan) -> float:
    return plan.expected_s(plan.slots(CONTENDERS))


def test_a_budget_that_is_large_enough_takes_nothing_away() -> None:
    asked = plan()
    fitted = fit(asked, CONTENDERS, takes_s(asked))
    assert fitted == asked
    assert fitted.given_up == []


def test_rounds_go_first_and_the_price_is_named() -> None:
    asked = plan(rounds=12, fewest_rounds=6)
    fitted = fit(asked, CONTENDERS, takes_s(asked) * 0.7)
    assert fitted.rounds == 8
    assert list(fitted.workloads) == ["main", "side"]
    assert fitted.given_up == ["8 rounds instead of 12: intervals about 1.22 times as wide"]


def test_then_the_last_workloads_go_by_name() -> None:
    asked = plan()
    fitted = fit(asked, CONTENDERS, takes_s(asked) * 0.45)
    assert (fitted.rounds, list(fitted.workloads)) == (10, ["main"])
    assert fitted.given_up[-1] == "not measured: side"


def test_a_closed_loop_stays_as_long_as_an_open_one_needs_its_capacity() -> None:
    asked = plan(first=workload(), opened=workload(rate=Rate(share=0.7, of="main")), main=workload())
    fitted = fit(asked, CONTENDERS, takes_s(asked) * 0.6)
    assert list(fitted.workloads) == ["first", "main"]


def test_then_rounds_again_down_to_six() -> None:
    asked = plan()
    one_round_s = takes_s(plan(rounds=1, fewest_rounds=None, main=workload()))
    fitted = fit(asked, CONTENDERS, 7.5 * one_round_s)
    assert (fitted.rounds, list(fitted.workloads)) == (7, ["main"])


def test_what_gives_no_interval_is_refused_with_the_time_that_it_would_take() -> None:
    with pytest.raises(Error, match=r"0:10 min are left of the budget, .* \(6 rounds of main\) takes 0:38 min"):
        fit(plan(), CONTENDERS, 10.0)


@given(st.floats(38.5, 200), st.integers(6, 20))
def test_a_fitted_plan_keeps_to_the_budget(seconds: float, rounds: int) -> None:
    asked = plan(rounds=rounds, fewest_rounds=6, main=workload(), opened=workload(rate=OPEN), side=workload(n=1))
    assert takes_s(fit(asked, CONTENDERS, seconds)) <= seconds
