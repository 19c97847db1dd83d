"""What other programs rely on: versions, JSON outputs by their schemas, exit codes, the changelog.

After an intended change: PRIMEBENCH_GOLDEN=write pytest tests/unit/test_interface.py, and read what changed in docs/reference:
a key that went or means something else takes the next number in primebench/schemas.py and in the model.
"""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from analysis.compare.model import CompareResult
from analysis.model.summary import Summary
from analysis.regress.model import RegressResult
from analysis.regress.verdict import Outcome
from analysis.trend.history import HistoryEntry, append_to, entry_of
from analysis.trend.trend import TrendResult
from loadgen.conformance import ConformanceResult, Fault, Level
from loadgen.conformance.case import Case
from loadgen.conformance.outcome import judge
from loadgen.record.run import RunRecord
from loadgen.record.trial import BenchmarkTrial, CountTrial, LoadTrial
from loadgen.strict import Strict
from primebench.commands.regress import OUTCOME_CODES
from primebench.commands.verify import verification
from primebench.exit_codes import MEANINGS, ExitCode
from primebench.schemas import SCHEMAS
from tests.patience import PATIENCE_S
from tests.unit.console import commands, run
from tests.unit.results import no_regression, regression
from tests.unit.run_folder import write_run_folder
from tests.unit.sources import parsed

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
MODELS: dict[str, type[Strict]] = {
    "summary": Summary,
    "verdict": RegressResult,
    "compare": CompareResult,
    "trend": TrendResult,
}
"""Those whose schemas are made from the code; the others are written by hand."""
BY_HAND = ("list", "doctor", "verify")
NO_DOCUMENT_OF_THEIR_OWN = {"record", "history"}


def schema_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFERENCE / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", MODELS)
def test_a_committed_schema_is_the_one_of_the_code(name: str) -> None:
    path = REFERENCE / f"{name}.schema.json"
    made = MODELS[name].model_json_schema()
    if os.environ.get("PRIMEBENCH_GOLDEN") == "write":
        path.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert schema_of(name) == made


