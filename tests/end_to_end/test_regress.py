"""The gate, on a repository of its own: a slow-down that nobody could miss, none at all, and what goes wrong."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.verdict import Verdict
from tests.end_to_end.conftest import LAUNCH, STUB, Ended, Place

Regress = Callable[..., Ended]
ANSWER = "        n = json.loads(body)["
BURN = "        sum(range(20_000))\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository whose one commit holds the stub service."""
    folder = tmp_path / "repository"
    folder.mkdir()
    for name in ("service.toml", "stub.py"):
        shutil.copy(STUB / name, folder / name)
    git(folder, "init", "--quiet")
    commit(folder, "base")
    return folder


def git(folder: Path, *arguments: str) -> None:
    author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", "-C", str(folder), *author, *arguments], check=True, capture_output=True)


def commit(folder: Path, subject: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", subject)


@pytest.fixture
def regress(place: Place, repository: Path) -> Regress:
    def run_it(*arguments: str) -> Ended:
        where = ["--repository", str(repository), "--service", ".", "--results", str(place.results)]
        command = [*LAUNCH, "regress", *where, "--scenarios", str(STUB / "scenarios.toml"), *arguments]
        done = subprocess.run(command, env=dict(place.environment), capture_output=True, text=True, timeout=170, check=False)
        return Ended(done.returncode, done.stdout, done.stderr, place.results)

    return run_it


def worktrees(repository: Path) -> int:
    listed = subprocess.run(["git", "-C", str(repository), "worktree", "list"], check=True, capture_output=True, text=True)
    return len(listed.stdout.splitlines())


def test_a_head_that_burns_time_in_every_request_is_a_regression(regress: Regress, repository: Path) -> None:
    text = (repository / "stub.py").read_text()
    assert text.count(ANSWER) == 1
    (repository / "stub.py").write_text(text.replace(ANSWER, BURN + ANSWER))
    commit(repository, "head")
    ended = regress("--base", "HEAD~1", "--head", "HEAD")
    assert (ended.code, ended.stderr) == (1, "")
    assert "REGRESSION" in ended.stdout
    verdict = Verdict.model_validate_json((ended.run / "verdict.json").read_text())
    assert verdict.outcome == "regression"
    assert all(one.worse is not None and one.worse > 1.5 for one in verdict.metrics)
    assert worktrees(repository) == 1


def test_the_same_sources_twice_are_no_regression(regress: Regress, repository: Path) -> None:
    commit(repository, "nothing changed")
    ended = regress("--base", "HEAD~1", "--head", "HEAD")
    assert ended.code in (0, 3)
    assert "built from the same sources: an A/A run" in ended.stdout
    assert "REGRESSION" not in ended.stdout


def test_a_head_that_does_not_build_is_trouble(regress: Regress, repository: Path) -> None:
    (repository / "stub.py").unlink()
    commit(repository, "broken")
    ended = regress("--base", "HEAD~1", "--head", "HEAD")
    assert ended.code == 2
    assert ended.stderr.startswith("primebench: head: build failed")
    assert worktrees(repository) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--base", "no-such-branch"], "no revision 'no-such-branch'"),
        (["--base", "HEAD", "--margin", "0.05"], "--exclude 0.03 must be above --margin 0.05"),
        (["--head", "HEAD"], "Missing option '--base'"),
    ],
)
def test_bad_arguments(regress: Regress, arguments: list[str], expected: str) -> None:
    ended = regress(*arguments)
    assert ended.code == 2
    assert expected in ended.stderr
    assert "Traceback" not in ended.stderr
