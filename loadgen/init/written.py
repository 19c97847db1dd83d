"""Writing what init has made: never over anything that is there."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from loadgen.errors import Error


def check_free(paths: Iterable[Path]) -> None:
    """Raise Error for the first path at which there is something."""
    for path in paths:
        if os.path.lexists(path):
            raise Error(f"{path}: it is there already, and is not written over; --print shows what would be in primebench.toml")


def write_new(files: Mapping[Path, str]) -> None:
    """Write the files, all or, if one is there already, none; raise Error for what cannot be written."""
    check_free(files)
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise Error(f"{path}: cannot be written: {error.strerror}") from error
