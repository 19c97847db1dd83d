"""action.yml for other repositories: what goes in and out of it, and what its step makes of every exit code.

actionlint (make lint-actions) checks the form; here its parts are held together, and the step's script is run with a stub in
primebench's place.
"""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.repository import git

ROOT = Path(__file__).parents[2]
ACTION = (ROOT / "action.yml").read_text(encoding="utf-8")
GATE = ROOT / ".ci" / "gate"
HEAD_SECTIONS = re.split(r"^(inputs|outputs|runs):\n", ACTION, flags=re.MULTILINE)
SECTIONS = dict(zip(HEAD_SECTIONS[1::2], HEAD_SECTIONS[2::2], strict=True))

STUB = """#!/usr/bin/env python3
import json, os, sys
from pathlib import Path
Path(os.environ["SEEN"]).write_text(json.dumps(sys.argv[1:]))
exports = dict(one.split("=", 2)[1:] for one in sys.argv if one.startswith("--export="))
print("::error::what a build printed")
if os.environ["OUTCOME"]:
    Path(exports["json"]).write_text(json.dumps({"outcome": os.environ["OUTCOME"], "run_id": "no-such-run"}))
    Path(exports["markdown"]).write_text("## the verdict\\n")
sys.exit(int(os.environ["CODE"]))
"""


class Step(NamedTuple):
    """What a step left: its exit code, its log, its outputs, the job summary, and the options that primebench got."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str
    options: list[str]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One commit that two branches left: main, and change, which is checked out."""
    place = tmp_path / "a repository"
    place.mkdir()
    git(place, "init", "--quiet", "--initial-branch", "main")
    for name in ("fork", "onward", "change"):
        if name == "change":
            git(place, "checkout", "--quiet", "-b", "change", "main~1")
        git(place, "commit", "--quiet", "--allow-empty", "-m", name)
    return place


