"""Paths as users give them and as they are shown."""

import os
from pathlib import Path

from loadgen.errors import Error
from loadgen.one_line import one_line

CHECKOUT = Path(__file__).resolve().parents[1]


def real(path: Path) -> Path:
    """Return the path without links, absolute.

    A loop of links stays one, and is no file for who opens it; `Path.resolve` would raise.
    """
    return Path(os.path.realpath(absolute(path)))


def absolute(path: Path) -> Path:
    """Return the path from the root; raise Error if the current folder is gone."""
    try:
        return path.absolute()
    except FileNotFoundError as error:
        raise Error(f"{path}: the folder that this was started in is not there any more: go to another one") from error


def near(path: Path | str) -> str:
    """Return the path for people: as seen from the current folder, if it is below it. A URI stays as it is."""
    if isinstance(path, str):
        return one_line(path)
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return one_line(str(path))
    return one_line(str(path.relative_to(here) if path.is_relative_to(here) else path))
