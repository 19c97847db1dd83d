"""What beside its inputs can change a build: tools and their versions, variables, configuration files that tools find.

All of it is in the build's key, and in its record what a machine as it was installed would not have. Where sources are fetched
from is in neither: it changes no build, and may hold passwords.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadgen.build.staging import stage
from loadgen.config.build import Build
from loadgen.errors import UnavailableError
from loadgen.record.contender import DIGEST
from loadgen.system.environment import build_environment, changing_build, is_setting, shown
from loadgen.system.tool import run_tool

LONGEST_S = 60.0
_CHOOSING = {
    *("rust-toolchain", "rust-toolchain.toml", "go.mod", "go.work", "global.json"),
    *(".tool-versions", "mise.toml", ".mise.toml", ".nvmrc"),
    *(f".{language}-version" for language in ("python", "node", "java", "ruby")),
}
"""Files by which a folder chooses the version of a tool."""
_COMPILER = re.compile(
    r"(HOST_|TARGET_)?(CC|CXX|CPP|FC|LD|AR)(_.*)?|RUSTC(_.*WRAPPER|_LINKER)?|CARGO_.*_(LINKER|WRAPPER)|CMAKE_.*_(COMPILER|LAUNCHER)"
)
_ABOVE = {
    "cargo": (".cargo/config.toml", ".cargo/config", "Cargo.toml", "rust-toolchain.toml", "rust-toolchain"),
    "go": ("go.work", "go.mod"),
    "npm": (".npmrc", "package.json"),
    "dotnet": ("Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json"),
}
"""What these tools look for in every folder above the one in which they run."""
_AT_HOME = {
    "cmake": (".cmake/packages/*/*",),
    "npm": (".npmrc",),
    "mvn": (".m2/settings.xml", ".m2/toolchains.xml", ".mavenrc"),
    "gradle": (".gradle/gradle.properties", ".gradle/init.gradle", ".gradle/init.gradle.kts", ".gradle/init.d/*"),
    "gradlew": (".gradle/gradle.properties", ".gradle/init.gradle", ".gradle/init.gradle.kts", ".gradle/init.d/*"),
}
_FETCHING_TABLES = (
    "source",
    "registries",
    "registry",
    "net",
    "http",
    "term",
    "alias",
    "cargo-new",
    "credential-alias",
    "install",
)
_FETCHING_LINES = re.compile(r"^\s*(//|;|#|$)|registry|auth|cafile|proxy|cache|email|username|password", re.IGNORECASE)


@dataclass(frozen=True)
class Toolchain:
    """`tools` with their versions, inherited variables that matter, and `configuration`: what is configured, to what."""

    tools: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    configuration: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> str:
        """Return all of it for a build's key; where a file lies is no part of it."""
        files = sorted((Path(name).name, value) for name, value in self.configuration.items())
        return json.dumps([self.tools, self.environment, files], sort_keys=True)

    @property
    def shown_environment(self) -> dict[str, str]:
        """Return the variables as a record keeps them."""
        return shown(self.environment)


def programs_of(plan: Build) -> list[str]:
    """Return the programs that a build says that it calls."""
    return [*plan.needs, *(command[0] for command in (*plan.fetch, *plan.commands, *plan.relinked))]


def find_toolchain(plan: Build, root: Path, files: Sequence[Path], builds: Path) -> Toolchain:
    """Ask every tool that the plan needs, in a folder below `builds` as the build itself will be, and look for what they read.

    Raises UnavailableError if a tool is missing, OSError if the folder cannot be made.
    """
    programs = programs_of(plan)
    variables = {name: value for name, value in plan.environment.items() if "{" not in value}
    asking = build_environment(programs, plan.inherit) | variables | {"LC_ALL": "C"}
    changing = {name: value for name, value in changing_build(programs, plan.inherit).items() if name not in plan.environment}
    builds.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tools-", dir=builds) as name:
        folder = Path(name)
        stage(root, [file for file in files if str(file) in _CHOOSING], folder)
        tools = {tool: tool_version(tool, asking, folder) for tool in plan.needs}
        configuration = dict(_configuration(set(map(_base_name, programs)), asking, folder, builds))
        configuration |= dict(_compilers(changing, asking, folder))
    configuration = {
        name: value for name, value in configuration.items() if name.removeprefix("go env ") not in plan.environment
    }
    return Toolchain(tools, changing, configuration)


