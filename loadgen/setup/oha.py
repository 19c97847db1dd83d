"""The load generator oha: its version, where it is, and building it. Standard library only: set-up runs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

from loadgen.errors import Error
from loadgen.setup.cache import cache_folder
from loadgen.system.environment import setup_environment
from loadgen.system.tool import run_tool

if TYPE_CHECKING:
    from pathlib import Path

OHA_VERSION = "1.16.0"
"""Pinned in code, because no lock file can hold it."""
HEARTBEAT_S = 20.0
_AS_PUBLISHED = {
    "CARGO_ENCODED_RUSTFLAGS": "",
    "CARGO_BUILD_RUSTC_WRAPPER": "",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER": "",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "3",
    "CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS": "false",
    "CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS": "false",
}
"""Variables come before cargo's configuration files: the generator is the one that was published,
whatever this user's own programs are built with."""


def installed_oha() -> Path:
    """Return where set-up puts it; raise Error if nothing says where the cache is."""
    return cache_folder() / f"oha-{OHA_VERSION}" / "bin" / "oha"


def install_oha() -> None:
    """Build the pinned oha into the cache, once a machine."""
    own = os.environ.get("PRIMEBENCH_OHA")
    home = installed_oha().parents[1]
    if own or (home / "bin" / "oha").is_file():
        return
    if shutil.which("cargo") is None:
        raise Error(f"oha {OHA_VERSION}, which generates the load, is built with cargo: cargo not found (primebench doctor)")
    print(f"building oha {OHA_VERSION}, once a machine: about 4 minutes on 2 cores", flush=True)
    import fcntl  # not on every system that gets to the line which says so

    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with home.with_name(home.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another checkout may be setting up, too
            if not (home / "bin" / "oha").is_file():
                _build_oha(home)
    except OSError as error:
        raise Error(
            f"{error.filename or home}: {error.strerror}; set PRIMEBENCH_CACHE to a folder that can be written to"
        ) from error


def _build_oha(home: Path) -> None:
    """Build it beside its place, and put it there once it is whole."""
    draft = home.with_name(home.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    _run_with_heartbeat(
        ["cargo", "install", "oha", "--version", OHA_VERSION, "--locked", "--root", str(draft), *_for_this_machine()],
        draft / "build.log",
    )
    shutil.rmtree(home, ignore_errors=True)
    draft.rename(home)


def _for_this_machine() -> list[str]:
    """Arguments against a build.target of a configuration; none if cargo does not say what it runs on."""
    host = re.search(r"^host: (\S+)$", run_tool(["cargo", "-vV"]).text, re.MULTILINE)
    return ["--target", host.group(1)] if host else []


def _run_with_heartbeat(command: list[str], log_path: Path) -> None:
    """Run a long build with its output in a file and a line about its progress now and then."""
    begin = said = time.monotonic()
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command,
            env=setup_environment(**_AS_PUBLISHED),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        while process.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - said >= HEARTBEAT_S:
                said = time.monotonic()
                crates = log_path.read_text(errors="replace").count(" Compiling ")
                print(f"  {said - begin:.0f} s: {crates} crates so far", flush=True)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode != 0:
        tail = "\n  ".join(log_path.read_text(errors="replace").strip().splitlines()[-12:])
        raise Error(f"building oha failed (exit code {process.returncode}); the end of its log:\n  {tail}")
