"""A release: the wheel of this primebench, its locks and the generators, which every host has to have as they are here."""

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from loadgen.build.git import git_state
from loadgen.cluster.on_host import digest
from loadgen.errors import Error
from loadgen.generator.generator import Say
from loadgen.generator.native import PROGRAM, Native
from loadgen.setup.oha import usable_oha
from loadgen.system.environment import setup_environment
from loadgen.system.tool import run_tool

LOCKS = ("requirements.lock", "requirements-cluster.lock")
SOURCE = Path(__file__).resolve().parents[2]
"""The checkout, or of an installed program the folder of packages."""
SHOWN_DIGITS = 8
"""Of a digest or a commit, in tables and messages."""


class Generator(NamedTuple):
    """A generator in a release: its place there, and arguments with which it ends at once."""

    program: str
    arguments: tuple[str, ...]


GENERATORS = {"native": Generator(f"bin/{PROGRAM}", ("--help",)), "oha": Generator("bin/oha", ("--version",))}


@dataclass(frozen=True)
class Release:
    """The files by their names in the release, and what they were made from.

    `commit` is None for a wheel from elsewhere; it ends in + where the checkout differs from it.
    """

    version: str
    commit: str | None
    files: Mapping[str, Path]

    @cached_property
    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of each file."""
        return {name: digest(path) for name, path in self.files.items()}

    @cached_property
    def name(self) -> str:
        """Return what stands for all of it: two releases of one name are the same."""
        whole = "".join(f"{file_digest} {name}\n" for name, file_digest in sorted(self.digests.items()))
        return hashlib.sha256(whole.encode()).hexdigest()[:16]

    @property
    def manifest(self) -> dict[str, object]:
        """Return what a host keeps of it beside the files."""
        starts = {
            name: [generator.program, *generator.arguments]
            for name, generator in GENERATORS.items()
            if generator.program in self.files
        }
        return {"version": self.version, "commit": self.commit, "files": self.digests, "starts": starts}


def make_release(folder: Path, wheel: Path | None, say: Say) -> Release:
    """Return the release of this program, its wheel built into `folder` unless one is given.

    oha is a part of it where set-up has put it. Raise Error without a checkout or a wheel, or if something cannot be built.
    """
    if wheel is None:
        commit, made = _commit(), _built_wheel(folder)
    else:
        commit, made = None, _checked_wheel(wheel)
    files = {made.name: made, **{name: lock(name) for name in LOCKS}, GENERATORS["native"].program: Native().find(say)}
    if (oha := usable_oha()).is_file():
        files[GENERATORS["oha"].program] = oha
    return Release(version("primebench"), commit, files)


def _commit() -> str | None:
    commit, differs = git_state(SOURCE)
    return commit and commit[:SHOWN_DIGITS] + ("+" if differs else "")


def _built_wheel(folder: Path) -> Path:
    """Build it of the checkout as it is; the same files give the same wheel, byte for byte."""
    if not (SOURCE / "pyproject.toml").is_file():
        raise Error("this primebench does not run from a checkout: expected --wheel with the file that it was installed from")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = run_tool(command, cwd=SOURCE, environment=setup_environment())
    if done.code != 0:
        raise Error(f"the wheel of {SOURCE} could not be built: {done.last_error}")
    (made,) = folder.glob("*.whl")
    return made


def _checked_wheel(wheel: Path) -> Path:
    own = f"primebench-{version('primebench')}-"
    if not wheel.is_file() or wheel.suffix != ".whl":
        raise Error(f"{wheel}: expected a wheel of primebench")
    if not wheel.name.startswith(own):
        raise Error(f"{wheel.name}: expected the version that runs here, {own}*.whl")
    return wheel


def lock(name: str) -> Path:
    """Return one of the LOCKS, of the checkout or as installed; raise Error if it is not there."""
    paths = (SOURCE / "primebench" / "locks" / name, SOURCE / name)
    for path in paths:
        if path.is_file():
            return path
    raise Error(f"{paths[0]}: not found; install primebench anew")
