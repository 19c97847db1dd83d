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
GATE, COMMENT = ROOT / ".ci" / "gate", ROOT / ".ci" / "comment"
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
    assert sorted(name for _, name in passed) == sorted(named)
    assert all(variable == "INPUT_" + name.replace("-", "_").upper() for variable, name in passed)
    assert set(re.findall(r"INPUT_\w+", GATE.read_text() + COMMENT.read_text())) >= {variable for variable, _ in passed}


def test_no_run_block_has_an_expression_in_it() -> None:
    blocks = re.findall(r"^( +)(?:- )?run: *(.*\n(?:\1 {1,}.*\n)*)", ACTION, flags=re.MULTILINE)
    assert len(blocks) == 4
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
    assert not [name for name in bare if name.startswith(("--service", "--budget", "--config", "--history"))]
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


# The comment

GH = """#!/usr/bin/env python3
import json, os, sys
from pathlib import Path
arguments = sys.argv[1:]
body = json.loads(Path(arguments[arguments.index("--input") + 1]).read_text())["body"] if "--input" in arguments else None
with open(os.environ["SEEN"], "a") as seen:
    seen.write(json.dumps([arguments, body]) + "\\n")
if body is None:
    print(os.environ["COMMENT_ID" if "/comments" in " ".join(arguments) else "PULL_REQUEST"], end="")
"""
EVENT = {
    "HEAD_SHA": "89abcdef",
    "HEAD_BRANCH": "topic; touch injected",
    "HEAD_OWNER": "somebody",
    "RUN_URL": "https://example.org/1",
}


class Comment(NamedTuple):
    """How the step ended, what it printed, and the calls of gh: arguments, and the text that was sent."""

    code: int
    log: str
    calls: list[tuple[list[str], str | None]]


def comment(
    tmp_path: Path, text: str | None = "## the verdict\n", *, number: str = "7", known: str = "", **event: str
) -> Comment:
    programs, seen, verdict = tmp_path / "programs", tmp_path / "gh-seen", tmp_path / "a verdict.md"
    programs.mkdir()
    (programs / "gh").write_text(GH)
    (programs / "gh").chmod(0o755)
    if text is not None:
        verdict.write_text(text)
    environment = {
        **os.environ,
        **EVENT,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "GITHUB_REPOSITORY": "owner/name",
        "INPUT_COMMENT": str(verdict),
        "SEEN": str(seen),
        "PULL_REQUEST": number,
        "COMMENT_ID": known,
        **event,
    }
    done = subprocess.run([str(COMMENT)], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    calls = [json.loads(line) for line in seen.read_text().splitlines()] if seen.exists() else []
    return Comment(done.returncode, done.stdout + done.stderr, calls)


def test_a_verdict_becomes_a_comment_of_the_pull_request_that_the_event_is_of(tmp_path: Path) -> None:
    step = comment(tmp_path)
    assert (step.code, len(step.calls)) == (0, 3)
    (asked, _), (looked, _), (written, body) = step.calls
    assert "head=somebody:topic; touch injected" in asked
    assert any('.head.sha == "89abcdef"' in name for name in asked)
    assert "repos/owner/name/issues/7/comments" in looked
    assert written[:4] == ["api", "--method", "POST", "repos/owner/name/issues/7/comments"]
    link = "[The run and its records](https://example.org/1)"
    assert body == f"<!-- primebench regress -->\n## the verdict\n\n\n{link}\n"
    assert not list(tmp_path.rglob("injected"))


def test_a_comment_that_is_there_is_renewed(tmp_path: Path) -> None:
    written, _ = comment(tmp_path, known="42").calls[-1]
    assert written[:4] == ["api", "--method", "PATCH", "repos/owner/name/issues/comments/42"]


def test_a_long_verdict_is_cut_at_a_line(tmp_path: Path) -> None:
    _, body = comment(tmp_path, "a line of it\n" * 10_000).calls[-1]
    assert body is not None
    assert len(body) < 65_536
    assert "a line of it\n\nCut here: `verdict.md`" in body


def test_nothing_is_written_where_no_open_pull_request_has_that_commit(tmp_path: Path) -> None:
    step = comment(tmp_path, number="")
    assert (step.code, len(step.calls)) == (0, 1)
    assert "no open pull request has 89abcdef" in step.log


@pytest.mark.parametrize(("text", "event"), [(None, {}), ("## the verdict\n", {"HEAD_SHA": ""})])
def test_a_comment_without_a_verdict_or_an_event_fails_in_a_line(
    tmp_path: Path, text: str | None, event: dict[str, str]
) -> None:
    step = comment(tmp_path, text, **event)
    assert (step.code, step.calls) == (2, [])
    assert re.fullmatch(r"::error title=primebench comment::comment: .+; expected .+\n", step.log)


def test_explain_becomes_an_option(tmp_path: Path, repository: Path) -> None:
    assert "--explain" in run(tmp_path, repository, EXPLAIN="true").options
    assert "--no-explain" in run(tmp_path, repository, EXPLAIN="false").options
    assert not {"--explain", "--no-explain"} & set(run(tmp_path, repository).options)
    assert run(tmp_path, repository, EXPLAIN="maybe").code == 2


def test_a_self_check_needs_no_base_and_writes_no_verdict(tmp_path: Path, repository: Path) -> None:
    step = run(
        tmp_path, repository, 0, "self-check", BASE="", SELF_CHECK="10m", HISTORY="history.jsonl", BUDGET="5m", EXPLAIN="true"
    )
    assert (step.code, step.outputs["outcome"], step.summary) == (0, "self-check", "## the verdict\n")
    assert "--self-check=10m" in step.options
    assert not [option for option in step.options if option.startswith(("--budget", "--explain", "--history"))]
    assert not [option for option in step.options if option.startswith(("--base", "--history", "--export=junit"))]
