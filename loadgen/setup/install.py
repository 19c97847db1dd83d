"""Set-up: installs what is missing and skips what is there. Runs with the system's Python: standard library only.

`python3 -m primebench.setup`, from the checkout; `make setup` is that. With the word `page` it installs what
`make test-page` needs beside it, and nothing else; so it does with `aarch64` for `make test-aarch64`.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from loadgen.errors import Trouble
from loadgen.setup.cache import cache_folder
from loadgen.setup.foreign_packages import unpack_packages
from loadgen.setup.requirements import (
    Finding,
    Requirement,
    aarch64_packages,
    aarch64_requirements,
    apt_command,
    find_all,
    page_requirements,
)
from loadgen.setup.versions import OHA_VERSION
from loadgen.system.environment import setup_environment
from loadgen.system.tool import run_tool

HEARTBEAT_S = 20.0
_UNATTENDED = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "l"}
_INTO_VENV = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_DRY_RUN": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
"""Variables come before pip's configuration files, which may say otherwise."""
_AS_PUBLISHED = {
    "CARGO_ENCODED_RUSTFLAGS": "",
    "CARGO_BUILD_RUSTC_WRAPPER": "",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER": "",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "3",
    "CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS": "false",
    "CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS": "false",
}
"""The same for cargo's: the generator is the one that was published, whatever this user's own programs are built with."""


def main(arguments: list[str]) -> None:
    """Set everything up, or what one check needs; raise Trouble with what to do if that is not possible."""
    _check_python()
    if arguments == ["page"]:
        set_up_page()
        return
    if arguments == ["aarch64"]:
        set_up_aarch64()
        return
    if arguments:
        raise Trouble(f"{' '.join(arguments)}: expected nothing, page or aarch64")
    set_up()
    for finding in find_all():
        if not finding.ok:
            wanted = finding.requirement
            print(f"{wanted.name}: {finding.verdict}; {wanted.purpose}; install: {wanted.install}")


def set_up() -> None:
    """System packages, Python environment and oha."""
    checkout = Path(__file__).resolve().parents[2]
    install_packages(find_all())
    install_environment(checkout)
    install_oha()


def set_up_page() -> None:
    """Browser, node and npm; raise Trouble if one of them is missing or too old all the same."""
    _install_all(page_requirements())


def set_up_aarch64() -> None:
    """Install cross compiler and emulator; unpack the libraries for 64-bit ARM where the toolchain file looks for them."""
    if platform.machine() == "aarch64":
        raise Trouble("this machine is aarch64 itself; run: make test-cpp")
    _install_all(aarch64_requirements())
    checkout = Path(__file__).resolve().parents[2]
    unpack_packages(aarch64_packages(), "arm64", checkout / "build" / "aarch64-packages")


def _install_all(wanted: list[Requirement]) -> None:
    install_packages(find_all(wanted))
    for finding in find_all(wanted):
        if not finding.ok:
            raise Trouble(f"{finding.requirement.name}: {finding.verdict}; install: {finding.requirement.install}")


def _check_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - the system's Python may be older
        raise Trouble(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; run: make PYTHON=python3.11")


def install_packages(findings: list[Finding]) -> None:
    """Install the Debian packages that are missing; raise Trouble with the command if this user cannot."""
    missing = sorted({one.requirement.package for one in findings if one.requirement.package and not one.ok})
    if not missing:
        return
    command = apt_command(missing)
    if shutil.which("apt-get") is None:
        raise Trouble(f"missing: {', '.join(missing)} (Debian's names); install them, there is no apt-get here")
    if command[0] == "sudo" and shutil.which("sudo") is None:
        raise Trouble(f"missing: {', '.join(missing)}; run as root: {' '.join(command[1:])}")
    print(f"installing system packages: {' '.join(missing)}", flush=True)
    prefix = [*command[: command.index("apt-get")], "env", *(f"{name}={value}" for name, value in _UNATTENDED.items())]
    for step in (["apt-get", "update", "-qq"], [*command[command.index("apt-get") :], "-qq"]):
        done = subprocess.run(
            [*prefix, *step],  # sudo hands on no variables: env sets them behind it
            env=setup_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != 0:
            raise Trouble(f"{' '.join(step)} failed with exit code {done.returncode}; its messages are above")


def install_environment(checkout: Path) -> None:
    """Make .venv from the lock with hashes, unless it was made from this very lock."""
    environment, lock = checkout / ".venv", checkout / "requirements.lock"
    inputs = lock.read_bytes() + (checkout / "pyproject.toml").read_bytes() + os.fsencode(checkout)
    wanted = hashlib.sha256(inputs + sys.version.encode()).hexdigest()
    marker = environment / "made-from"
    if marker.is_file() and marker.read_text() == wanted:
        return
    print("making the Python environment .venv (about a minute)", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(environment)], "make the Python environment")
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    _run([*pip, "--require-hashes", "-r", str(lock)], "install the Python packages")
    # In the checkout: of a path pip takes [this] for an extra and what follows # for a fragment.
    _run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], "install primebench itself", checkout)
    marker.write_text(wanted)


def install_oha() -> None:
    """Build the pinned oha into the cache, once a machine."""
    own = os.environ.get("PRIMEBENCH_OHA")
    home = cache_folder() / f"oha-{OHA_VERSION}"
    if own or (home / "bin" / "oha").is_file():
        return
    if shutil.which("cargo") is None:
        raise Trouble(f"oha {OHA_VERSION}, which generates the load, is built with cargo: cargo not found (primebench doctor)")
    print(f"building oha {OHA_VERSION}, once a machine: about 4 minutes on 2 cores", flush=True)
    import fcntl  # not on every system that gets to the line which says so

    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with home.with_name(home.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another checkout may be setting up, too
            if not (home / "bin" / "oha").is_file():
                _build_oha(home)
    except OSError as error:
        raise Trouble(
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


def _run(command: list[str], purpose: str, folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, env=setup_environment(**_INTO_VENV), stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise Trouble(f"could not {purpose} (exit code {done.returncode}); its messages are above")


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
        raise Trouble(f"building oha failed (exit code {process.returncode}); the end of its log:\n  {tail}")