def tool_version(program: str, environment: Mapping[str, str], cwd: Path) -> str:
    """Return the first line that `program --version` (or `version`, or `-v`) prints; raise UnavailableError without it."""
    if shutil.which(program) is None:
        raise UnavailableError(f"{program} not found")
    for question in ("--version", "version", "-v"):
        output = run_tool([program, question], cwd=cwd, environment=environment)
        if output.code == 0 and (said := output.text.strip() or output.last_error):
            return said.splitlines()[0]
    raise UnavailableError(f"{program} is on PATH but tells no version: {output.last_error}")


def _base_name(program: str) -> str:
    return Path(program).name


def _compilers(changing: Mapping[str, str], environment: Mapping[str, str], cwd: Path) -> Iterator[tuple[str, str]]:
    """The versions of the compilers that variables name, and digests of other files that they name."""
    for name, value in changing.items():
        if _COMPILER.fullmatch(name) and (words := _words(value)) and shutil.which(words[0]):
            try:
                output = run_tool([*words, "--version"], cwd=cwd, environment=environment, timeout_s=LONGEST_S)
            except subprocess.TimeoutExpired:
                continue
            yield f"{name} --version", (output.text.strip().splitlines() or [f"exit code {output.code}"])[0]
        elif Path(value).is_absolute() and Path(value).is_file():
            yield value, _digest(Path(value).read_bytes())


def _words(value: str) -> list[str]:
    try:
        return shlex.split(value)
    except ValueError:
        return []


def _configuration(programs: set[str], environment: Mapping[str, str], cwd: Path, builds: Path) -> Iterator[tuple[str, str]]:
    """What the programs' configuration files say: a digest of each, of Go its settings."""
    home = Path(environment.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    for program in sorted(programs & _ABOVE.keys()):
        for folder in (builds, *builds.resolve().parents):
            yield from _digests(home, (folder / name for name in _ABOVE[program]))
    for program in sorted(programs & _AT_HOME.keys()):
        yield from _digests(home, (path for name in _AT_HOME[program] for path in sorted(home.glob(name))))
    if "cargo" in programs:
        cargo = Path(environment.get("CARGO_HOME") or home / ".cargo")
        yield from _digests(home, (cargo / name for name in ("config.toml", "config")))
    if "go" in programs:
        yield from _go_settings(environment, cwd)


def _go_settings(environment: Mapping[str, str], cwd: Path) -> Iterator[tuple[str, str]]:
    """What `go env -w` has written; variables come before it."""
    path = run_tool(["go", "env", "GOENV"], cwd=cwd, environment=environment).text.strip()
    if not path or not Path(path).is_file():
        return
    for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
        name, sign, value = line.partition("=")
        if sign and name not in environment and name != "GOTOOLCHAIN" and is_setting(name, ["go"]):
            yield f"go env {name}", shown({name: value})[name]


def _digests(home: Path, paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for path in paths:
        if not path.is_file():
            continue
        try:
            matters = _what_matters(path)
        except OSError as error:
            raise UnavailableError(f"{path}: {error.strerror}; a tool of the build reads it") from error
        if matters:
            yield str(Path("~") / path.relative_to(home) if path.is_relative_to(home) else path), _digest(matters)


def _what_matters(path: Path) -> bytes:
    """A configuration without what only says where to fetch from, and how to sign in there."""
    content = path.read_bytes()
    if path.parent.name == ".cargo" or path.name in ("config.toml", "config"):
        try:
            tables = tomllib.loads(content.decode("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError):
            return content
        rest = {name: table for name, table in tables.items() if name not in _FETCHING_TABLES}
        return json.dumps(rest, sort_keys=True, default=str).encode() if rest else b""
    if path.name == ".npmrc":
        return b"\n".join(line for line in content.splitlines() if not _FETCHING_LINES.search(line.decode(errors="replace")))
    return content


def _digest(content: bytes) -> str:
    return DIGEST + hashlib.sha256(content).hexdigest()[:16]
