"""inferno, which draws flame graphs: its version, where it is, and building it. Standard library only: set-up runs it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from loadgen.errors import Error
from loadgen.setup.cache import cache_folder
from loadgen.system.environment import setup_environment
from loadgen.system.tool import run_tool

if TYPE_CHECKING:
    from pathlib import Path

INFERNO_VERSION = "0.12.8"
"""Pinned in code, because no lock file can hold it."""
PROGRAMS = FLAME_GRAPH, DIFFERENCE, STACKS_OF_PERF = "inferno-flamegraph", "inferno-diff-folded", "inferno-collapse-perf"
"""Those of its programs that are used."""


def inferno(program: str) -> Path:
    """Return one of its programs, where set-up puts it; raise Error if it is not there."""
    path = _home() / "bin" / program
    if not is_installed():
        raise Error(f"inferno {INFERNO_VERSION} not found; run: primebench setup --flame-graphs")
    return path


def is_installed() -> bool:
    """Return whether set-up has built it, all of it."""
    return all((_home() / "bin" / program).is_file() for program in PROGRAMS)


def install_inferno() -> None:
    """Build the pinned inferno into the cache, once a machine; raise Error if that fails."""
    home = _home()
    if is_installed():
        return
    if shutil.which("cargo") is None:
        raise Error(f"inferno {INFERNO_VERSION}, which draws flame graphs, is built with cargo: cargo not found")
    print(f"building inferno {INFERNO_VERSION}, once a machine: about a minute", flush=True)
    features = ["--no-default-features", "--features", "cli"]
    command = ["cargo", "install", "inferno", "--version", INFERNO_VERSION, "--locked", *features, "--root", str(home)]
    done = run_tool(command, environment=setup_environment())  # cargo has a lock of its own, and puts finished programs there
    if done.code != 0:
        raise Error(f"building inferno failed: {done.last_error}")


def _home() -> Path:
    return cache_folder() / f"inferno-{INFERNO_VERSION}"
