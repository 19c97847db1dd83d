"""What the suite needs on a machine, how to find it, and the command that installs it. Standard library only: set-up runs it
before the Python environment exists, `primebench doctor` after."""

from __future__ import annotations

import functools
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from loadgen.errors import Error
from loadgen.setup.oha import OHA_VERSION, usable_oha
from loadgen.setup.version import Version, candidate_version, numbers, version_in
from loadgen.system.tool import run_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

Part = Literal["harness", "native", "oha", "example", "checkout"]
"""Every run; either generator; the services and microbenchmarks that come with primebench; a checkout with its tests."""

HARNESS: tuple[Part, ...] = ("harness",)
NATIVE: tuple[Part, ...] = ("native", "example")
LONGEST_S = 30.0
"""For a program to say its version."""
NLOHMANN = "nlohmann-json3-dev"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
"""As in tests/page/chromium.mjs."""


@dataclass(frozen=True)
class Requirement:
    """One thing that must be there: `find` gives its version, None if it is missing.

    `package` is Debian's package where set-up may install it; `install` is the command for a person. `parts` are those of
    primebench that need it. Of a program that is there and prints no version `find` gives what it printed.
    """

    name: str
    purpose: str
    least: Version
    find: Callable[[], str | None]
    install: str
    package: str | None = None
    parts: tuple[Part, ...] = ("example",)


@dataclass(frozen=True)
class Finding:
    """A requirement and what was found of it."""

    requirement: Requirement
    version: str | None

    @property
    def ok(self) -> bool:
        """Whether it is there and new enough."""
        return self.version is not None and numbers(self.version) >= self.requirement.least

    @property
    def verdict(self) -> str:
        """In words: the version, what is wrong with it, or that it is missing."""
        if self.version is None:
            return "missing"
        if not self.ok:
            least = ".".join(map(str, self.requirement.least))
            if not numbers(self.version):
                return f"there, but its version cannot be read (it prints '{self.version}'); expected {least} or newer"
            return f"{self.version} is too old; expected {least} or newer"
        return self.version


def find_all(wanted: list[Requirement] | None = None) -> list[Finding]:
    """Every requirement of the suite, or of those `wanted`, with what this machine has of it."""
    return [Finding(requirement, requirement.find()) for requirement in (requirements() if wanted is None else wanted)]


def apt_command(packages: list[str]) -> list[str]:
    """The command that installs Debian packages, with sudo where this user needs it."""
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    return [*prefix, "apt-get", "install", "-y", "--no-install-recommends", *packages]


def needed_by(parts: Collection[Part]) -> list[Requirement]:
    """Return what these parts need."""
    return [requirement for requirement in requirements() if set(requirement.parts) & set(parts)]


def requirements() -> list[Requirement]:
    """The table of everything that primebench needs."""
    return [
        _packaged("g++", "compiles the C++ programs", (11,), _program("g++", "-dumpfullversion"), "g++", NATIVE),
        _packaged("cmake", "builds the C++ programs", (3, 25), _program("cmake", "--version"), "cmake", NATIVE),
        _packaged("make", "the front door, and what CMake builds with", (4,), _program("make", "--version"), "make", NATIVE),
        _packaged(
            "git", "commits in records, worktrees of the regression check", (2,), _program("git", "--version"), "git", HARNESS
        ),
        _packaged("setpriv", "ends servers with the harness", (2, 33), _program("setpriv", "--version"), "util-linux", HARNESS),
        _packaged("taskset", "pins servers to cores", (2, 33), _program("taskset", "--version"), "util-linux", HARNESS),
        _packaged("Boost", "Beast and Asio", (1, 81), _boost, boost_package(), NATIVE),
        _packaged("CLI11", "flags of the C++ programs", (2,), _cli11, "libcli11-dev", NATIVE),
        _packaged(
            "RapidJSON",
            "JSON in the C++ programs",
            (1, 1),
            _header("rapidjson/rapidjson.h", r"RAPIDJSON_(?:MAJOR|MINOR)_VERSION (\d+)"),
            "rapidjson-dev",
            NATIVE,
        ),
        _packaged(
            "OpenSSL",
            "TLS of the load generators",
            (3,),
            _header("openssl/opensslv.h", r"OPENSSL_VERSION_(?:MAJOR|MINOR)\s+(\d+)"),
            "libssl-dev",
            ("native", "oha"),
        ),
        _packaged("pkg-config", "finds OpenSSL for oha", (), _program("pkg-config", "--version"), "pkg-config", ("oha",)),
        _packaged("Google Benchmark", "microbenchmarks", (), _header("benchmark/benchmark.h", None), "libbenchmark-dev"),
        _packaged("nlohmann::json", "a contender among the microbenchmarks", (), _header("nlohmann/json.hpp", None), NLOHMANN),
        _packaged("simdjson", "a contender among the microbenchmarks", (), _header("simdjson.h", None), "libsimdjson-dev"),
        _packaged(
            "valgrind", "counts instructions of the microbenchmarks", (3,), _program("valgrind", "--version"), "valgrind"
        ),
        _packaged("GoogleTest", "tests of the C++ server", (), _header("gtest/gtest.h", None), "libgtest-dev", ("checkout",)),
        _packaged("Python venv", "the Python environment", (3, 11), _venv, "python3-venv", ("checkout",)),
        Requirement(
            name="go",
            purpose="builds services in Go",
            least=(1, 25),
            find=_program("go", "version"),
            install=f"curl -L https://go.dev/dl/go1.26.8.linux-{_go_architecture()}.tar.gz | sudo tar -C /usr/local -xz"
            " && export PATH=$PATH:/usr/local/go/bin",
        ),
        Requirement(
            name="cargo",
            purpose="builds services in Rust, and the load generator",
            least=(1, 89),
            find=_program("cargo", "--version"),
            install="curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
            parts=("oha", "example"),
        ),
        Requirement(
            name="oha",
            purpose="generates the load",
            least=numbers(OHA_VERSION),
            find=_oha,
            install="primebench setup, or make setup in a checkout",
            parts=("oha",),
        ),
    ]


