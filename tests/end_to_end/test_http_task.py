"""A service that knows no prime: its task is a task.toml with two kinds of request and a bearer token."""

import json
import subprocess
from pathlib import Path

import pytest

from analysis.model.summary import read_summary
from tests import forked
from tests.end_to_end.conftest import LAUNCH, Place
from tests.trials import load_trials

ORDERS = Path(__file__).parents[1] / "orders"
TOKEN = "secret-of-the-test"


def primebench(place: Place, *arguments: str, token: str = TOKEN, **more: str) -> subprocess.CompletedProcess[str]:
    return forked.run([*LAUNCH, *arguments], {**place.environment, "ORDERS_TOKEN": token, **more})


def test_it_is_verified_by_what_its_task_expects(place: Place) -> None:
    done = primebench(place, "verify", str(ORDERS))
    assert (done.returncode, done.stderr) == (0, "")
    assert "orders: core 2 of 2" in done.stdout


@pytest.mark.parametrize(
    ("service", "token", "reason"),
    [
        (str(ORDERS), "", "requests.read: {env.ORDERS_TOKEN}: the variable ORDERS_TOKEN is not set"),
        (str(ORDERS), "another", "task-read: expected 200, got 401"),
        (f"{ORDERS}:forgets", TOKEN, "task-read: expected 7 at $.id, got 8"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(place: Place, service: str, token: str, reason: str) -> None:
    done = primebench(place, "verify", service, token=token)
    assert done.returncode == 2
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_asked_and_answered_is_shown_with_the_secret_by_its_name(place: Place) -> None:
    done = primebench(place, "verify", f"{ORDERS}:forgets")
    asked, answered = "  > GET /orders/7 HTTP/1.1\n", "  < HTTP/1.1 200\n"
    assert asked in done.stdout
    assert "  > Authorization: Bearer {env.ORDERS_TOKEN}\n" in done.stdout
    assert answered in done.stdout
    assert asked not in done.stderr, "faults are a line each"
    done = primebench(place, "verify", "--json", f"{ORDERS}:forgets")
    cases = {load["case"]: load for load in json.loads(done.stdout)["services"]["orders:forgets"]}
    assert cases["task-read"]["request"].startswith("GET /orders/7 HTTP/1.1\n")
    assert json.loads(cases["task-read"]["response"].split("\n")[-1])["id"] == 8
    assert (cases["task-create"]["request"], cases["task-create"]["response"]) == (None, None)
    assert TOKEN not in done.stdout + done.stderr


def test_a_variants_deviations_are_not_written_over_its_services(place: Place) -> None:
    done = primebench(place, "verify", "--write-deviations", f"{ORDERS}:forgets")
    assert done.returncode == 2
    assert "--write-deviations orders:forgets: expected a service; its variants share the list" in done.stderr
    assert not (ORDERS / "deviations.toml").exists()


def test_it_is_run_and_reported_and_its_secret_is_kept_nowhere(place: Place) -> None:
    scenarios = str(ORDERS / "scenarios.toml")
    given = ("--scenarios", scenarios, "--service", str(ORDERS), "--results", str(place.results), "--profile", "quick")
    done = primebench(place, "run", *given)
    (folder,) = (place.results / "runs").iterdir()
    run, trials = load_trials(folder)
    assert [(workload.label, workload.request.target, workload.work) for workload in run.workloads.values()] == [
        ("read, order = 42", "/orders/42", None),
        ("create, order = 7", "/orders", None),
    ]
    assert run.workloads["read"].request.headers == {"Authorization": "Bearer {env.ORDERS_TOKEN}"}
    assert {trial.workload: trial.load.right_statuses for trial in trials if trial.load} == {"read": [200], "create": [201]}
    assert not [trial.failure for trial in trials if trial.failure]
    summary = read_summary(folder / "summary.json")
    assert summary.task == "orders"
    assert (summary.claims, summary.audit, summary.microbench) == ([], None, None)
    assert "read: read, order = 42, 2 connections" in done.stdout
    assert run.pilots["read, order = 42"]["orders"].rate_per_s > 0
    pairs = [trial for trial in trials if trial.beside]
    assert {(trial.contender, *trial.beside) for trial in pairs} == {("orders", "orders:aa"), ("orders:aa", "orders")}
    assert all(trial.load is not None and trial.load.server_cpu_s for trial in pairs)
    (paired,) = next(workload for workload in summary.workloads if workload.name == "read").paired
    assert (paired.numerator, paired.denominator, paired.pairs) == ("orders", "orders:aa", 2)
    assert "n = " not in done.stdout
    written = [path for path in place.results.rglob("*") if path.is_file()]
    assert [path for path in written if TOKEN.encode() in path.read_bytes()] == []
    assert TOKEN not in done.stdout + done.stderr
    again = primebench(place, "report", str(folder), "--json")
    assert json.loads(again.stdout)["workloads"][0]["label"] == "read, order = 42"


def test_a_service_of_another_task_is_refused(place: Place) -> None:
    done = primebench(
        place, *("run", "--scenarios", str(ORDERS / "scenarios.toml"), "--service", "cpp", "--results", str(place.results))
    )
    assert done.returncode == 2
    assert "cpp serves the tasks prime, plaintext, json, and orders is what" in done.stderr
