"""Capacity curves of the stub service: what is left on disk and on the screen. No figure of so short a curve means anything."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests import forked
from tests.end_to_end.conftest import LAUNCH, STUB, Ended, Place, ended, place_in
from tests.patience import PATIENCE_S
from tests.trials import load_trials


def curve(place: Place, *arguments: str, **environment: str) -> Ended:
    scenarios = ("--scenarios", str(STUB / "scenarios.toml"), "--profile", "tiny", "--results", str(place.results))
    return ended(place, [*LAUNCH, "curve", *arguments, *scenarios], environment)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    place = place_in(tmp_path_factory.mktemp("curve"))
    services = (str(STUB), f"{STUB}:delayed")
    for seconds in (25, 250, PATIENCE_S):  # the first is enough for a first trial, but where the machine is busy
        done = curve(place, *services, "--objective", "p99=60ms", "--budget", f"{seconds:g}s", "--seed", "7", PLOTS="drawn")
        assert (done.code, done.stderr) == (0, "")
        if load_trials(done.run)[1]:
            break
        shutil.rmtree(place.results)
    return done


def test_it_prints_a_column_a_service_and_how_it_ended(measured: Ended) -> None:
    said = " ".join(measured.stdout.split())
    assert re.search(r"curves of 2 services, at most: 120 trials, about \d+:\d\d min", said)
    assert "tiny: n = 100, P99 at most 60 ms, up to 4 connections" in said
    for row in ("capacity, requests/s", "P99 at half", "CPU near idle", "first right", "CPU until settled"):
        assert row in said
    assert re.search(r"measuring ended: the budget of \d+:\d\d min was spent", said)


def test_it_leaves_a_run_with_every_trial_and_what_shows_it(measured: Ended) -> None:
    names = {str(path.relative_to(measured.run)) for path in measured.run.rglob("*") if path.is_file()}
    assert {"run.json", "trials.jsonl", "curve.json", "curve.md"} <= names
    found = json.loads((measured.run / "curve.json").read_bytes())
    answered_enough = any("latency_p50_ms" in point["figures"] for value in found["curves"] for point in value["points"])
    assert ({"plots/curve.svg", "plots/curve.png"} <= names) is answered_enough
    run, trials = load_trials(measured.run)
    assert run.curve is not None
    assert (run.end_reason, run.profile, run.seed, run.plan) == ("finished", "curve", 7, None)
    assert {label: len(group) for label, group in run.curve.first_response_s.items()} == {"stub": 5, "stub:delayed": 5}
    for label in ("stub", "stub:delayed"):
        rates = [trial.rate_per_s for trial in trials if trial.contender == label]
        assert rates[:2] == [None, 10][: len(rates)]  # as many as the budget had time for
        assert sorted(rate for rate in rates[1:8] if rate is not None) == rates[1:8]
    assert trials
    assert [trial.failure for trial in trials if trial.failure] == []
    assert [value["label"] for value in found["curves"]] == ["stub", "stub:delayed"]


def test_its_report_is_made_again(measured: Ended) -> None:
    done = forked.run([*LAUNCH, "report", str(measured.run), "--format", "markdown"])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (measured.run / "curve.md").read_text(encoding="utf-8")


def test_a_service_that_dies_under_load_is_said_in_a_line(place: Place) -> None:
    done = curve(place, f"{STUB}:dies", "--objective", "p99=60ms", "--budget", "30s")
    assert done.code == 2
    assert "stub:dies at saturation: stub:dies: the server died (killed by signal 9)" in done.stderr
    assert "its closed loop failed, or was not measured" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--objective", "10ms"), "expected p50, p90, p99 or p99.9 and a time, as in p99=10ms, not '10ms'"),
        ((), "Missing option '--objective'"),
        (("--objective", "p99=10ms", "--workload", "none"), "no workload 'none' in this profile: expected of tiny"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused_in_a_line(place: Place, arguments: tuple[str, ...], line: str) -> None:
    done = curve(place, str(STUB), *arguments)
    assert done.code == 2
    assert line in done.stderr
    assert not (place.results / "runs").exists()


def test_a_load_at_a_number_of_requests_per_second_is_a_run_by_itself(place: Place, tmp_path: Path) -> None:
    text = (STUB / "scenarios.toml").read_text(encoding="utf-8")
    keys = ('title = "at a rate"', "parameters = { n = 100 }", "connections = 4", "rate = { per_s = 150 }")
    fixed = "\n".join(["[workloads.fixed]", *keys, "", "[profiles.tiny]"])
    text = text.replace("[profiles.tiny]\n", f"{fixed}\n").replace(
        "[profiles.tiny.workloads]\ntiny", "[profiles.tiny.workloads]\nfixed"
    )
    scenarios = tmp_path / "scenarios.toml"
    scenarios.write_text(text, encoding="utf-8")
    command = [*LAUNCH, "run", "--profile", "tiny", "--results", str(place.results), "--scenarios", str(scenarios)]
    done = ended(place, [*command, "--service", str(STUB)], {})
    assert (done.code, done.stderr) == (0, "")
    assert "open loop at 150 requests/s" in done.stdout
    assert {trial.rate_per_s for trial in load_trials(done.run)[1]} == {150}
