"""Running primebench as a process of its own, with results and cache in temporary folders."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from loadgen.generator.choice import GENERATORS
from loadgen.generator.oha import oha_path
from tests import forked

HERE = Path(__file__).parent
STUB = HERE.parent / "stub"
LAUNCH = forked.LAUNCH


@dataclass(frozen=True)
class Ended:
    """How a command ended, and the run that it left, if any."""

    code: int
    stdout: str
    stderr: str
    results: Path

    @property
    def run(self) -> Path:
        """The folder of the only run."""
        (run,) = (self.results / "runs").iterdir()
        return run


@dataclass(frozen=True)
class Place:
    """Where the commands of one test run: results folder and environment."""

    results: Path
    environment: Mapping[str, str]

    def command(self, *arguments: str) -> list[str]:
        """`primebench run` with the stub's scenarios and this place's results."""
        scenarios = ["--scenarios", str(STUB / "scenarios.toml")]
        return [*LAUNCH, "run", "--profile", "tiny", "--results", str(self.results), *scenarios, *arguments]


Run = Callable[..., Ended]


def place_in(folder: Path) -> Place:
    """A place of its own in `folder`; only the generators come from the machine's cache."""
    cache = folder / "cache"
    native = GENERATORS["native"].find().parent
    (cache / "builds").mkdir(parents=True)
    (cache / "builds" / native.name).symlink_to(native)
    return Place(folder / "results", os.environ | {"PRIMEBENCH_CACHE": str(cache), "PRIMEBENCH_OHA": str(oha_path())})


def primebench(place: Place, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run primebench as a user does, in that folder."""
    return forked.run([*LAUNCH, *arguments], place.environment, folder)


def ended(place: Place, command: Sequence[str], environment: Mapping[str, str]) -> Ended:
    """Run a command in this place, with more in its environment."""
    done = forked.run(command, {**place.environment, **environment})
    return Ended(done.returncode, done.stdout, done.stderr, place.results)


def run_in(place: Place) -> Run:
    """Run `primebench run ARGUMENTS`; keyword arguments: `environment` to add, `prefix` for the command."""

    def run_it(*arguments: str, environment: Mapping[str, str] | None = None, prefix: Sequence[str] = ()) -> Ended:
        return ended(place, [*prefix, *place.command(*arguments)], environment or {})

    return run_it


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return place_in(tmp_path)


@pytest.fixture
def run(place: Place) -> Run:
    return run_in(place)
