from pathlib import Path

import pytest
from pydantic import ValidationError

from loadgen.config.project import read_scenarios
from loadgen.config.scenarios import workloads_named
from loadgen.errors import Error
from loadgen.generator.rate import rate_per_s
from loadgen.record.trial import Trial
from loadgen.record.workload import Rate, load_in_words
from tests.unit.plans import plan, workload
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
    failed = [trial.replace(failure="died") for trial in closed("fast", 1)]
    assert rate_per_s(OWN, "fast", ["fast"], [*TRIALS, *failed]) == 700


def test_without_a_finished_trial_there_is_no_rate() -> None:
    with pytest.raises(Error, match="other: no rate: no trial of workload 'w' has finished"):
        rate_per_s(OWN, "other", ["fast", "slow"], TRIALS)


def test_a_rate_is_at_least_one_request_a_second() -> None:
    assert rate_per_s(OWN, "idle", ["idle"], closed("idle", 1)) == 1


def test_a_number_is_the_rate_of_every_service_and_needs_no_trial() -> None:
    assert {rate_per_s(Rate(per_s=500), label, ["fast", "slow"], []) for label in ("fast", "slow")} == {500}


@pytest.mark.parametrize(
    "given",
    [{}, {"share": 0.7}, {"of": "w"}, {"per_s": 500, "of": "w"}, {"per_s": 500, "share": 0.7}, {"per_s": 5, "whose": "common"}],
)
def test_a_rate_is_a_number_alone_or_a_share_of_something(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="expected per_s alone, or share and of"):
        Rate.model_validate(given)


@pytest.mark.parametrize("per_s", [0, -5, 2.5, "500"])
def test_a_number_is_whole_and_positive(per_s: object) -> None:
    with pytest.raises(ValidationError, match="per_s"):
        Rate.model_validate({"per_s": per_s})


def test_how_a_load_is_put_in_words() -> None:
    assert load_in_words(64, None) == "64 connections"
    assert load_in_words(64, Rate(per_s=1500)) == "open loop at 1,500 requests/s"
    assert load_in_words(64, OWN) == "open loop at 70% of each service's own capacity (w)"


def test_a_loop_at_a_number_needs_no_closed_one_beside_it(tmp_path: Path) -> None:
    """A loop at a share does, and the two are told apart."""
    text = """
schema = 2
task = "prime"
workloads.fixed = { title = "t", connections = 4, parameters = { n = 1 }, rate = { per_s = 500 } }
workloads.closed = { title = "t", connections = 4, parameters = { n = 1 } }
workloads.share = { title = "t", connections = 4, parameters = { n = 1 }, rate = { share = 0.5, of = "closed" } }
[profiles.p]
title = "t"
services = ["cpp"]
rounds = 6
pinned = true
server_cores = 1
[profiles.p.workloads]
fixed = { warm_up_s = 0.1, load_s = 1.0 }
closed = { warm_up_s = 0.1, load_s = 1.0 }
share = { warm_up_s = 0.1, load_s = 1.0 }
"""
    (tmp_path / "scenarios.toml").write_text(text, encoding="utf-8")
    scenarios = read_scenarios(tmp_path / "scenarios.toml")
    assert list(workloads_named(scenarios, scenarios.profiles["p"], ["fixed"])) == ["fixed"]
    with pytest.raises(Error, match="workload 'share' needs the capacity that 'closed' finds"):
        workloads_named(scenarios, scenarios.profiles["p"], ["share"])


def test_a_pilot_is_run_under_a_closed_loop_or_else_under_one_at_a_number() -> None:
    fixed = workload(rate=Rate(per_s=500))
    assert list(plan(fixed=fixed).first_of.values()) == ["fixed"]
    assert list(plan(fixed=fixed, main=workload()).first_of.values()) == ["main"]
