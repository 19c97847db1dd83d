"""A field's folder, results/fields/ID: asked.json, what was asked for, and field.json, the runs that have been measured."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from loadgen.errors import Error
from loadgen.record.folder import RunFolder, read_json
from loadgen.record.run import RunRecord
from loadgen.strict import Strict, explain

STAMP = "%Y%m%dT%H%M%SZ"
"""As the names of runs begin."""


class Asked(Strict):
    """What was asked for: all that going on with it needs."""

    schema_version: Literal[1] = Field(alias="schema")
    """The version of what this file can say."""
    profile: str
    """The profile of each task's scenarios."""
    services: list[str]
    """What is measured, by name; none: what each profile has."""
    seed: int
    """Of every run: one of another seed is another field's."""
    started: str
    """When it started (UTC), as the names of its runs may begin at the earliest."""


@dataclass(frozen=True)
class FieldFolder:
    """The folder, and the results that it lies in, whose runs it names."""

    path: Path
    results: Path

    def asked(self) -> Asked:
        """Return what was asked for; raise Error if that cannot be read."""
        path = self.path / "asked.json"
        try:
            return Asked.model_validate(read_json(path))
        except OSError as error:
            raise Error(f"{path}: {error.strerror}; expected the folder of a field that primebench field has begun") from error
        except ValidationError as error:
            raise Error(f"{path}: {explain(error)}") from error

    def runs(self) -> dict[str, str]:
        """Return by task the folder of each finished run, as seen from this one; none without the file."""
        path = self.path / "field.json"
        if not path.exists():
            return {}
        content = read_json(path)
        runs = content.get("runs") if isinstance(content, dict) else None
        if not isinstance(runs, dict):
            raise Error(f"{path}: runs: expected the folder of a run by task")
        return {str(task): str(run) for task, run in runs.items()}

    def add(self, task: str, run: RunFolder) -> None:
        """Write down that the task's run is finished."""
        runs = self.runs() | {task: os.path.relpath(run.path, self.path)}
        _replace(self.path / "field.json", {"schema": 1, "runs": runs})

    def begun(self, task: str) -> RunFolder | None:
        """Return the run that was begun of the task, finished or not; None without one."""
        asked = self.asked()
        folders = (folder for folder, run in self._runs_since(asked.started) if (run.task, run.seed) == (task, asked.seed))
        return next(folders, None)

    def _runs_since(self, started: str) -> Iterator[tuple[RunFolder, RunRecord]]:
        """The runs of the results that may be this field's, the last first; what is no run is passed over."""
        there = self.results / "runs"
        for path in sorted(there.iterdir() if there.is_dir() else (), reverse=True):
            if path.name[: len(started)] >= started:
                with suppress(Error, OSError):
                    yield RunFolder(path), RunFolder(path).read_run()


def new_field(results: Path, profile: str, services: list[str], seed: int) -> FieldFolder:
    """Make the folder; raise Error if it cannot be made."""
    started = datetime.now(UTC).strftime(STAMP)
    folder = FieldFolder(results / "fields" / f"{started}-{profile}", results)
    asked = {"schema": 1, "profile": profile, "services": services, "seed": seed, "started": started}
    try:
        folder.path.mkdir(parents=True)
        _replace(folder.path / "asked.json", asked)
    except OSError as error:
        reason = "two fields cannot begin in one second" if error.errno == errno.EEXIST else error.strerror
        raise Error(f"{error.filename or folder.path}: {reason}; --results names another folder") from error
    return folder


def find_field(wanted: str, results: Path) -> FieldFolder:
    """Return the field by its ID, or by its folder, which lies in `results` as well; raise Error if there is none."""
    path = results / "fields" / wanted
    if path.is_dir():
        return FieldFolder(path, results)
    folder = Path(os.path.realpath(wanted))
    if folder.is_dir() and folder.parent.name == "fields":
        return FieldFolder(folder, folder.parents[1])
    raise Error(f"{wanted}: no such field in {results / 'fields'}; expected its ID, or its folder")


def _replace(path: Path, content: dict[str, object]) -> None:
    """Write JSON in one step: a reader sees the old file or the new one."""
    draft = path.with_suffix(".json.new")
    draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)
