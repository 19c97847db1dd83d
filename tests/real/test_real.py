"""Programs that nobody here wrote, and the examples: verified, run, set against themselves; a wrong expectation fails by name.

`make test-real` runs them; what is not installed is skipped with the reason.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from analysis.model.summary import read_summary
from analysis.regress.model import read_result
from tests.trials import load_trials

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
PATIENCE_S = 900
SECRETS = {
    "HTTPBIN_PASSWORD": "open-sesame",
    "HTTPBIN_BASIC": "c29tZWJvZHk6b3Blbi1zZXNhbWU=",
    "HTTPBIN_TOKEN": "bearer-of-httpbin",
}


@dataclass(frozen=True)
class Real:
    """A service with its scenarios, what it needs, and a change of its task that no right service can satisfy."""

    service: Path
    task: Path
    needs: tuple[str, ...]
    kinds: frozenset[str]
    wrong: tuple[str, str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)


REAL = {
    "nginx": Real(
        HERE / "nginx",
        HERE / "nginx",
        ("nginx",),
        frozenset({"small", "medium", "large", "head"}),
        ("^1024$", "^1025$", "task-small: expected Content-Length that matches"),
    ),
    "httpbin": Real(
        HERE / "httpbin",
        HERE / "httpbin",
        ("python3",),
        frozenset(
            {"get", "post", "put", "patch", "delete", "headers", "status", "basic", "bearer", "bytes", "json", "redirect"}
        ),
        ("$.json.n", "$.json.m", "task-post: expected one value at $.json.m, got 0"),
        SECRETS,
    ),
    "json-server": Real(
        HERE / "json-server",
        HERE / "json-server",
        ("node", "npm"),
        frozenset({"read", "starred", "create"}),
        ('equals = "a new note"', 'equals = "an old note"', "create-read-delete, read-new: expected 'an old note'"),
    ),
    "orders-go": Real(
        CHECKOUT / "examples" / "orders-go",
        CHECKOUT / "examples" / "orders",
        ("go", "postgres"),
        frozenset({"read", "list", "create"}),
        ('equals = "{what.item}"', 'equals = "a rubber goose"', "create-read-back, read-new: expected 'a rubber goose'"),
    ),
    "orders-fastapi": Real(
        CHECKOUT / "examples" / "orders-fastapi",
        CHECKOUT / "examples" / "orders",
        ("python3", "postgres"),
        frozenset({"read", "list", "create"}),
        ("per_request = 1", "per_request = 3", "skipped_work: db did"),
    ),
}


def missing(program: str) -> bool:
    if program == "postgres":
        return not list(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return shutil.which(program) is None


@pytest.fixture(params=list(REAL))
def real(request: pytest.FixtureRequest) -> Real:
    program_ = REAL[request.param]
    if absent := [program for program in program_.needs if missing(program)]:
        pytest.skip(f"{', '.join(absent)} not found")
    return program_


def primebench(real: Real, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "primebench", *arguments],
        cwd=CHECKOUT,
        env=os.environ | dict(real.secrets),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_it_is_verified_and_run_and_told_by_kind(real: Real, tmp_path: Path) -> None:
    done = primebench(real, "verify", str(real.service))
    assert done.returncode == 0, done.stdout + done.stderr
    scenarios = str(real.task / "scenarios.toml")
    given = ("--scenarios", scenarios, "--service", str(real.service), "--results", str(tmp_path), "--profile", "smoke")
    done = primebench(real, "run", *given)
    assert done.returncode == 0, done.stdout + done.stderr
    (folder,) = (tmp_path / "runs").iterdir()
    _, trials = load_trials(folder)
    assert not [trial.failure for trial in trials if trial.failure]
    summary = read_summary(folder / "summary.json")
    mix = next(workload for workload in summary.workloads if workload.name == "mix")
    assert {kind.name for kind in mix.kinds} == real.kinds
    assert not [flag for contender in mix.contenders for flag in contender.flags if flag.fatal]
    text = done.stdout + done.stderr
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        text += path.read_bytes().decode("latin-1")
    assert [name for name, value in real.secrets.items() if value in text] == []


def test_a_wrong_expectation_fails_by_name(real: Real, tmp_path: Path) -> None:
    task = tmp_path / real.task.name
    shutil.copytree(real.task, task)
    if real.task != real.service:
        shutil.copytree(real.service, tmp_path / real.service.name)
    old, new, line = real.wrong
    text = (task / "task.toml").read_text()
    assert old in text
    (task / "task.toml").write_text(text.replace(old, new))
    scenarios = str(task / "scenarios.toml")
    service = str(tmp_path / real.service.name)
    given = ("--scenarios", scenarios, "--service", service, "--results", str(tmp_path / "results"), "--profile", "smoke")
    done = primebench(real, "run", *given)
    assert done.returncode == 2
    assert line in done.stdout + done.stderr


def test_it_is_no_regression_of_itself(real: Real, tmp_path: Path) -> None:
    scenarios, service = str(real.task / "scenarios.toml"), str(real.service)
    given = ("--scenarios", scenarios, "--results", str(tmp_path), "--workload", "mix", "--budget", "3m")
    done = primebench(real, "regress", "--base", service, "--head", service, *given)
    (folder,) = (tmp_path / "runs").iterdir()
    result = read_result(folder)
    assert done.returncode in (0, 3), done.stdout + done.stderr
    assert result.outcome in ("pass", "inconclusive")


SLOWER = {
    "a query for each order": ('"list", "joined"', '"list", "each"'),
    "a missing index": (
        "\tdefer db.Close()\n",
        '\tdefer db.Close()\n\tif _, err := db.Exec(stop, "DROP INDEX orders_customer"); err != nil {\n\t\treturn err\n\t}\n',
    ),
}


@pytest.mark.parametrize("change", list(SLOWER))
def test_what_makes_the_database_work_more_is_a_regression(change: str, tmp_path: Path) -> None:
    real = REAL["orders-go"]
    if absent := [program for program in real.needs if missing(program)]:
        pytest.skip(f"{', '.join(absent)} not found")
    head = tmp_path / real.service.name
    shutil.copytree(real.service, head)
    shutil.copytree(real.task, tmp_path / real.task.name)
    source = (head / "main.go").read_text()
    old, new = SLOWER[change]
    assert source.count(old) == 1
    (head / "main.go").write_text(source.replace(old, new))
    scenarios, results = str(real.task / "scenarios.toml"), str(tmp_path / "results")
    given = ("--scenarios", scenarios, "--results", results, "--workload", "mix", "--budget", "6m")
    done = primebench(real, "regress", "--base", str(real.service), "--head", str(head), *given)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "db" in done.stdout
