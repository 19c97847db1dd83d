"""The workflow that docs/how-to/contribute-a-run.md gives: its form, and what its step says of a pull request."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import DOCS, FENCE, ROOT, text_of
from tests.repository import commit, git

(WORKFLOW,) = [block for kind, _, block in FENCE.findall(text_of(DOCS / "how-to" / "contribute-a-run.md")) if kind == "yaml"]
ACTIONLINT = next(iter(sorted(ROOT.glob("build/actionlint-*/actionlint"))), None)


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(WORKFLOW)["jobs"]["check"]["steps"]
    return found


@pytest.mark.skipif(ACTIONLINT is None, reason="no actionlint: make lint-actions builds it")
def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "archive.yml").write_text(WORKFLOW)
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or ""
    command = [str(ACTIONLINT), f"-shellcheck={shellcheck}", "-pyflakes=", str(tmp_path / "archive.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_vendor_s_schema_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "archive.yml").write_text(WORKFLOW)
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*command, str(tmp_path / "archive.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (lambda archive: (archive / "new").write_text("x"), False),
        (lambda archive: (archive / "kept").write_text("y"), True),
        (lambda archive: (archive / "kept").unlink(), True),
        (lambda archive: (archive / "kept").rename(archive / "moved"), True),
        (lambda archive: (archive.parent / "README.md").write_text("y"), False),
    ],
    ids=["added", "changed", "removed", "renamed", "beside"],
)
def test_the_step_refuses_a_change_of_what_is_archived(change: Callable[[Path], object], refused: bool, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    git(tmp_path, "init", "--quiet")
    (archive / "kept").write_text("x")
    (tmp_path / "README.md").write_text("x")
    base = commit(tmp_path, "base")
    change(archive)
    commit(tmp_path, "head")
    (step,) = [step for step in steps() if "git diff" in step.get("run", "")]
    command = ["bash", "-e", "-c", step["run"]]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"BASE": base}, capture_output=True, text=True, check=False)
    assert done.returncode == int(refused), done.stderr
    assert done.stderr == ("an archived run is never changed:\narchive/kept\n" if refused else "")
