"""A repository with a primebench.toml, used from within: verified, run, judged against a revision from before the file."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.model.summary import read_summary
from analysis.regress.model import read_result
from tests.end_to_end.conftest import Place, place_in, primebench
from tests.repository import commit, git

ANY_BUT_SLOWER = (0, 2, 3)
"""Exit codes of a check of the same sources: a machine that is busy with other things makes it invalid or inconclusive."""
HELLO = Path(__file__).parents[1] / "hello"
HELLO_BYTES = (HELLO / "hello.py").stat().st_size


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Without the controls of a check, which take two thirds of it: test_regress.py has them."""
    place = place_in(tmp_path)
    return replace(place, environment={**place.environment, "CONTROLS": "none"})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "hello"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    shutil.copy(HELLO / "hello.py", folder)
    commit(folder, "greet")
    shutil.copy(HELLO / "primebench.toml", folder)
    return folder


def test_a_repository_is_verified_run_and_judged(place: Place, repository: Path) -> None:
    done = primebench(place, repository, "verify")
    assert (done.returncode, done.stderr) == (0, "")
    done = primebench(place, repository, "run", "--profile", "smoke")
    assert (done.returncode, done.stderr) == (0, "")
    (run,) = (repository / ".primebench" / "runs").iterdir()
    assert (read_summary(run / "summary.json").task, read_summary(run / "summary.json").commit) == (
        "hello",
        git(repository, "rev-parse", "HEAD"),
    )
    assert primebench(place, repository / ".primebench", "report").returncode == 0
    done = primebench(place, repository, "regress", "--base", "HEAD", "--head", ".", "--budget", "5m")
    assert done.returncode in ANY_BUT_SLOWER, done.stderr
    assert read_result(repository / ".primebench" / "latest").metrics, done.stderr
    assert "base: HEAD" in done.stdout
    assert git(repository, "status", "--porcelain") == "?? primebench.toml"


def test_a_part_of_a_repository_is_judged_as_that_part(place: Place, repository: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    (whole / "services").mkdir(parents=True)
    shutil.copytree(repository, whole / "services" / "hello", ignore=shutil.ignore_patterns(".git"))
    git(whole, "init", "--quiet", "--initial-branch=main")
    commit(whole, "greet")
    done = primebench(place, whole / "services" / "hello", "regress", "--base", "HEAD", "--head", ".", "--layer", "size")
    assert (done.returncode, done.stderr) == (0, "")
    (size,) = read_result(whole / "services" / "hello" / ".primebench" / "latest").metrics
    assert (size.service, size.base, size.head) == ("hello", HELLO_BYTES, HELLO_BYTES)


def test_what_is_needed_is_said_and_nothing_is_installed(place: Place, repository: Path) -> None:
    done = primebench(place, repository, "setup", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] in ("nothing is missing", "nothing was installed: --dry-run")
    assert "oha" not in done.stdout
