"""deviations.toml in a service's folder: the cases of the conformance suite that it fails, and why."""

from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Literal

import tomli_w
from pydantic import Field, StringConstraints

from loadgen.strict import Strict, read_toml

FILE = "deviations.toml"
Reason = Annotated[str, StringConstraints(min_length=10)]
_HEAD = """\
# The cases of the conformance suite that this service fails, and why. `primebench verify --write-deviations` brings the list up
# to date: it keeps this comment and the reasons of what still fails, and gives the evidence for what is new.
"""


class DeviationsFile(Strict):
    """The contents: reasons by the id of the case."""

    schema_version: Literal[1] = Field(alias="schema")
    """The version of what this file can say."""
    deviations: dict[str, Reason] = {}
    """By the id of the case why the service fails it."""


def read_deviations(folder: Path) -> dict[str, str] | None:
    """Return reasons by case; None if the folder has no such file. Raise Error if it is wrong."""
    path = folder / FILE
    return dict(read_toml(path, DeviationsFile).deviations) if path.exists() else None


def write_deviations(folder: Path, deviations: Mapping[str, str]) -> Path:
    """Write the list, in its order, below the comment that the file begins with; return the file."""
    path = folder / FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    head = "".join(takewhile(lambda line: line.startswith("#"), lines)) or _HEAD
    path.write_text(f"{head}\n{tomli_w.dumps({'schema': 1, 'deviations': dict(deviations)})}", encoding="utf-8")
    return path
