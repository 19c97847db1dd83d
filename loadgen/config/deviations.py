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
    """By the id of the case why the service fails it: of its main task, and of every other one that has the case."""
    tasks: dict[str, dict[str, Reason]] = {}
    """By the name of another task of the service what it fails there beside that."""


class Deviations(Strict):
    """Reasons by case: of the service's main task, and of others by name."""

    of_main: dict[str, str] = {}
    of_others: dict[str, dict[str, str]] = {}

    def with_task(self, name: str, deviations: Mapping[str, str]) -> "Deviations":
        """Return them with those of another task; what the list of the main task has is left out of them."""
        own = {case: reason for case, reason in deviations.items() if case not in self.of_main}
        others = {task: listed for task, listed in self.of_others.items() if task != name}
        return self.replace(of_others=others | ({name: own} if own else {}))


def read_deviations(folder: Path) -> Deviations | None:
    """Return what the folder's file lists; None if it has no such file. Raise Error if it is wrong."""
    path = folder / FILE
    if not path.exists():
        return None
    file = read_toml(path, DeviationsFile)
    return Deviations(of_main=dict(file.deviations), of_others={name: dict(listed) for name, listed in file.tasks.items()})


def write_deviations(folder: Path, deviations: Deviations) -> Path:
    """Write the lists, in their order, below the comment that the file begins with; return the file."""
    path = folder / FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    head = "".join(takewhile(lambda line: line.startswith("#"), lines)) or _HEAD
    tasks = {"tasks": deviations.of_others} if deviations.of_others else {}
    content = {"schema": 1, "deviations": deviations.of_main, **tasks}
    path.write_text(f"{head}\n{tomli_w.dumps(content)}", encoding="utf-8")
    return path
