from collections.abc import Mapping

import pytest

from analysis.check import Flag, check_trial, merged
from analysis.metric import GENERATOR_BUSY, GOODPUT, LATENCY_MEAN, SERVER_BUSY
from loadgen.record import Answers, Trial
from tests.unit.records import RUN, TRIAL

HEALTHY = {SERVER_BUSY.name: 0.99, GENERATOR_BUSY.name: 0.10, GOODPUT.name: 100.0, LATENCY_MEAN.name: 100.0}


def flags(trial: Trial = TRIAL, figures: Mapping[str, float] = HEALTHY) -> dict[str, Flag]:
    return {flag.check: flag for flag in check_trial(RUN, trial, figures)}


def with_load(statuses: dict[str, int], errors: dict[str, int]) -> Trial:
    assert TRIAL.load is not None
    return TRIAL.model_copy(update={"load": TRIAL.load.model_copy(update={"statuses": statuses, "errors": errors})})


def with_cpu(**update: float) -> Trial:
    assert TRIAL.cpu is not None
    return TRIAL.model_copy(update={"cpu": TRIAL.cpu.model_copy(update=update)})


def test_an_honest_trial_raises_no_flag() -> None:
    assert flags() == {}


@pytest.mark.parametrize(
    ("statuses", "errors"), [({"200": 970, "503": 30}, {}), ({"307": 1000}, {}), ({"200": 1000}, {"connection refused": 1})]
)
def test_any_status_but_200_and_any_error_is_fatal(statuses: dict[str, int], errors: dict[str, int]) -> None:
    assert flags(with_load(statuses, errors))["errors"].fatal


def test_a_wrong_answer_is_fatal_and_shows_its_evidence() -> None:
    wrong = TRIAL.model_copy(update={"answers": Answers(checked=20, wrong=["expected prime 541 for n=100, got 547"])})
    flag = flags(wrong)["wrong_answers"]
    assert flag.fatal
    assert flag.evidence == "1 of 20 checked: expected prime 541 for n=100, got 547"


def test_a_trial_whose_answers_nobody_checked_says_so() -> None:
    unchecked = TRIAL.model_copy(update={"answers": Answers(checked=0, wrong=[])})
    assert not flags(unchecked)["unchecked_answers"].fatal


def test_more_cpu_time_than_its_threads_can_use_is_fatal() -> None:
    assert flags(figures={**HEALTHY, SERVER_BUSY.name: 1.30})["cores_exceeded"].fatal


def test_a_busy_generator_and_an_idle_server_are_the_generators_limit() -> None:
    found = flags(figures={**HEALTHY, SERVER_BUSY.name: 0.80, GENERATOR_BUSY.name: 0.99})
    assert set(found) == {"generator_bound"}
    assert not found["generator_bound"].fatal


def test_an_idle_server_alone_was_not_saturated() -> None:
    assert set(flags(figures={**HEALTHY, SERVER_BUSY.name: 0.80})) == {"not_saturated"}


@pytest.mark.parametrize("mean_ms", [90.0, 110.0])
def test_requests_in_flight_must_be_the_connections(mean_ms: float) -> None:
    assert "littles_law" in flags(figures={**HEALTHY, LATENCY_MEAN.name: mean_ms})


@pytest.mark.parametrize("update", [{"stolen_s": 0.2}, {"others_on_server_cores_s": 0.6}])
def test_a_core_that_others_used_is_noisy(update: dict[str, float]) -> None:
    assert set(flags(with_cpu(**update))) == {"noisy"}


def test_the_same_check_of_several_trials_is_one_flag_that_names_them() -> None:
    one = flags(figures={**HEALTHY, SERVER_BUSY.name: 0.80})["not_saturated"]
    other = one.model_copy(update={"trials": [9], "evidence": "other"})
    assert [flag.trials for flag in merged([one, other])] == [[3, 9]]
    assert merged([one, other])[0].evidence == one.evidence
