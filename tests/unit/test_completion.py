"""What a shell gets to complete a line with, asked as its script asks: names from files, and of a fault nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loadgen.config.project import read_scenarios
from loadgen.config.service import services_of
from primebench.cli import cli
from primebench.completion import PROGRAM, SHELLS, VARIABLE, script
from tests.patience import PATIENCE_S
from tests.unit.console import CONSOLE, run

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def words(*typed: str) -> dict[str, str]:
    """Return the variables of a line whose last word is being completed; an empty one is lost on the way, as in a shell."""
    return {"COMP_WORDS": "\n".join([PROGRAM, *typed]), "COMP_CWORD": str(len(typed))}


def completed(monkeypatch: pytest.MonkeyPatch, shell: str, *typed: str) -> list[str]:
    for name, value in words(*typed).items():
        monkeypatch.setenv(name, value)
    return SHELLS[shell](cli, {}, PROGRAM, VARIABLE).complete().splitlines()


def values(monkeypatch: pytest.MonkeyPatch, *typed: str) -> list[str]:
    """Return the plain values for zsh, which gets each in three lines: its kind, itself, what is said of it."""
    lines = completed(monkeypatch, "zsh", *typed)
    return [value for kind, value in zip(lines[::3], lines[1::3], strict=True) if kind == "plain"]


@pytest.mark.parametrize(
    "before",
    [["verify"], ["verify", "cpp"], ["build"], ["serve"], ["run", "--service"], ["microbench", "--service"]],
)
def test_services_and_their_variants_are_those_that_there_are(monkeypatch: pytest.MonkeyPatch, before: list[str]) -> None:
    own = services_of(ROOT)
    labels = {f"{name}:{variant}" for name, service in own.items() for variant in service.file.variants}
    assert set(values(monkeypatch, *before, "")) == labels | set(own)


def test_workloads_and_profiles_are_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    scenarios = read_scenarios(ROOT / "scenarios.toml")
    assert values(monkeypatch, "run", "--profile", "") == list(scenarios.profiles)
    for command in ("run", "regress"):
        assert values(monkeypatch, command, "--workload", "") == list(scenarios.workloads)


def service(name: str, table: str = "") -> str:
    """Return what describes a service with one variant: all of a file, or that table of it."""
    head, within = (f"[{table}]\n", f"{table}.") if table else ("", "")
    return (
        f'{head}name = "{name}"\ntask = ".."\ntitle = "{name}"\nlanguage = "Go"\ntier = "reference"\n'
        f'[{within}build]\ncommands = [["true"]]\nartefact = "x"\n[{within}start]\ncommand = ["{{artefact}}", "{{port}}"]\n'
        f'[{within}variants.small]\ntitle = "small"\ntier = "reference"\n'
    )


MEASURED = """
[task]
name = "orders"
title = "orders"
requests = [{ name = "root", path = "/", expect = { status = [200] } }]
[workloads.main]
title = "main"
connections = 1
[profiles.own]
title = "own"
services = ["orders"]
rounds = 1
pinned = false
server_cores = 1
workloads = { main = { warm_up_s = 1, load_s = 1 } }
"""


def test_names_are_those_of_the_project_that_the_user_is_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("other", "third", "below"):
        (tmp_path / name).mkdir()
    first = service("orders", "service").replace('".."', '"."')
    (tmp_path / "primebench.toml").write_text(f'schema = 1\nservices = ["other", "third"]\n{first}{MEASURED}')
    (tmp_path / "other" / "service.toml").write_text(f"schema = 2\n{service('other')}")
    (tmp_path / "third" / "primebench.toml").write_text(f"schema = 1\n{service('third', 'service')}")
    monkeypatch.chdir(tmp_path / "below")
    own, scenarios = services_of(tmp_path), read_scenarios(tmp_path / "primebench.toml")
    assert values(monkeypatch, "verify", "") == [label for name in own for label in (name, f"{name}:small")]
    assert list(own) == ["orders", "other", "third"]
    assert values(monkeypatch, "run", "--workload", "") == list(scenarios.workloads)
    assert values(monkeypatch, "run", "--profile", "") == list(scenarios.profiles)
    assert "cpp" in values(monkeypatch, "verify", "--example", "prime", "")


def test_scenarios_that_the_line_names_are_the_ones_that_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[workloads.mine]\n[profiles]\nmy-profile = 1\nother = 2\n")
    assert values(monkeypatch, "run", "--scenarios", str(own), "--workload", "") == ["mine"]
    assert values(monkeypatch, "run", "--scenarios", str(own), "--profile", "my") == ["my-profile"]


@pytest.mark.parametrize("text", ["[workloads", "workloads = 3\n", "", "\xff"])
def test_a_wrong_file_has_no_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    (tmp_path / "own.toml").write_bytes(text.encode("latin-1"))
    for place in ("own.toml", "none.toml", ""):
        assert values(monkeypatch, "run", "--scenarios", str(tmp_path / place), "--workload", "") == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["run", "--profile", "stan"], ["plain,standard"]),
        (["run", "--profile", "=", "stan"], ["plain,standard"]),
        (["verify", "cpp", ":", "off"], ["plain,offload"]),
        (["verify", "cpp", ":"], [f"plain,{name}" for name in ("offload", "tuned", "tuned-avx2", "tuned-portable")]),
        (["run", "--service", "ceil"], ["plain,ceiling", "plain,ceiling:served"]),
        (["run", "--service", "cpp,actix", ":", "web"], ["plain,web-block"]),
        (["run", "--service", "cpp,ceil"], ["plain,cpp,ceiling", "plain,cpp,ceiling:served"]),
        (["run", "--service", "cpp", "--profile", "stan"], ["plain,standard"]),
        (["verify", "./tests/st"], ["dir,./tests/st"]),
        (["regress", "--service", "./tests/st"], ["dir,./tests/st"]),
        (["report", "res"], ["file,res"]),
        (["regress", "--export", "json=x", "--workload", "artic"], ["plain,article"]),
        (["--color", "al"], ["plain,always"]),
        (["help", "exit"], ["plain,exit-codes"]),
        (["completion", "f"], ["plain,fish"]),
        (["nothing-like-this", "x"], []),
    ],
    ids=lambda part: " ".join(part),
)
def test_bash_gets_what_stands_behind_the_word_that_it_replaces(
    monkeypatch: pytest.MonkeyPatch, typed: list[str], expected: list[str]
) -> None:
    assert completed(monkeypatch, "bash", *typed) == expected


@pytest.mark.parametrize("faulty", [{"COMP_CWORD": "x"}, {VARIABLE: "cmd_complete"}])
def test_an_error_says_nothing(faulty: dict[str, str]) -> None:
    done = run(environment={VARIABLE: "bash_complete", **words("run", "--profile", "s"), **faulty})
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"")


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        ([], {VARIABLE: "fish_complete", "COMP_WORDS": "primebench verify ", "COMP_CWORD": ""}),
        ([], {VARIABLE: "bash_complete", **words("run", "--workload", "")}),
        (["--help"], {}),
        (["--version"], {}),
        (["completion", "bash"], {}),
    ],
    ids=["services", "workloads", "help", "version", "script"],
)
def test_what_a_shell_or_a_reader_waits_for_loads_nothing_heavy(arguments: list[str], environment: dict[str, str]) -> None:
    code = (
        "import sys\nfrom primebench.cli import run_command\nrun_command()\n"
        "print(*{'pydantic', 'numpy', 'rich', 'scipy', 'matplotlib', 'pyarrow'} & set(sys.modules), file=sys.stderr)"
    )
    whole = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=whole, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    assert done.stdout
    assert done.stderr == "\n"


@pytest.mark.parametrize(
    ("typed", "expected"), [("run --profile stan", "standard"), ("verify cpp : off", "offload"), ("nothing-like-this x", "")]
)
def test_bash_itself_completes_by_the_script(typed: str, expected: str) -> None:
    line = (
        f'source <("$0" completion bash)\nCOMP_WORDS=(primebench {typed})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n'
        '_primebench_completion "$0"\necho "${COMPREPLY[*]}"'
    )
    command = ["bash", "--norc", "-c", line, str(CONSOLE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    assert (done.stdout, done.stderr) == (f"{expected}\n", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_asks_for_its_own_shell(shell: str) -> None:
    done = run("completion", shell)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == script(cli, shell) + "\n"
    assert f"{VARIABLE}={shell}_complete" in done.stdout.decode()