@pytest.mark.parametrize("name", [*MODELS, *BY_HAND])
def test_a_schema_says_its_version(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema_version"]["const"] == SCHEMAS[name]


def test_the_versions_are_those_that_files_are_written_with() -> None:
    records: list[type[Strict]] = [RunRecord, LoadTrial, BenchmarkTrial, CountTrial]
    models: dict[str, list[type[Strict]]] = {"history": [HistoryEntry], "record": records}
    for name, these in models.items():
        for model in these:
            assert get_args(model.model_fields["schema_version"].annotation) == (SCHEMAS[name],)
    assert set(SCHEMAS) == {*MODELS, *BY_HAND, *NO_DOCUMENT_OF_THEIR_OWN}


def test_version_prints_what_a_script_may_ask_for() -> None:
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines() == [
        f"primebench {version('primebench')}",
        *(f"{name} schema {SCHEMAS[name]}" for name in ("record", "summary", "verdict")),
    ]


def test_the_reference_tells_every_version() -> None:
    page = (REFERENCE / "stability.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \| .+ \| (\d+) \|$", page[page.index("## Schemas") :], re.MULTILINE)
    versions = {code: int(number) for what, number in rows for code in re.findall(r"`([^`]+)`", what)}
    named = {"run.json": "record", "trials.jsonl": "record", "summary.json": "summary", "report --json": "verdict"}
    named |= {"audit --json": "summary", "verdict.json": "verdict", "--export json=FILE": "verdict"}
    named |= {f"{name} --json": name for name in ("compare", "trend", *BY_HAND)}
    assert versions == {code: SCHEMAS[name] for code, name in named.items()}
    assert [int(number) for what, number in rows if what == "lines of a history"] == [SCHEMAS["history"]]


# What commands print


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, reported, one of them under a name that no ASCII terminal shows; and a history."""
    folder = tmp_path_factory.mktemp("runs")
    for name in ("first", "second"):
        write_run_folder(folder / name, name, {"cpp": "C++ · µ", "go": "Go"})
    for number, result in enumerate((regression(), no_regression())):
        append_to(folder / "history.jsonl", entry_of(result.replace(run_id=f"run-{number}")))
    return folder


def printed(*arguments: str, code: int = 0) -> Any:
    """Return what a command prints on a terminal that shows ASCII alone: JSON is in UTF-8 all the same."""
    done = run(*arguments, environment={"PYTHONIOENCODING": "ascii"})
    assert done.returncode in (0, code), done.stderr
    assert code or done.stderr == b""
    return json.loads(done.stdout.decode("utf-8"), parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))


def test_list_and_doctor_print_by_their_schemas() -> None:
    Draft202012Validator(schema_of("list")).validate(printed("list", "--json"))
    Draft202012Validator(schema_of("doctor")).validate(printed("doctor", "--json", code=2))  # something may be missing here


def test_a_report_and_its_claims_print_by_the_summarys_schema(runs: Path) -> None:
    summary = schema_of("summary")
    report = printed("report", str(runs / "first"), "--json")
    Draft202012Validator(summary).validate(report)
    assert report["workloads"][0]["contenders"][0]["title"] == "C++ · µ"
    audit = printed("audit", str(runs / "first"), "--json")
    keys = ["schema_version", "claims", "audit"]
    Draft202012Validator(summary | {"required": keys}).validate(audit)
    assert set(audit) == set(keys)


def test_a_comparison_and_a_trend_print_by_their_schemas(runs: Path, tmp_path: Path) -> None:
    compared = printed("compare", str(runs / "first"), str(runs / "second"), "--json")
    Draft202012Validator(schema_of("compare")).validate(compared)
    trend = printed("trend", "--history", str(runs / "history.jsonl"), "--out", str(tmp_path), "--json")
    Draft202012Validator(schema_of("trend")).validate(trend)
    assert (compared["schema_version"], trend["schema_version"]) == (SCHEMAS["compare"], SCHEMAS["trend"])


def test_a_verification_prints_by_its_schema() -> None:
    cases = [Case(id=f"case-{level}", group="g", title="t", source="RFC 9110 1", steps=()) for level in Level]
    found = [(Fault("expected x, got µ"), None), (None, "listed, and why"), (Fault("expected x, got y"), "listed, and why")]
    outcomes = [judge(case, level, *seen) for case, level, seen in zip(cases, Level, found, strict=True)]
    outcomes.append(judge(cases[0], Level.CORE, None, None))
    document = json.loads(
        json.dumps(verification(7, {"cpp:tuned": (ConformanceResult(tuple(outcomes), 0.1), None)}, ["cpp: broken"]))
    )
    Draft202012Validator(schema_of("verify")).validate(document)
    verdicts = [case["verdict"] for case in document["services"]["cpp:tuned"]]
    assert verdicts == ["failed", "deviation_passes", "deviates", "passed"]


@pytest.mark.parametrize("name", BY_HAND)
def test_a_schema_by_hand_refuses_what_lacks_a_key(name: str) -> None:
    schema = schema_of(name)
    missing = [fault for fault in Draft202012Validator(schema).iter_errors({}) if fault.validator == "required"]
    assert len(missing) == len(schema["required"]) == len(schema["properties"])


# Exit codes


def test_the_reference_has_the_table_of_exit_codes() -> None:
    page = (REFERENCE / "command-line.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", page[page.index("## Exit codes") :], re.MULTILINE)
    assert {int(code): meaning for code, meaning in rows} == MEANINGS
    assert list(MEANINGS) == list(ExitCode)


ENDS = """
import json, os, sys
from loadgen.errors import Error, Stopped
from primebench.cli import cli, run_command
from primebench.exit_codes import ExitCode, end_with
from tests.unit.console import commands

def raising(error):
    def callback(**_):
        raise error
    return callback

def command_of(name):
    found = cli
    for word in name.split():
        found = found.commands[word]
    return found

def code_of(name, *arguments, callback=None):
    sys.stderr.flush()
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if callback is not None:
        command_of(name).callback, command_of(name).params = callback, []
    sys.argv = ["primebench", *name.split(), *arguments]
    end_with(run_command)

ends = {
    "help": lambda name: code_of(name, "--help"),
    "bad option": lambda name: code_of(name, "--no-such-option"),
    "done": lambda name: code_of(name, callback=lambda **_: None),
    "bad input": lambda name: code_of(name, callback=raising(Error("no"))),
    "a library's 1": lambda name: code_of(name, callback=raising(SystemExit(1))),
    "a fault of its own": lambda name: code_of(name, callback=raising(ZeroDivisionError())),
    "Ctrl-C": lambda name: code_of(name, callback=raising(KeyboardInterrupt())),
    "SIGTERM": lambda name: code_of(name, callback=raising(Stopped("SIGTERM"))),
}
said = {name: {end: code(name) for end, code in ends.items()} for name in map(" ".join, commands())}
with open(sys.argv[1], "w") as file:
    json.dump(said, file)
"""
DOCUMENTED = {
    "help": ExitCode.FINE,
    "done": ExitCode.FINE,
    "bad option": ExitCode.ERROR,
    "bad input": ExitCode.ERROR,
    "a library's 1": ExitCode.ERROR,
    "a fault of its own": ExitCode.ERROR,
    "Ctrl-C": ExitCode.INTERRUPTED,
    "SIGTERM": ExitCode.INTERRUPTED,
}


def test_every_command_ends_as_documented(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", ENDS, str(tmp_path / "said.json")]
    subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE_S, check=True)
    said = json.loads((tmp_path / "said.json").read_text())
    assert said == {" ".join(words): {end: int(code) for end, code in DOCUMENTED.items()} for words in commands()}


def test_only_a_verdict_of_regress_ends_with_regression_or_inconclusive() -> None:
    of_a_verdict = {code for code, meaning in MEANINGS.items() if "only the verdict of `primebench regress`" in meaning}
    assert of_a_verdict == {ExitCode.REGRESSION, ExitCode.INCONCLUSIVE}
    assert OUTCOME_CODES == {
        "pass": ExitCode.FINE,
        "regression": ExitCode.REGRESSION,
        "invalid": ExitCode.ERROR,
        "inconclusive": ExitCode.INCONCLUSIVE,
    }
    assert set(OUTCOME_CODES) == {*get_args(Outcome), "invalid"}
    users = {path.name for path in (ROOT / "primebench").rglob("*.py") if names_of(path) & {code.name for code in of_a_verdict}}
    assert users == {"exit_codes.py", "regress.py"}


def names_of(path: Path) -> set[str]:
    return {node.attr for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)}


# Versions


def test_the_changelog_has_a_section_for_the_version_that_this_is() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", changelog, re.MULTILINE)
    assert heads[0] == ("Unreleased", "")
    assert wanted in [name for name, date in heads[1:] if date]
    released = [tuple(map(int, name.split("."))) for name, _ in heads[1:]]
    assert released == sorted(released, reverse=True)


def test_what_breaks_is_said_first() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for section in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        kinds = re.findall(r"^### (.+)$", section, re.MULTILINE)
        order = ["Breaks", "Deprecated", "Added", "Changed", "Fixed", "Security"]
        assert kinds == [kind for kind in order if kind in kinds]