def run(tmp_path: Path, repository: Path, code: int = 0, outcome: str = "pass", **inputs: str) -> Step:
    stub, seen, output, summary = (tmp_path / name for name in ("primebench", "seen", "output", "summary"))
    stub.write_text(STUB)
    stub.chmod(0o755)
    for path in (output, summary):
        path.write_text("")
    given = {"BASE": "main", "HEAD": "HEAD", "REPOSITORY": str(repository), "EXPORTS": str(tmp_path / "out"), **inputs}
    names = re.findall(r"INPUT_\w+", ACTION)
    environment = {
        **os.environ,
        **{name: given.get(name.removeprefix("INPUT_"), "") for name in names},
        "PRIMEBENCH": str(stub),
        "SEEN": str(seen),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        "CODE": str(code),
        "OUTCOME": outcome,
    }
    done = subprocess.run([str(GATE)], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    options = json.loads(seen.read_text()) if seen.exists() else []
    return Step(done.returncode, done.stdout, outputs, summary.read_text(), options)


def test_every_input_goes_by_the_environment_under_its_name_and_is_used() -> None:
    named = re.findall(r"^  ([a-z-]+):$", SECTIONS["inputs"], flags=re.MULTILINE)
    passed = re.findall(r"^ +(INPUT_\w+): \$\{\{ inputs\.([a-z-]+) \}\}$", SECTIONS["runs"], flags=re.MULTILINE)
    assert [name for _, name in passed] == named
    assert [variable for variable, _ in passed] == ["INPUT_" + name.replace("-", "_").upper() for name in named]
    assert set(re.findall(r"INPUT_\w+", GATE.read_text())) >= {variable for variable, _ in passed}


def test_no_run_block_has_an_expression_in_it() -> None:
    blocks = re.findall(r"^( +)(?:- )?run: *(.*\n(?:\1 {1,}.*\n)*)", ACTION, flags=re.MULTILINE)
    assert len(blocks) == 3
    assert not [text for _, text in blocks if "${{" in text]


def test_every_output_is_written_by_the_step() -> None:
    named = re.findall(r"^  ([a-z-]+):$", SECTIONS["outputs"], flags=re.MULTILINE)
    values = re.findall(r"steps\.gate\.outputs\.([a-z-]+)", SECTIONS["outputs"])
    assert named == values
    assert all(f"{name}=" in GATE.read_text() for name in named)


@pytest.mark.parametrize(
    ("code", "outcome", "ends_with", "told", "annotation"),
    [
        (0, "pass", 0, "pass", None),
        (1, "regression", 1, "regression", "::error title=primebench regression::"),
        (2, "invalid", 2, "invalid", "::error title=primebench invalid::"),
        (2, "", 2, "error", "::error title=primebench error::"),
        (3, "inconclusive", 0, "inconclusive", "::warning title=primebench inconclusive::"),
        (130, "", 130, "error", "::error title=primebench error::"),
    ],
)
def test_each_exit_code_has_its_outcome_and_annotation(
    tmp_path: Path, repository: Path, code: int, outcome: str, ends_with: int, told: str, annotation: str | None
) -> None:
    step = run(tmp_path, repository, code, outcome)
    assert (step.code, step.outputs["outcome"]) == (ends_with, told)
    after = step.log.rsplit("::", 1)[-1] if annotation is None else step.log
    assert (annotation or "") in after


@pytest.mark.parametrize("code", [0, 1, 3])
def test_an_exit_code_without_a_verdict_that_says_the_same_is_error(tmp_path: Path, repository: Path, code: int) -> None:
    """A crash of Python ends with exit code 1: no regression."""
    for outcome in ("", "invalid"):
        step = run(tmp_path, repository, code, outcome)
        assert (step.code, step.outputs["outcome"]) == (2, "error")


def test_an_inconclusive_run_fails_if_that_is_asked_for(tmp_path: Path, repository: Path) -> None:
    step = run(tmp_path, repository, 3, "inconclusive", FAIL_ON_INCONCLUSIVE="true")
    assert (step.code, step.outputs["outcome"]) == (3, "inconclusive")
    assert "::error title=primebench inconclusive::" in step.log


def test_the_verdict_is_an_output_and_its_markdown_the_job_summary(tmp_path: Path, repository: Path) -> None:
    step = run(tmp_path, repository)
    assert Path(step.outputs["verdict-file"]) == tmp_path / "out" / "verdict.json"
    assert step.summary == "## the verdict\n"


def test_a_verdict_of_a_run_before_counts_for_nothing(tmp_path: Path, repository: Path) -> None:
    run(tmp_path, repository)
    step = run(tmp_path, repository, 2, "")
    assert "verdict-file" not in step.outputs
    assert step.summary == ""


def test_both_sides_go_to_primebench_as_they_are(tmp_path: Path, repository: Path) -> None:
    """It finds the merge base, tells folders from revisions, and names what helps in a shallow clone."""
    options = run(tmp_path, repository, BASE="--upload-pack=true", HEAD="topic").options
    assert {"--base=--upload-pack=true", "--head=topic"} <= set(options)


def test_what_is_set_becomes_an_option_and_what_is_empty_does_not(tmp_path: Path, repository: Path) -> None:
    bare = run(tmp_path, repository).options
    assert not [one for one in bare if one.startswith(("--service", "--budget", "--config", "--history"))]
    step = run(tmp_path, repository, SERVICE="a\nb c\n", BUDGET="5m", CONFIG="p.toml", HISTORY="h.jsonl")
    assert {"--service=a", "--service=b c", "--budget=5m", "--config=p.toml", "--history=h.jsonl"} <= set(step.options)


def test_inputs_are_never_run(tmp_path: Path, repository: Path) -> None:
    hostile = '"; touch injected; $(touch injected) `touch injected` #'
    for name in ("BASE", "HEAD", "SERVICE", "BUDGET", "CONFIG", "EXPORTS", "HISTORY", "FAIL_ON_INCONCLUSIVE"):
        run(tmp_path, repository, 0, "pass", **{name: hostile})
        assert not list(tmp_path.rglob("injected"))
    step = run(tmp_path, repository, EXPORTS="out\noutcome=pass")
    assert (step.code, step.outputs) == (2, {"outcome": "error"})


def test_what_is_built_and_measured_gives_the_runner_no_commands(tmp_path: Path, repository: Path) -> None:
    log = run(tmp_path, repository).log
    token = re.search(r"^::stop-commands::([0-9a-f]{32})$", log, flags=re.MULTILINE)
    assert token is not None
    assert token.end() < log.index("::error::what a build printed") < log.index(f"::{token.group(1)}::")


@pytest.mark.parametrize("lacking", ["BASE", "HEAD"])
def test_an_event_without_a_pull_request_measures_nothing(tmp_path: Path, repository: Path, lacking: str) -> None:
    """The checkout beside itself would pass, whatever it holds."""
    step = run(tmp_path, repository, 0, "pass", **{lacking: ""})
    assert (step.code, step.outputs["outcome"], step.options) == (2, "error", [])


def test_a_self_check_needs_no_base_and_writes_no_verdict(tmp_path: Path, repository: Path) -> None:
    step = run(tmp_path, repository, 0, "self-check", BASE="", SELF_CHECK="10m", HISTORY="history.jsonl")
    assert (step.code, step.outputs["outcome"], step.summary) == (0, "self-check", "## the verdict\n")
    assert "--self-check=10m" in step.options
    assert not [option for option in step.options if option.startswith(("--base", "--history", "--export=junit"))]
