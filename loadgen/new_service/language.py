"""The languages of which there are templates: what their services need, and the files of a new one. Pure but for reading."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from loadgen.errors import Error
from loadgen.new_service.answered import Answered

TEMPLATES = Path(__file__).with_name("templates")
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
TAKEN = frozenset(
    {"all", "build", "clean", "core", "deps", "edit", "examples", "help", "incremental", "install", "package", "std", "test"}
)
"""Names that cargo, CMake, make or Maven have a use of their own for."""
_IN_TEMPLATES = ("new-service", "/path-of-the-task", "body-of-the-task", "task-of-the-service")
_LOCKED = "\n[[package]]\n"


class Language(NamedTuple):
    """What a service needs, each program with how to get it; the file in which it answers; and what its build fetches."""

    needs: Mapping[str, str]
    answers_in: str
    fetches: str


LANGUAGES: Mapping[str, Language] = {
    "rust": Language(
        {"cargo": "https://rustup.rs", "cc": "the package gcc"}, "src/main.rs", "crates (axum, tokio), once a machine"
    ),
    "go": Language({"go": "https://go.dev/dl"}, "main.go", ""),
    "cpp": Language(
        {"cmake": "the package cmake", "c++": "the packages g++ and libboost-dev"},
        "src/main.cpp",
        "",
    ),
    "java": Language(
        {"java": "the package openjdk-17-jdk-headless", "mvn": "the package maven"},
        "src/main/java/service/Main.java",
        "Maven's plugins, once a machine",
    ),
    "node": Language({"node": "https://nodejs.org, 18 or newer", "npm": "the package npm"}, "server.js", ""),
    "python": Language(
        {"python3": "the packages python3 and python3-venv, 3.11 or newer"},
        "application.py",
        "wheels (uvicorn), once a machine",
    ),
}


def check_name(name: str) -> None:
    """Raise Error for a name that services, or the tools that build them, do not allow."""
    if not NAME.fullmatch(name):
        raise Error(
            f"{name!r} is no name for a service: expected lower case letters, digits and '-', a letter first, at most 40"
        )
    if name in TAKEN:
        raise Error(f"'{name}' is no name for a service: build tools have a use of their own for it; expected another one")


def files_of(language: str, name: str, task: str, answer: Answered) -> dict[str, str]:
    """Return the files of a new service by their paths in its folder; `task` is what its service.toml names."""
    values = dict(zip(_IN_TEMPLATES, (name, answer.path, answer.body.replace("\n", "\\n"), task), strict=True))
    pattern = re.compile("|".join(map(re.escape, _IN_TEMPLATES)))
    files = {}
    folder = TEMPLATES / language
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        text = pattern.sub(lambda match: values[match[0]], path.read_text(encoding="utf-8"))
        relative_path = path.relative_to(folder).as_posix()
        files[".gitignore" if relative_path == "gitignore" else relative_path] = (
            _sorted(text) if path.name == "Cargo.lock" else text
        )
    return files


def _sorted(lock: str) -> str:
    """The packages in the order of their names, which cargo wants: the service's own has another name in the template."""
    head, *packages = lock.rstrip("\n").split(_LOCKED)
    ordered = sorted((package.strip("\n") for package in packages), key=_name_and_version)
    return _LOCKED.join([head, *(f"{package}\n" for package in ordered)])


def _name_and_version(package: str) -> tuple[str, tuple[int, ...]]:
    name = re.search(r'^name = "(.*)"', package, re.MULTILINE)
    version = re.search(r'^version = "([\d.]*)', package, re.MULTILINE)
    assert name is not None
    assert version is not None
    return name[1], tuple(int(part) for part in version[1].split(".") if part)
