"""The console that all is printed on: the same text for everybody, and what a user may wish for.

A terminal has colours unless NO_COLOR is set. A pipe or a file has none, whatever FORCE_COLOR and TTY_COMPATIBLE say: programs
read it. Its width is fixed: not that of the terminal in which the program happens to run. COLUMNS is a wish if it can be one.
"""

import os
import sys

from rich.console import Console

WIDTH = 80
"""Of a pipe or a file."""
NARROWEST, WIDEST = 40, 1000
_ON_A_TERMINAL = ("TERM", "COLORTERM", "NO_COLOR", "TTY_INTERACTIVE")


def make_console(*, stderr: bool = False) -> Console:
    """Return the console for standard output, or for standard error."""
    stream = sys.stderr if stderr else sys.stdout
    terminal = stream is not None and not stream.closed and stream.isatty()
    return Console(
        stderr=stderr,
        highlight=False,
        markup=False,  # [x] and :x: are parts of names
        emoji=False,
        force_terminal=terminal,
        width=_wished_width(os.environ.get("COLUMNS", "")) or (None if terminal else WIDTH),
        _environ={name: os.environ[name] for name in _ON_A_TERMINAL if name in os.environ},
    )


def _wished_width(columns: str) -> int | None:
    digits = columns.isascii() and columns.isdigit() and len(columns) < 6
    return int(columns) if digits and NARROWEST <= int(columns) <= WIDEST else None
