"""Debian's packages for another processor, unpacked into a folder of the checkout. Runs with the system's Python.

Nothing of the system changes: adding the architecture to dpkg would make every later installation depend on it.
"""

from __future__ import annotations

import platform
import shutil
from typing import TYPE_CHECKING

from loadgen.errors import Error
from loadgen.system.environment import setup_environment
from loadgen.system.tool import Output, run_tool

if TYPE_CHECKING:
    from pathlib import Path


def unpack_packages(names: list[str], architecture: str, folder: Path) -> None:
    """Download packages with the libraries that they link, and unpack them into `folder`, unless that was done already."""
    marker = folder / "made-from"
    wanted = "\n".join([*_release(), architecture, *names])
    if marker.is_file() and marker.read_text() == wanted:
        return
    print(f"downloading packages for {architecture}: {' '.join(names)}", flush=True)
    draft, apt = (folder.with_name(folder.name + suffix) for suffix in (".new", ".apt"))
    try:
        draft.mkdir(parents=True, exist_ok=True)
        for archive in missing(_download(names, architecture, apt), _of_cross_compiler(architecture)):
            _run_well(["dpkg-deb", "--extract", str(archive), str(draft)])
        (draft / marker.name).write_text(wanted)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(apt, ignore_errors=True)


def missing(archives: list[Path], there: set[str]) -> list[Path]:
    """Return those of the downloaded archives whose package is not `there` already. Pure."""
    return [archive for archive in archives if archive.name.partition("_")[0] not in there]


def apt_options(architecture: str, state: Path) -> list[str]:
    """Return options for an apt that has this machine's sources and keys, nothing installed, and its files in `state`."""
    settings = {
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Sandbox::User": "root",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
        "Acquire::Languages": "none",
        "Dir::Cache": str(state / "cache"),
        "Dir::State": str(state / "state"),
        "Dir::State::status": str(state / "status"),
    }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]


def _download(names: list[str], architecture: str, state: Path) -> list[Path]:
    for folder in ("cache/archives/partial", "state/lists/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    apt_get = ["apt-get", *apt_options(architecture, state), "-qq"]
    # A source without this architecture fails, and another may have all that is needed: installing shows whether.
    _run([*apt_get, "update"])
    done = _run([*apt_get, "install", "--download-only", "--yes", "--no-install-recommends", *names])
    if done.code != 0:
        raise Error(
            f"apt has no packages for {architecture} here: {done.last_error}; "
            "add a source that has them (Ubuntu keeps arm64 in another archive, its ports)"
        )
    return sorted((state / "cache" / "archives").glob("*.deb"))


def _of_cross_compiler(architecture: str) -> set[str]:
    """Return the packages that Debian's cross compiler brings along under other names, such as libc6-dev-arm64-cross."""
    suffix = f"-{architecture}-cross"
    listed = _run(["dpkg-query", "--show", "--showformat", r"${Package}\n", f"*{suffix}"])
    return {name.removesuffix(suffix) for name in listed.text.split()}


def _run(command: list[str]) -> Output:
    return run_tool(command, environment=setup_environment(LC_ALL="C"))


def _run_well(command: list[str]) -> None:
    done = _run(command)
    if done.code != 0:
        raise Error(f"{' '.join(command)} failed: {done.last_error}")


def _release() -> list[str]:
    """Return what tells one release of a distribution from the next: its compilers need its libraries."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return []
    return [release.get("ID", ""), release.get("VERSION_ID", "")]