def _go_architecture() -> str:
    """Return what Go calls this machine's architecture."""
    machine = platform.machine()
    return {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "armv6l", "i686": "386"}.get(machine, machine)


def page_requirements() -> list[Requirement]:
    """What only `make test-page` needs: a report is read in a browser by nothing else."""
    return [
        _packaged("Chromium", "reads a report as a reader would", (121,), _first_program(CHROMIUM, "--version"), "chromium"),
        _packaged("node", "runs the check of a report", (18, 15), _program("node", "--version"), "nodejs"),
        _packaged("npm", "installs what that check is made with", (8,), _program("npm", "--version"), "npm"),
    ]


def aarch64_requirements() -> list[Requirement]:
    """Return what only `make test-aarch64` needs: a cross compiler, and something that runs what it makes."""
    compiler, emulator = "aarch64-linux-gnu-g++", "qemu-aarch64"
    return [
        _packaged("cmake", "builds the C++ server", (3, 25), _program("cmake", "--version"), "cmake"),
        _packaged(compiler, "compiles for 64-bit ARM", (11,), _program(compiler, "-dumpfullversion"), "g++-aarch64-linux-gnu"),
        _packaged(emulator, "runs what was compiled for it", (7,), _program(emulator, "--version"), "qemu-user"),
    ]


def aarch64_packages() -> list[str]:
    """Return Debian's packages for arm64 that the C++ sources are compiled with."""
    headers = [boost_package(), "libcli11-dev", NLOHMANN, "rapidjson-dev"]
    return sorted([*headers, "libbenchmark-dev", "libgtest-dev", "libsimdjson-dev", "libssl-dev"])


def _packaged(
    name: str,
    purpose: str,
    least: Version,
    find: Callable[[], str | None],
    package: str,
    parts: tuple[Part, ...] = ("example",),
) -> Requirement:
    return Requirement(name, purpose, least, find, " ".join(apt_command([package])), package, parts)


def _program(name: str, question: str) -> Callable[[], str | None]:
    """Finds a program's version in what it prints, on stdout or else on stderr."""

    def find() -> str | None:
        if shutil.which(name) is None:
            return None
        try:
            output = run_tool([name, question], timeout_s=LONGEST_S)
        except subprocess.TimeoutExpired:
            return f"no answer within {LONGEST_S:g} s"
        printed = [stream.decode(errors="replace").strip() for stream in (output.stdout, output.stderr)]
        versions = [version_in(text) for text in printed] if output.code == 0 else []
        first_line = next((text.splitlines()[0] for text in printed if text), "nothing")
        return next((version for version in versions if version is not None), first_line)

    return find


def _first_program(names: tuple[str, ...], question: str) -> Callable[[], str | None]:
    """Finds the version of the first of several programs that says one; without one what the first that is there prints."""

    def find() -> str | None:
        versions = [version for name in names if (version := _program(name, question)()) is not None]
        return next((version for version in versions if numbers(version)), versions[0] if versions else None)

    return find


def _include_folders() -> list[Path]:
    return [Path("/usr/local/include"), Path("/usr/include")]


def _header(name: str, pattern: str | None) -> Callable[[], str | None]:
    """Finds a header; its version from every match of the pattern, or just "present"."""

    def find() -> str | None:
        for folder in _include_folders():
            if (folder / name).is_file():
                text = (folder / name).read_text(errors="replace")
                return ".".join(re.findall(pattern, text)) if pattern else "present"
        return None

    return find


def _boost() -> str | None:
    encoded = _header("boost/version.hpp", r"#define BOOST_VERSION (\d+)")()
    return f"{int(encoded) // 100_000}.{int(encoded) // 100 % 1_000}" if encoded else None


def _cli11() -> str | None:
    return _header("CLI/Version.hpp", r'#define CLI11_VERSION "([\d.]+)"')()


@functools.cache
def boost_package() -> str:
    """Debian's package for Boost >= 1.81: the unversioned one where the release is new enough, else that of 1.81."""
    # the fields of a control file, which `apt-cache policy` has in the language of its user
    shown = run_tool(["apt-cache", "--no-all-versions", "show", "libboost-dev"]).text
    return "libboost-dev" if candidate_version(shown) >= (1, 81) else "libboost1.81-dev"


def _venv() -> str | None:
    """Python's version if it can make environments (Debian keeps ensurepip in a package of its own)."""
    if importlib.util.find_spec("ensurepip") is None:
        return None
    return ".".join(map(str, sys.version_info[:3]))


def _oha() -> str | None:
    try:
        path = os.environ.get("PRIMEBENCH_OHA") or str(usable_oha())
    except Error:  # nothing says where the cache is
        return None
    return _program(path, "--version")()
