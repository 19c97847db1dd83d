import pytest

from loadgen.errors import Error
from loadgen.generator.rate import rate_per_s
from loadgen.record.trial import Trial
from loadgen.record.workload import Rate
from tests.unit.records import TRIAL

OWN, COMMON = (Rate.model_validate({"share": 0.7, "of": "w", "whose": whose}) for whose in ("own", "common"))


def closed(contender: str, *goodputs: int) -> list[Trial]:
    """Finished trials of the closed loop w; its window is ten seconds."""
    assert TRIAL.load is not None
    loads = [TRIAL.load.replace(answered_in_window=goodput * 10) for goodput in goodputs]
    return [TRIAL.replace(contender=contender, load=load) for load in loads]


TRIALS = [*closed("fast", 1000, 900, 5000), *closed("slow", 200, 220, 210)]


def test_a_rate_of_its_own_is_a_share_of_the_services_median_goodput() -> None:
    assert rate_per_s(OWN, "fast", ["fast", "slow"], TRIALS) == 700
    assert rate_per_s(OWN, "slow", ["fast", "slow"], TRIALS) == 147


def test_a_common_rate_is_a_share_of_the_lowest_capacity() -> None:
    assert {rate_per_s(COMMON, label, ["fast", "slow"], TRIALS) for label in ("fast", "slow", "control")} == {147}


def test_failed_trials_tell_no_capacity() -> None:
    failed = [one.replace(failure="died") for one in closed("fast", 1)]
    assert rate_per_s(OWN, "fast", ["fast"], [*TRIALS, *failed]) == 700


def test_without_a_finished_trial_there_is_no_rate() -> None:
    with pytest.raises(Error, match="other: no rate: no trial of workload 'w' has finished"):
        rate_per_s(OWN, "other", ["fast", "slow"], TRIALS)


def test_a_rate_is_at_least_one_request_a_second() -> None:
    assert rate_per_s(OWN, "idle", ["idle"], closed("idle", 1)) == 1
