"""Exit code 1 is the verdict of a regression check; whatever else ends a program has another one, and says why in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S
from tests.unit.console import OWN_FAULT, run, said

ROOT = Path(__file__).parents[2]


def ended_by(statement: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program whose command is a statement."""
    code = (
        "import errno, sys\nfrom primebench.exit_codes import ExitCode, end_with\nfrom loadgen.errors import Stopped, Error\n"
        f"def command():\n    {statement}\nend_with(command)\n"
    )
    whole = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run([sys.executable, "-c", code], env=whole, capture_output=True, timeout=PATIENCE_S, check=False)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("pass", 0),
        ("sys.exit()", 0),
        ("sys.exit(0)", 0),
        ("sys.exit(ExitCode.REGRESSION)", 1),
        ("return ExitCode.REGRESSION", 1),
        ("sys.exit(ExitCode.INCONCLUSIVE)", 3),
        ("return 1", 0),
    ],
)
def test_what_a_command_ends_with_on_purpose(statement: str, code: int) -> None:
    done = ended_by(statement)
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("raise Error('no such thing')", "no such thing"),
        ("sys.exit(1)", "ended by a library with exit code 1"),
        ("sys.exit(3)", "ended by a library with exit code 3"),
        ("sys.exit('why')", "ended by a library with why"),
        ("import no_such_module", "the installation is not whole: No module named 'no_such_module'; run make setup"),
        ("raise ImportError('numpy says\\n\\n\\nmuch')", "the installation is not whole: numpy says; run make setup"),
        ("raise MemoryError", "Cannot allocate memory; too little memory, or its limit (ulimit -v) is too low"),
        ("raise OSError(errno.ENOSPC, 'No space left on device', b'a\\xff')", "a\\xff: No space left on device"),
        ("raise OSError(errno.EMFILE, 'Too many open files')", "Too many open files; the limit of open files (ulimit -n)"),
        ('raise RuntimeError("can\'t start new thread")', "Resource temporarily unavailable; the limit of processes"),
    ],
)
def test_what_is_not_the_programs_fault_is_one_line(statement: str, line: str) -> None:
    done = ended_by(statement)
    assert done.returncode == 2
    (only,) = said(done)
    assert only.startswith(f"primebench: {line}")


@pytest.mark.parametrize(
    "statement",
    [
        "1 / 0",
        "command()",
        "raise BaseException",
        "raise OSError('of no number')",
        "raise OSError(errno.EBADF, 'Bad file descriptor')",
        "raise BrokenPipeError(errno.EPIPE, 'of a server, not of standard output')",
        "raise SyntaxError",
        "raise GeneratorExit",
    ],
)
def test_a_fault_of_its_own_shows_where(statement: str) -> None:
    done = ended_by(statement)
    assert done.returncode == 2
    first, *_, last = said(done)
    assert (first, last) == ("Traceback (most recent call last):", OWN_FAULT)


@pytest.mark.parametrize(
    "statement",
    [
        "import atexit; atexit.register(lambda: 1 / 0)",
        "import atexit, os; atexit.register(os.close, 1); print('x')",
        "import threading; threading.Thread(target=lambda: 1 / 0).start()",
        "command.__del__ = 1; sys.unraisablehook = None; print('x')",
    ],
)
def test_what_fails_beside_a_command_or_after_it_does_not_decide(statement: str) -> None:
    assert ended_by(statement).returncode == 0


@pytest.mark.parametrize("statement", ["raise KeyboardInterrupt", "raise Stopped('SIGTERM')"])
def test_an_interruption(statement: str) -> None:
    done = ended_by(statement)
    assert done.returncode == 130
    assert said(done) == ["primebench: interrupted; finished trials, if any, are kept: `primebench report` shows them"]


@pytest.mark.parametrize("broken", ["click", "pydantic", "matplotlib", "numpy"])
@pytest.mark.parametrize("start", [["-m", "as_the_script_does"], ["-m", "primebench"]])
def test_an_installation_that_lacks_a_module_is_one_line(start: list[str], broken: str, tmp_path: Path) -> None:
    (tmp_path / f"{broken}.py").write_text('raise ModuleNotFoundError("No module named \'" + __name__ + "\'")\n')
    (tmp_path / "as_the_script_does.py").write_text("from primebench.__main__ import main\nmain()\n")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    command = [sys.executable, *start, "trend", "--history", "/no/such/history"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 2
    assert said(done)[0] == f"primebench: the installation is not whole: No module named '{broken}'; " + (
        "run make setup again, or install primebench anew"
    )


def test_an_interruption_while_it_is_being_imported(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nwhile True: signal.pause()\n")
    done = run("list", environment={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 130
    assert b"Traceback" not in done.stderr


def test_a_shell_without_completion_is_error() -> None:
    assert run(environment={"_PRIMEBENCH_COMPLETE": "bash_source"}).returncode == 0
    assert run(environment={"_PRIMEBENCH_COMPLETE": "cmd_source"}).returncode == 2


def test_without_a_command_it_shows_its_help_and_is_error() -> None:
    done = run()
    assert (done.returncode, done.stdout) == (2, b"")
    assert said(done)[0].startswith("Usage: primebench")
