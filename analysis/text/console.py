"""The console that all is printed on: the same text for everybody, and what a user may wish for.

Colours are a wish: of the caller (`--color`), else of NO_COLOR (https://no-color.org), else of FORCE_COLOR or CLICOLOR_FORCE
(https://force-color.org, https://bixense.com/clicolors); without any a terminal has them, and a pipe or a file, which programs
read, has none. The width of those is fixed: not that of the terminal in which the program happens to run. COLUMNS is a wish if
it can be one.
"""

import os
import sys
from collections.abc import Mapping

from rich.console import Console

WIDTH = 80
"""Of a pipe or a file."""
NARROWEST, WIDEST = 40, 1000
_ON_A_TERMINAL = ("TERM", "TTY_INTERACTIVE")


def make_console(*, colours: bool | None = None, stderr: bool = False) -> Console:
    """Return the console for standard output, or for standard error; `colours` is None where nobody asked for them or not."""
    stream = sys.stderr if stderr else sys.stdout
    terminal = stream is not None and not stream.closed and stream.isatty()
    coloured = wants_colours(colours, terminal, os.environ)
    return Console(
        stderr=stderr,
        highlight=False,
        markup=False,  # [x] and :x: are parts of names
        emoji=False,
        force_terminal=terminal,
        color_system="standard" if coloured else None,
        no_color=not coloured,
        width=_wished_width(os.environ.get("COLUMNS", "")) or (None if terminal else WIDTH),
        _environ={name: os.environ[name] for name in _ON_A_TERMINAL if name in os.environ},
    )


def wants_colours(asked: bool | None, terminal: bool, environment: Mapping[str, str]) -> bool:
    """Return whether to colour what goes to a terminal or elsewhere; the first that says something decides."""
    if asked is not None:
        return asked
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return terminal and environment.get("TERM") not in ("dumb", "unknown")


def _wished_width(columns: str) -> int | None:
    digits = columns.isascii() and columns.isdigit() and len(columns) < 6
    return int(columns) if digits and NARROWEST <= int(columns) <= WIDEST else None
