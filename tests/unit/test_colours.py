"""Colours: who asks for them or against them, in which order, on a terminal and in a pipe."""

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from analysis.text.console import make_console, wants_colours
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
VARIABLES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM", "COLORTERM", "TTY_COMPATIBLE")
ORDINARY = {name: value for name, value in os.environ.items() if name not in VARIABLES} | {"PYTHONPATH": str(ROOT)}
PRINTS = """
from primebench import cli, exit_codes
@cli.cli.command()
def probe():
    from primebench.output import make_console
    make_console().print("said", style="bold red")
exit_codes.end_with(cli.run_command)
"""


@pytest.mark.parametrize(
    ("asked", "environment", "in_a_pipe", "on_a_terminal"),
    [
        (None, {}, False, True),
        (None, {"TERM": "xterm-256color"}, False, True),
        (None, {"TERM": "dumb"}, False, False),
        (None, {"NO_COLOR": "1"}, False, False),
        (None, {"NO_COLOR": "0"}, False, False),
        (None, {"NO_COLOR": ""}, False, True),
        (None, {"FORCE_COLOR": "1"}, True, True),
        (None, {"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        (None, {"FORCE_COLOR": ""}, False, True),
        (None, {"FORCE_COLOR": "0"}, False, True),
        (None, {"CLICOLOR_FORCE": "1"}, True, True),
        (None, {"CLICOLOR_FORCE": "0"}, False, True),
        (None, {"NO_COLOR": "1", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}, False, False),
        (None, {"TTY_COMPATIBLE": "1", "COLORTERM": "truecolor"}, False, True),
        (True, {"NO_COLOR": "1"}, True, True),
        (False, {"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_the_first_that_says_something_decides(
    asked: bool | None, environment: dict[str, str], in_a_pipe: bool, on_a_terminal: bool
) -> None:
    assert wants_colours(asked, False, environment) is in_a_pipe
    assert wants_colours(asked, True, environment) is on_a_terminal


def test_colours_make_no_terminal_of_a_pipe() -> None:
    console = make_console(colours=True)
    assert (console.is_terminal, console.no_color) == (False, False)  # no live line in a log


def on_a_terminal(*options: str, **variables: str) -> bytes:
    """Return what is shown on a terminal of its own."""
    controller, terminal = pty.openpty()
    environment = ORDINARY | {"TERM": "xterm-256color"} | variables
    program = subprocess.Popen([sys.executable, "-c", PRINTS, *options, "probe"], env=environment, stdout=terminal)
    os.close(terminal)
    parts = []
    with suppress(OSError):  # EIO: the program has ended
        while part := os.read(controller, 1 << 16):
            parts.append(part)
    os.close(controller)
    assert program.wait(PATIENCE_S) == 0
    return b"".join(parts)


def in_a_pipe(*options: str, **variables: str) -> bytes:
    """Return what goes into a pipe."""
    command = [sys.executable, "-c", PRINTS, *options, "probe"]
    return subprocess.run(command, env=ORDINARY | variables, capture_output=True, timeout=PATIENCE_S, check=True).stdout


def test_a_terminal_has_colours_and_a_pipe_has_none_unless_somebody_asks() -> None:
    red = b"\x1b[1;31msaid\x1b[0m"
    assert on_a_terminal().startswith(red)
    assert on_a_terminal("--color", "never") == on_a_terminal(NO_COLOR="1") == b"said\r\n"
    assert on_a_terminal("--color", "always", NO_COLOR="1").startswith(red)
    assert in_a_pipe() == in_a_pipe("--color", "auto") == in_a_pipe(FORCE_COLOR="1", NO_COLOR="1") == b"said\n"
    assert in_a_pipe("--color", "always") == in_a_pipe(CLICOLOR_FORCE="1") == in_a_pipe(FORCE_COLOR="1") == red + b"\n"
