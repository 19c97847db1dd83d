"""The folders of one build: staged source, output and scratch. Those of a build that did not come to its end are kept by its
key, and the next one goes on in them: cargo, go and make then skip what is done.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from loadgen.build.step import run_build_step
from loadgen.build.toolchain import programs_of
from loadgen.config.build import Build
from loadgen.errors import Error
from loadgen.one_line import LOG_LINE
from loadgen.placeholder import filled
from loadgen.system.environment import build_environment

INCREMENTAL_BUILDS = 3
NOT_FOR_TOOLS = " :;\\$#\"'\n"
HALF_WRITTEN = "half-written"
"""A file that is there while a command runs: one that was killed may have left what looks finished and is not."""
FAILED = "failed"
"""A file that is there once a build has come to a fault; one that was interrupted leaves none."""
KEY = "[0-9a-f]" * 16


class Workbench:
    """One build's folders, in `folder`, which may have those of an earlier build of the same key."""

    def __init__(self, name: str, plan: Build, folder: Path) -> None:
        self._name = name
        self._plan = plan
        self.source, self.out, self._scratch = (folder / part for part in ("source", "out", "scratch"))
        discard(self.out)
        for subfolder in (self.source, self.out, self._scratch):
            subfolder.mkdir(parents=True, exist_ok=True)
        (folder / FAILED).unlink(missing_ok=True)
        self._log = folder / "build.log"
        self._half_written = folder / HALF_WRITTEN

    def _filled(self, text: str) -> str:
        return filled(text, {"source": str(self.source), "out": str(self.out), "scratch": str(self._scratch)})

    def run(self, command: list[str]) -> None:
        """Run one command in the staged source; raise Error with the last lines of its output if it fails."""
        plan = self._plan
        own = {key: self._filled(value) for key, value in plan.environment.items()}
        environment = build_environment(programs_of(plan), plan.inherit) | own
        arguments = [self._filled(argument) for argument in command]
        self._half_written.touch()
        try:
            run_build_step(
                arguments,
                name=self._name,
                cwd=self.source,
                log=self._log,
                environment=environment,
                ended=self._half_written.unlink,
            )
        except Error as failure:
            raise Error(f"{failure}{_odd_folder(self.source)}") from failure

    def timed(self) -> float:
        """Run the build commands; their wall time in seconds."""
        begin = time.monotonic()
        for command in self._plan.commands:
            self.run(command)
        return time.monotonic() - begin

    def incremental(self) -> list[float]:
        """Wall times in seconds of rebuilding after one more comment line in the file that `edit` names."""
        assert self._plan.edit is not None
        edited = self.source / self._plan.edit
        if not edited.is_file():
            raise Error(f"{self._name}: build.edit names {self._plan.edit}, which is not among the inputs")
        times = []
        for number in range(INCREMENTAL_BUILDS):
            with edited.open("a", encoding="utf-8") as file:
                file.write("\n" + filled(self._plan.edit_line, {"token": f"incremental build {number}"}) + "\n")
            times.append(self.timed())
        return times


def kept_folder(home: Path) -> Path:
    """Return where the folders of the build lie whose finished files go to `home`."""
    return home.with_suffix(".work")


def can_go_on(home: Path) -> bool:
    """Return whether an earlier build of that key has left something to go on with, and nothing that was cut short."""
    folder = kept_folder(home)
    return folder.is_dir() and not (folder / HALF_WRITTEN).exists()


def how_it_ended(home: Path) -> str:
    """Return what became of the build that `can_go_on` is said of."""
    return "failed" if (kept_folder(home) / FAILED).exists() else "was interrupted"


@contextmanager
def noting_failure(home: Path) -> Iterator[None]:
    """Leave a note in the build's folder, for the next one, if the block raises Error."""
    try:
        yield
    except Error:
        if kept_folder(home).is_dir():
            (kept_folder(home) / FAILED).touch()
        raise


def discard_others(home: Path, name: str) -> None:
    """Remove what builds of the same name with other keys have left, but for one that is under way."""
    own = kept_folder(home)
    for folder in own.parent.glob(f"{name}-{KEY}{own.suffix}"):
        if folder == own:
            continue
        with folder.with_suffix(".lock").open("w") as lock:
            try:
                flock(lock, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                continue
            discard(folder)


def discard(folder: Path) -> None:
    """Remove a folder, if it is there, with all that is in it: folders that nobody may write to, too (Go's modules)."""
    if os.path.lexists(folder):
        with tempfile.TemporaryDirectory(prefix="gone-", dir=folder.parent) as temporary_folder:
            folder.rename(Path(temporary_folder) / folder.name)


def _odd_folder(folder: Path) -> str:
    """A line for a build that failed below a folder with a name that tools cannot handle: CMake none of ; and make none of :"""
    odd = sorted(set(str(folder)) & set(NOT_FOR_TOOLS))
    if not odd:
        return ""
    return f"{LOG_LINE}Many tools cannot build in a folder with {' '.join(odd)} in its path: PRIMEBENCH_CACHE names another one"
