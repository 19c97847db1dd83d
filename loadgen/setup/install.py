"""Set-up: installs what is missing and skips what is there. Runs with the system's Python: standard library only.

`python3 -m primebench.setup`, from the checkout; `make setup` is that. With the word `dev` it installs what tests and linters
need beside it, and nothing else; so it does with `page` for `make test-page` and with `aarch64` for `make test-aarch64`.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from loadgen.errors import Error
from loadgen.setup.foreign_packages import unpack_packages
from loadgen.setup.oha import install_oha
from loadgen.setup.requirements import (
    Finding,
    Requirement,
    aarch64_packages,
    aarch64_requirements,
    apt_command,
    find_all,
    page_requirements,
)
from loadgen.system.environment import setup_environment

_UNATTENDED = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "l"}
_INTO_VENV = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_DRY_RUN": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
"""Variables come before pip's configuration files, which may say otherwise."""
DEVELOPMENT_LOCKS = ("requirements.lock", "requirements-cluster.lock", "requirements-dev.lock")
"""What running needs first; tests measure on several machines, too."""


def main(arguments: list[str]) -> None:
    """Set everything up, or what one check needs; raise Error with what to do if that is not possible."""
    _check_python()
    parts = {"dev": set_up_development, "page": set_up_page, "aarch64": set_up_aarch64}
    if len(arguments) == 1 and arguments[0] in parts:
        parts[arguments[0]]()
        return
    if arguments:
        raise Error(f"{' '.join(arguments)}: expected nothing, or one of {', '.join(parts)}")
    set_up()
    for finding in find_all():
        if not finding.ok:
            wanted = finding.requirement
            print(f"{wanted.name}: {finding.verdict}; {wanted.purpose}; install: {wanted.install}")


def set_up() -> None:
    """System packages, Python environment and load generator."""
    checkout = Path(__file__).resolve().parents[2]
    install_packages(find_all())
    given_up = threading.Event()
    with ThreadPoolExecutor(max_workers=1) as beside:
        building = beside.submit(install_oha, given_up.is_set)  # which takes both cores for a part of its time only
        try:
            install_environment(checkout)
            building.result()
        finally:
            given_up.set()


def set_up_development() -> None:
    """The Python packages of tests and linters."""
    checkout = Path(__file__).resolve().parents[2]
    install_environment(checkout)
    install_development(checkout)


def set_up_page() -> None:
    """Browser, node and npm; raise Error if one of them is missing or too old all the same."""
    _install_all(page_requirements())


def set_up_aarch64() -> None:
    """Install cross compiler and emulator; unpack the libraries for 64-bit ARM where the toolchain file looks for them."""
    if platform.machine() == "aarch64":
        raise Error("this machine is aarch64 itself; run: make test-cpp")
    _install_all(aarch64_requirements())
    checkout = Path(__file__).resolve().parents[2]
    unpack_packages(aarch64_packages(), "arm64", checkout / "build" / "aarch64-packages")


def _install_all(wanted: list[Requirement]) -> None:
    install_packages(find_all(wanted))
    for finding in find_all(wanted):
        if not finding.ok:
            raise Error(f"{finding.requirement.name}: {finding.verdict}; install: {finding.requirement.install}")


def _check_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - the system's Python may be older
        raise Error(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; run: make PYTHON=python3.11")


def install_packages(findings: list[Finding]) -> None:
    """Install the Debian packages that are missing; raise Error with the command if this user cannot."""
    missing = sorted({finding.requirement.package for finding in findings if finding.requirement.package and not finding.ok})
    if not missing:
        return
    command = apt_command(missing)
    if shutil.which("apt-get") is None:
        raise Error(f"missing: {', '.join(missing)} (Debian's names); install them, there is no apt-get here")
    if command[0] == "sudo" and shutil.which("sudo") is None:
        raise Error(f"missing: {', '.join(missing)}; run as root: {' '.join(command[1:])}")
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
            raise Error(f"{' '.join(step)} failed with exit code {done.returncode}; its messages are above")


def install_environment(checkout: Path) -> None:
    """Make .venv with what running needs, from the lock with hashes, unless it was made from this very lock."""
    environment, lock = checkout / ".venv", checkout / "requirements.lock"
    inputs = lock.read_bytes() + (checkout / "pyproject.toml").read_bytes() + os.fsencode(checkout)
    wanted = hashlib.sha256(inputs + sys.version.encode()).hexdigest()
    marker = environment / "made-from"
    if marker.is_file() and marker.read_text() == wanted:
        return
    print("making the Python environment .venv (about half a minute)", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(environment)], "make the Python environment")
    pip = _pip_install(environment)
    _run([*pip, "--require-hashes", "-r", str(lock)], "install the Python packages")
    # In the checkout: of a path pip takes [this] for an extra and what follows # for a fragment.
    _run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], "install primebench itself", checkout)
    marker.write_text(wanted)


def install_development(checkout: Path) -> None:
    """Add what tests and linters need to .venv, from a lock of its own, unless it has what this very lock says."""
    environment, locks = checkout / ".venv", [checkout / name for name in DEVELOPMENT_LOCKS]
    own = b"".join(lock.read_bytes() for lock in locks[1:])
    wanted = hashlib.sha256((environment / "made-from").read_bytes() + own).hexdigest()
    marker = environment / "made-for-development-from"
    if marker.is_file() and marker.read_text() == wanted:
        return
    print("installing what tests and linters need into .venv (about half a minute)", flush=True)
    files = [part for lock in locks for part in ("-r", str(lock))]
    _run([*_pip_install(environment), "--require-hashes", *files], "install the Python packages of tests and linters")
    marker.write_text(wanted)


def _pip_install(environment: Path) -> list[str]:
    return [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]


def _run(command: list[str], purpose: str, folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, env=setup_environment(**_INTO_VENV), stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise Error(f"could not {purpose} (exit code {done.returncode}); its messages are above")
