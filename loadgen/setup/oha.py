"""The load generator oha: its version, where it is, and building it. Standard library only: set-up runs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from loadgen.errors import Error
from loadgen.setup.cache import cache_folder
from loadgen.system.environment import setup_environment
from loadgen.system.tool import run_tool

if TYPE_CHECKING:
    from collections.abc import Callable

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
_FEATURES = ["--no-default-features", "--features", "native-tls"]
"""TLS by the system's OpenSSL: a cryptographic library of its own is a fifth of the whole build, and no figure rests on it."""
CPU_S = 500
"""What building it takes, about, on a core of a cloud machine: 499 s were measured."""
CRATES = 215
"""How many crates cargo compiles for this version with its lock file, by its log."""


def installed_oha() -> Path:
    """Return where set-up puts it; raise Error if nothing says where the cache is."""
    return cache_folder() / f"oha-{OHA_VERSION}" / "bin" / "oha"


def oha_on_path() -> Path | None:
    """Return the oha on PATH if it is of the pinned version."""
    path = shutil.which("oha")
    if path is None or not is_pinned(run_tool([path, "--version"]).text.strip()):
        return None
    return Path(path).absolute()


def usable_oha() -> Path:
    """Return where set-up puts it, or the one on PATH if there is none; raise Error if nothing says where the cache is."""
    installed = installed_oha()
    return installed if installed.is_file() else oha_on_path() or installed


def is_pinned(printed: str) -> bool:
    """Return whether `oha --version` printed the pinned version; build metadata behind it (1.16.0+abc) changes nothing."""
    words = printed.split()
    return words[:1] == ["oha"] and len(words) > 1 and words[1].partition("+")[0] == OHA_VERSION


def install_oha(cancelled: Callable[[], bool] = lambda: False) -> None:
    """Build the pinned oha into the cache, once a machine, unless there is one on PATH.

    Once it is `cancelled` the build is ended, and Error raised.
    """
    own = os.environ.get("PRIMEBENCH_OHA")
    home = installed_oha().parents[1]
    if own or (home / "bin" / "oha").is_file() or oha_on_path():
        return
    if shutil.which("cargo") is None:
        raise Error(f"oha {OHA_VERSION}, which generates the load, is built with cargo: cargo not found (primebench doctor)")
    cores = len(os.sched_getaffinity(0))
    about_min = max(1, round(CPU_S / cores / 60))
    print(f"building oha {OHA_VERSION}, once a machine: about {about_min} min on {cores} core(s)", flush=True)
    import fcntl  # not on every system that gets to the line which says so

    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with home.with_name(home.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another checkout may be setting up, too
            if not (home / "bin" / "oha").is_file():
                _build_oha(home, cancelled)
    except OSError as error:
        raise Error(
            f"{error.filename or home}: {error.strerror}; set PRIMEBENCH_CACHE to a folder that can be written to"
        ) from error


def _build_oha(home: Path, cancelled: Callable[[], bool]) -> None:
    """Build it beside its place, and put it there once it is whole."""
    draft = home.with_name(home.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    command = ["cargo", "install", "oha", "--version", OHA_VERSION, "--locked", *_FEATURES, "--root", str(draft)]
    _run_with_heartbeat([*command, *_for_this_machine()], draft / "build.log", cancelled)
    shutil.rmtree(home, ignore_errors=True)
    draft.rename(home)


def _for_this_machine() -> list[str]:
    """Arguments against a build.target of a configuration; none if cargo does not say what it runs on."""
    host = re.search(r"^host: (\S+)$", run_tool(["cargo", "-vV"]).text, re.MULTILINE)
    return ["--target", host.group(1)] if host else []


def _run_with_heartbeat(command: list[str], log_path: Path, cancelled: Callable[[], bool]) -> None:
    """Run a long build with its output in a file and a line about its progress, and the time left, now and then."""
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
            if cancelled():
                raise Error("building oha was given up")
            time.sleep(0.2)
            if time.monotonic() - said >= HEARTBEAT_S:
                said = time.monotonic()
                crates = min(CRATES, log_path.read_text(errors="replace").count(" Compiling "))
                left_s = (said - begin) * (CRATES / max(1, crates) - 1)
                print(f"  oha: {crates} of {CRATES} crates after {said - begin:.0f} s, about {left_s:.0f} s left", flush=True)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode != 0:
        tail = "\n  ".join(log_path.read_text(errors="replace").strip().splitlines()[-12:])
        raise Error(f"building oha failed (exit code {process.returncode}); the end of its log:\n  {tail}")
