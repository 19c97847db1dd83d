"""Finding a task by what scenarios and services call it."""

import functools
import importlib
import importlib.util
import os
from pathlib import Path
from typing import Protocol

from loadgen.errors import Error
from loadgen.task.http.task import read_task, task_file
from loadgen.task.task import Task
from loadgen.task.work import Scale


class Named(Protocol):
    """What names its task, as the record of a run does."""

    @property
    def task(self) -> str:
        """Return the name."""


def find_task(wanted: str, base: Path) -> Task:
    """Return the task of that name that comes with the program, or that of the task.toml (or its folder) as seen from `base`.

    Raise Error if there is none, or if its file is wrong.
    """
    if (own := _own(wanted)) is not None:
        return own
    path = task_file(base / wanted) if wanted else None
    if path is None:
        raise Error(
            f"no task '{wanted}': expected the name of a task that comes with the program, or a folder with a task.toml"
        )
    return _read(Path(os.path.realpath(path)), path.stat().st_mtime_ns)  # services of a project name one file in many ways


@functools.cache
def _own(wanted: str) -> Task | None:
    """Return the task of that name that comes with the program: a package below this one whose module task has TASK."""
    package = importlib.util.find_spec(f"loadgen.task.{wanted}") if wanted.isidentifier() else None
    if package is None or package.submodule_search_locations is None:
        return None
    task: Task | None = getattr(importlib.import_module(f"loadgen.task.{wanted}.task"), "TASK", None)
    return task


@functools.cache
def _read(path: Path, _changed_ns: int) -> Task:
    return read_task(path)


def scale_of(run: Named) -> Scale | None:
    """Return how the work of a run's task grows with a parameter; None where the task cannot tell or is not there any more."""
    try:
        return find_task(run.task, Path()).scale
    except Error:
        return None
