"""The workflows that init writes, looked at by the tools of those who run them."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from loadgen.init.ci import KINDS, Kind, workflow

ROOT = Path(__file__).parents[2]
ACTIONLINT = next(iter(sorted(ROOT.glob("build/actionlint-*/actionlint"))), None)
LANGUAGES = ("Go", "Rust", "C++", "JavaScript", "Python", "Java")
CASES = [
    (language, below, secrets) for language in LANGUAGES for below, secrets in (("", ()), ("services/shop", ("KEY", "PIN")))
]


def read(kind: Kind, language: str, below: str, secrets: tuple[str, ...]) -> dict[Any, Any]:
    made = workflow(kind, language, below, secrets)
    content = yaml.safe_load(made.text)
    assert "@" not in made.text.replace("@v", "")
    assert isinstance(content, dict)
    return content


@pytest.mark.parametrize("case", CASES, ids=str)
def test_github_s_job_compares_head_with_base_in_the_service_s_folder(case: tuple[str, str, tuple[str, ...]]) -> None:
    job = read("github", *case)["jobs"]["regress"]
    (step,) = [step for step in job["steps"] if "primebench regress" in step.get("run", "")]
    assert set(step["env"]) == {"BASE", "HEAD", *case[2]}
    assert "${{" not in step["run"]
    assert job.get("defaults", {}).get("run", {}).get("working-directory", "") == case[1]
    assert job["steps"][-1]["with"]["path"] == f"{case[1]}/.primebench".lstrip("/")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gitlab_s_job_does_not_fail_where_the_data_cannot_tell(case: tuple[str, str, tuple[str, ...]]) -> None:
    job = read("gitlab", *case)["primebench"]
    assert job["allow_failure"] == {"exit_codes": 3}
    assert job["script"][-1].startswith("primebench regress --base ")
    assert job["artifacts"]["paths"] == [f"{case[1]}/.primebench".lstrip("/")]


def test_what_is_to_be_done_beside_is_said() -> None:
    assert workflow("github", "Go", "", ()).remark == ""
    assert workflow("github", "Go", "", ("KEY",)).remark == "add KEY to the repository's secrets"
    remark = workflow("gitlab", "Go", "", ("KEY",)).remark
    assert remark == ("add this line to .gitlab-ci.yml: include: /.gitlab/primebench.yml; add KEY to the project's variables")


@pytest.mark.skipif(ACTIONLINT is None, reason="no actionlint: make lint-actions builds it")
def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    files = []
    for number, (language, below, secrets) in enumerate(CASES):
        files.append(tmp_path / f"{number}.yml")
        files[-1].write_text(workflow("github", language, below, secrets).text)
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or ""
    done = subprocess.run(
        [str(ACTIONLINT), f"-shellcheck={shellcheck}", "-pyflakes=", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("kind", KINDS)
def test_the_vendors_schemas_find_nothing(kind: Kind, tmp_path: Path) -> None:
    files = []
    for number, (language, below, secrets) in enumerate(CASES):
        files.append(tmp_path / f"{number}.yml")
        files[-1].write_text(workflow(kind, language, below, secrets).text)
    schema = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci"}[kind]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
