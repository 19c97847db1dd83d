"""The action's gate on any runner: an environment that is bare or odd, files that cannot be written, and a primebench that ends
in every way. A pass lets the job pass, a regression ends with 1, and nothing else ever does.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
GATE = ROOT / ".ci" / "gate"
INPUTS = ("BASE", "HEAD", "REPOSITORY", "SERVICE", "BUDGET", "CONFIG", "EXPORTS", "HISTORY", "FAIL_ON_INCONCLUSIVE")
NAMES = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ACTION_PATH", "HOME", "PATH", *(f"INPUT_{name}" for name in INPUTS))
ODD = ["-x", "--", "-", "a b", "*", "?", "$(touch injected)", "`touch injected`", "%0A::error::x", "'\"", "é\udcff", "x" * 5000]
STUB = """#!/bin/sh
for option; do
  case $option in
    --export=json=*) json=${option#--export=json=} ;;
    --export=markdown=*) markdown=${option#--export=markdown=} ;;
  esac
  printf '%s\\n' "$option"
done >options
"""


class Step(NamedTuple):
    """What a step left: its exit code, its log, its outputs and its summary."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


def verdict(outcome: str) -> str:
    return f'{{"outcome": "{outcome}", "run_id": "no-such-run"}}'


class Runner:
    """A runner that starts the gate in a folder of its own, with a stub in primebench's place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gate = GATE
        self.environment: dict[str, str] = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "PRIMEBENCH": str(folder / "primebench"),
            **{f"INPUT_{name}": "" for name in INPUTS},
            "INPUT_BASE": "main",
            "INPUT_HEAD": "HEAD",
            "INPUT_REPOSITORY": ".",
            "INPUT_EXPORTS": "primebench-verdict",
            "INPUT_FAIL_ON_INCONCLUSIVE": "false",
        }
        self.primebench(0, verdict("pass"))

    def primebench(self, code: int | str, written: str | None, markdown: str = "## the verdict", says: str = "") -> None:
        """Let primebench print something, write a verdict and end with a code, or as a line of shell says."""
        lines = [STUB, f"printf '%b' {shlex.quote(says)}"]
        if written is not None:
            (self.folder / "written").write_text(written, encoding="utf-8", errors="surrogateescape")
            (self.folder / "markdown").write_text(markdown, encoding="utf-8")
            lines.append('cp written "$json"; cp markdown "$markdown"')
        lines.append(f"exit {code}" if isinstance(code, int) else code)
        path = self.folder / "primebench"
        path.write_text("\n".join(lines))
        path.chmod(0o755)

    def run(self, **changed: str | None) -> Step:
        """Run the gate; None takes a variable away."""
        environment = {name: value for name, value in {**self.environment, **changed}.items() if value is not None}
        done = subprocess.run(
            [str(self.gate)], env=environment, cwd=self.folder, capture_output=True, timeout=PATIENCE_S, check=False
        )
        outputs, summary = self.folder / "output", self.folder / "summary"
        return Step(
            done.returncode,
            (done.stdout + done.stderr).decode(errors="replace"),
            dict(line.split("=", 1) for line in outputs.read_text(errors="replace").splitlines()) if outputs.is_file() else {},
            summary.read_text(errors="replace") if summary.is_file() else "",
        )


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in NAMES for value in (None, "") if (name, value) != ("PATH", "")]
)
def test_a_pass_passes_whatever_a_runner_lacks(runner: Runner, name: str, value: str | None) -> None:
    step = runner.run(**{name: value})
    if name == "INPUT_BASE" or (name, value) == ("INPUT_HEAD", ""):
        assert step.code == 2
        assert "base or head is empty" in step.log
        assert not (runner.folder / "options").exists()
    else:
        assert step.code == 0, step.log
        assert not name.startswith("INPUT") or step.outputs["outcome"] == "pass"


def test_a_pass_passes_and_a_regression_fails_in_a_bare_environment(runner: Runner) -> None:
    bare = {name: None for name in runner.environment if name not in ("PRIMEBENCH", "INPUT_BASE")}
    assert runner.run(**bare).code == 0
    runner.primebench(1, verdict("regression"))
    assert runner.run(**bare).code == 1


@pytest.mark.parametrize("name", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
@pytest.mark.parametrize("path", ["new", "no/such/folder", ".", "/dev/full", "/proc/version", "-", "a b*"])
def test_a_file_of_the_runner_that_cannot_be_written_decides_nothing(runner: Runner, name: str, path: str) -> None:
    step = runner.run(**{name: path})
    assert step.code == 0, step.log
    assert ("::warning title=primebench::" in step.log) is (path not in ("new", "-", "a b*"))
    runner.primebench(1, verdict("regression"))
    assert runner.run(**{name: path}).code == 1


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8", "de_DE.UTF-8", "tr_TR", "no such locale", ""])
def test_every_locale(runner: Runner, locale: str) -> None:
    runner.primebench(0, verdict("pass"), markdown="µ")
    step = runner.run(LC_ALL=locale, LANG=locale, LANGUAGE=locale)
    assert (step.code, step.outputs["outcome"], step.summary) == (0, "pass", "µ")


@pytest.mark.parametrize(
    "name", ["CDPATH", "PYTHONPATH", "PYTHONHOME", "IFS", "POSIXLY_CORRECT", "GREP_OPTIONS", "TMPDIR", "ENV"]
)
def test_variables_that_tools_heed(runner: Runner, name: str) -> None:
    (runner.folder / "elsewhere" / "primebench-verdict").mkdir(parents=True)
    step = runner.run(**{name: str(runner.folder / "elsewhere")})
    assert (step.code, step.outputs["outcome"]) == (0, "pass")
    assert Path(step.outputs["verdict-file"]) == runner.folder / "primebench-verdict" / "verdict.json"


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", INPUTS)
def test_an_odd_value_goes_on_as_it_is_or_is_refused(runner: Runner, name: str, value: str) -> None:
    step = runner.run(**{f"INPUT_{name}": value})
    assert step.code in (0, 2)
    assert not list(runner.folder.rglob("injected"))
    assert not re.search(r"^::error::x", step.log, flags=re.MULTILINE)
    if name in ("BASE", "HEAD", "SERVICE", "BUDGET", "CONFIG", "HISTORY"):
        options = (runner.folder / "options").read_bytes().decode(errors="surrogateescape").splitlines()
        assert (step.code, f"--{name.lower()}={value}" in options) == (0, True)


@pytest.mark.parametrize("value", ["-x", "--", "-", "a b", "*", "$(touch injected)", "%0A", "'\"", "é"])
def test_folders_of_any_name(runner: Runner, value: str) -> None:
    (runner.folder / value).mkdir()
    step = runner.run(INPUT_REPOSITORY=value, INPUT_EXPORTS=value + "/exports")
    assert step.code == 0, step.log
    assert Path(step.outputs["verdict-file"]) == runner.folder / value / "exports" / "verdict.json"
    assert f"--repository={runner.folder / value}" in (runner.folder / "options").read_text().splitlines()


def test_a_gate_in_a_folder_with_a_space_called_from_anywhere(runner: Runner, tmp_path: Path) -> None:
    place = tmp_path / "a checkout*" / ".ci"
    place.mkdir(parents=True)
    runner.gate = Path(shutil.copy(GATE, place / "gate"))
    (tmp_path / "a checkout*" / "results" / "runs" / "no-such-run").mkdir(parents=True)
    step = runner.run()
    assert (step.code, step.outputs["run-folder"]) == (0, str(tmp_path / "a checkout*" / "results" / "runs" / "no-such-run"))


def test_no_python3_on_the_path(runner: Runner) -> None:
    tools = runner.folder / "tools"
    tools.mkdir()
    for tool in ("bash", "sh", "env", "dirname", "od", "tr", "mkdir", "rm", "cat", "cp", "wc", "head", "sed"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    step = runner.run(PATH=str(tools))
    assert (step.code, step.outputs["outcome"]) == (0, "pass")


@pytest.mark.parametrize("code", [0, 1, 2, 3, 120, 126, 130, 137, 143])
@pytest.mark.parametrize("outcome", ["pass", "regression", "invalid", "inconclusive", "error", None])
def test_only_a_regression_that_both_agree_on_is_one(runner: Runner, code: int, outcome: str | None) -> None:
    runner.primebench(code, None if outcome is None else verdict(outcome))
    step = runner.run()
    agreed = {(0, "pass"): 0, (1, "regression"): 1, (3, "inconclusive"): 0}
    assert step.code == agreed.get((code, outcome or ""), code if code > 3 else 2)
    expected = {**{pair: pair[1] for pair in agreed}, (2, "invalid"): "invalid"}.get((code, outcome or ""), "error")
    assert step.outputs["outcome"] == expected


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGHUP])
def test_a_primebench_that_is_killed_is_error(runner: Runner, number: signal.Signals) -> None:
    runner.primebench(f"kill -{int(number)} $$", verdict("regression"))
    step = runner.run()
    assert (step.code, step.outputs["outcome"]) == (128 + number, "error")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{",
        "[]",
        "null",
        '"pass"',
        '{"outcome": "pass"}',
        '{"run_id": "x"}',
        "\x00",
        "\udcff",
        '{"outcome": {"pass": 1}, "run_id": 1}',
    ],
)
@pytest.mark.parametrize("code", [0, 1, 3])
def test_a_verdict_that_cannot_be_read_is_none(runner: Runner, written: str, code: int) -> None:
    runner.primebench(code, written)
    step = runner.run()
    assert (step.code, step.outputs["outcome"]) == (2, "error")
    assert "Traceback" not in step.log


def test_a_primebench_that_is_not_there_is_error(runner: Runner) -> None:
    step = runner.run(PRIMEBENCH="/no/such/primebench")
    assert (step.code, step.outputs["outcome"]) == (127, "error")


def test_what_is_printed_gives_no_command_and_hides_none(runner: Runner) -> None:
    """An end within a line would hide the token behind it, and the runner would heed no annotation of the gate any more."""
    runner.primebench(1, verdict("regression"), says="::stop-commands::x\\n::error::y\\nNUL \\0000 within a line")
    step = runner.run()
    (token,) = re.findall(r"^::stop-commands::([0-9a-f]{32})$", step.log, flags=re.MULTILINE)
    after = re.split(rf"^::{token}::$", step.log, flags=re.MULTILINE)
    assert len(after) == 2
    assert "::error title=primebench regression::" in after[1]


def test_a_summary_too_long_for_the_runner_is_cut_at_a_line(runner: Runner) -> None:
    runner.primebench(1, verdict("regression"), markdown="| µ | 1 |\n" * 150_000)
    step = runner.run()
    assert step.code == 1
    assert len(step.summary.encode()) < 1 << 20
    *lines, empty, last = step.summary.rstrip("\n").splitlines()
    assert set(lines[:-1]) == {"| µ | 1 |"}
    assert empty == ""
    assert last == f"This summary is too long for the runner; the rest is in {runner.folder}/primebench-verdict/verdict.md."


@pytest.mark.parametrize("exports", ["a file/exports", "/proc/exports", "taken"])
def test_exports_that_cannot_be_written_are_said_before_anything_is_measured(runner: Runner, exports: str) -> None:
    (runner.folder / "a file").touch()
    (runner.folder / "taken" / "verdict.json").mkdir(parents=True)
    step = runner.run(INPUT_EXPORTS=exports)
    assert (step.code, step.outputs["outcome"]) == (2, "error")
    assert "::error title=primebench::exports: " in step.log
    assert not (runner.folder / "options").exists()


@pytest.mark.parametrize(("value", "code"), [("true", 3), ("True", 3), ("false", 0), ("", 0), ("yes", 2), ("1", 2)])
def test_whether_to_fail_where_it_cannot_tell_is_never_guessed(runner: Runner, value: str, code: int) -> None:
    runner.primebench(3, verdict("inconclusive"))
    assert runner.run(INPUT_FAIL_ON_INCONCLUSIVE=value).code == code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", ["", "sleep 0.3"], ids=["at once", "primebench ends before it is looked for"])
def test_a_runner_that_gives_up_ends_primebench_too(runner: Runner, number: signal.Signals, after: str) -> None:
    """It signals the step's first process only."""
    (runner.folder / "kill.sh").write_text(f'kill() {{ builtin kill "$@" && {after or ":"}; }}\n')
    runner.environment["BASH_ENV"] = str(runner.folder / "kill.sh")
    runner.primebench("trap 'echo >ended; exit 130' TERM; touch started; for _ in $(seq 9999); do sleep 0.05; done", None)
    gate = subprocess.Popen([str(GATE)], env=runner.environment, cwd=runner.folder, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE_S
    while not (runner.folder / "started").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    gate.send_signal(number)
    assert gate.wait(PATIENCE_S) == 130
    assert (runner.folder / "ended").exists()


def test_the_scripts_and_every_run_block_of_the_action_pass_shellcheck(tmp_path: Path) -> None:
    blocks = re.findall(r"^( +)(?:- )?run: *(.*)\n((?:\1 +.*\n|\n)*)", (ROOT / "action.yml").read_text(), flags=re.MULTILINE)
    assert len(blocks) == 4
    scripts = []
    for number, (_, line, rest) in enumerate(blocks):
        script = tmp_path / f"block-{number}"
        script.write_text("#!/usr/bin/env bash\nset -eo pipefail\n" + (rest if line == "|" else line.strip("'") + "\n"))
        scripts.append(script)
    program = Path(sys.executable).with_name("shellcheck")
    wanted = [ROOT / ".ci" / "gate", ROOT / ".ci" / "comment", ROOT / ".ci" / "run", ROOT / "server" / "fuzz" / "run", *scripts]
    done = subprocess.run([program, *wanted], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
