"""Tables, plots and page of a run, whatever is set in the shell that asks for them."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.text.console import WIDTH, make_console
from tests.patience import PATIENCE_S
from tests.unit.run_folder import write_run_folder

ROOT = Path(__file__).parents[2]
ORDINARY = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8"}
WRITTEN = ("summary.json", "table.md", "table.csv", "report.html", "plots/latency.svg", "plots/latency.png")


def report(run: Path, environment: dict[str, str] | None = None, cwd: Path = ROOT) -> bytes:
    """What `primebench report` prints into a pipe; nothing may be on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "primebench", "report", str(run)],
        env=ORDINARY | (environment or {}),
        cwd=cwd,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "first"
    write_run_folder(folder, "first", {"cpp": "C++ · Beast", "go": "Go · Fiber"})
    return folder


@pytest.fixture(scope="module")
def ordinary(run: Path) -> tuple[bytes, dict[str, bytes]]:
    printed = report(run)
    return printed, {name: (run / name).read_bytes() for name in WRITTEN}


@pytest.mark.parametrize(
    "environment",
    [  # each starts the program: what does not exclude each other is set together
        {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "LINES": "1"}
        | {"NO_COLOR": "1"}  # which comes first
        | {"TTY_COMPATIBLE": "1", "TTY_INTERACTIVE": "1", "COLUMNS": "garbage", "PYTHONOPTIMIZE": "2", "TZ": "Asia/Kathmandu"}
        | {"LANG": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8", "LANGUAGE": "de", "SOURCE_DATE_EPOCH": "0"},
        {"MPLBACKEND": "no-such-backend", "MPLCONFIGDIR": "/proc/nowhere", "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "-5"}
        | {"PYTHONWARNINGS": "error"},
        {"TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "0", "PYTHONDEVMODE": "0", "PYTHONHASHSEED": "7"}
        | {"JUPYTER_COLUMNS": "20", "DATABRICKS_RUNTIME_VERSION": "1", "UNICODE_VERSION": "4.1.0"},
    ],
    ids=lambda environment: " ".join(environment),
)
def test_a_report_is_the_same(run: Path, ordinary: tuple[bytes, dict[str, bytes]], environment: dict[str, str]) -> None:
    assert report(run, environment) == ordinary[0]
    assert [name for name in WRITTEN if (run / name).read_bytes() != ordinary[1][name]] == []


@pytest.mark.parametrize("columns", ["garbage", "-5", "0", "7", "99999999999999999999", "²"])
def test_a_width_that_is_none_is_the_ordinary_one(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert make_console().width == WIDTH


@pytest.mark.parametrize(
    ("where", "settings"),
    [
        ("current folder", b"font.size: 40\naxes.facecolor: red\nbackend: no-such\n"),
        ("MATPLOTLIBRC", b"font.size: 4\xff0\n"),
        ("MPLCONFIGDIR", b"nonsense\n"),
    ],
)
def test_settings_of_matplotlib_change_no_plot(
    run: Path, ordinary: tuple[bytes, dict[str, bytes]], tmp_path: Path, settings: bytes, where: str
) -> None:
    (tmp_path / "matplotlibrc").write_bytes(settings)
    (tmp_path / "elsewhere").mkdir()
    cwd = tmp_path if where == "current folder" else tmp_path / "elsewhere"
    report(run, {} if where == "current folder" else {where: str(tmp_path)}, cwd)
    assert [name for name in WRITTEN if (run / name).read_bytes() != ordinary[1][name]] == []


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=lambda environment: " ".join(environment),
)
def test_an_encoding_changes_characters_and_no_file(
    run: Path, ordinary: tuple[bytes, dict[str, bytes]], environment: dict[str, str]
) -> None:
    assert report(run, environment)
    assert [name for name in WRITTEN if (run / name).read_bytes() != ordinary[1][name]] == []


def test_a_wished_width_is_kept_to(run: Path, ordinary: tuple[bytes, dict[str, bytes]]) -> None:
    assert report(run, {"COLUMNS": "60"}) != ordinary[0]
    assert (
        max(
            len(line) for line in report(run, {"COLUMNS": "60"}).decode().splitlines() if not line.startswith(("run", "report"))
        )
        <= 60
    )


def test_a_pipe_is_not_as_wide_as_the_terminal_behind_it(run: Path, ordinary: tuple[bytes, dict[str, bytes]]) -> None:
    ours, theirs = pty.openpty()
    command = ["sh", "-c", f"stty cols 37; exec '{sys.executable}' -m primebench report '{run}'"]
    done = subprocess.run(command, env=ORDINARY, stdin=theirs, stdout=subprocess.PIPE, check=True, timeout=PATIENCE_S)
    os.close(ours)
    os.close(theirs)
    assert done.stdout == ordinary[0]
