"""The files of a repository, as far as init looks at them."""

import json
import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadgen.build.git import checkout_root, installed, listed_files
from loadgen.errors import Error
from loadgen.init.workspace import Workspace, read_workspace

_LARGEST_BYTES = 512_000
_MOST_FILES = 5_000
_READ = frozenset(
    {
        *(".go", ".mod", ".rs", ".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".cmake", ".py", ".java", ".kt", ".properties"),
        *(".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".json", ".toml", ".txt", ".xml", ".yml", ".yaml"),
    }
)
_ASIDE = re.compile(
    r"(^|/)(tests?|testdata|vendor|third_party|extern(al)?|node_modules|examples?|docs?|bench(es|marks?)?)/"
    r"|_test\.go$|\.(test|spec)\.\w+$|(^|/)(test_[^/]*|conftest)\.py$"
)
"""What no service is made of."""
_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Folder:
    """The files below a folder by their paths, with slashes: of sources and settings the text, of all others an empty one.

    `inside` is its own path in the checkout, "" for the root, and `workspace` what it is a member of.
    """

    name: str
    files: Mapping[str, str]
    inside: str = ""
    workspace: Workspace | None = None

    def text(self, path: str) -> str:
        """Return the text of a file; an empty one if it is not there."""
        return self.files.get(path, "")

    def sources(self, *suffixes: str, below: str = "") -> dict[str, str]:
        """Return the sources whose names end so, without those of tests, examples and other people; the nearest first."""
        prefix = f"{below}/" if below else ""
        return {
            path: text
            for path, text in self.files.items()
            if path.endswith(suffixes) and path.startswith(prefix) and not _ASIDE.search(_without_package(path, text))
        }

    def toml(self, path: str) -> dict[str, Any]:
        """Return the tables of a file, none of one that is not there; raise Error if it is not TOML."""
        try:
            return tomllib.loads(self.text(path))
        except ValueError as error:
            raise Error(f"{path}: not valid TOML: {error}") from error

    def json(self, path: str) -> dict[str, Any]:
        """Return the object in a file; raise Error if there is none."""
        try:
            value = json.loads(self.text(path))
        except ValueError as error:
            raise Error(f"{path}: not valid JSON: {error}") from error
        if not isinstance(value, dict):
            raise Error(f"{path}: expected an object, not {type(value).__name__}")
        return value


def _without_package(path: str, text: str) -> str:
    """Return the path of a source without the folders of its Java or Kotlin package: com/example is a name, not examples."""
    declared = _PACKAGE.search(text) if path.endswith((".java", ".kt")) else None
    return (
        f"{posixpath.dirname(path).removesuffix(declared[1].replace('.', '/'))}{posixpath.basename(path)}" if declared else path
    )


def read_folder(place: Path) -> Folder:
    """Read the files of a git checkout, or of a folder in one; raise Error if it is none."""
    if not place.is_dir():
        raise Error(f"{place}: not a folder; expected the root of a service's repository")
    if not installed():
        raise Error("git not found: it tells which files are a repository's own; install git")
    listed = listed_files(place)
    if listed is None:
        raise Error(f"{place}: not in a git repository, whose revisions primebench compares; run git init there first")
    folder, root = place.resolve(), (checkout_root(place) or place).resolve()
    inside = "" if folder == root else folder.relative_to(root).as_posix()
    workspace = read_workspace(folder, root) if inside and (folder / "package.json").is_file() else None
    return Folder(folder.name, dict(_texts(place, listed)), inside, workspace)


def _texts(root: Path, listed: list[Path]) -> Iterator[tuple[str, str]]:
    nearest = sorted(listed, key=lambda path: (len(path.parts), path))
    for path in nearest[:_MOST_FILES]:
        file, name = root / path, path.as_posix()
        if not file.is_file() or not name.isprintable():
            continue
        try:
            wanted = path.suffix in _READ and file.stat().st_size <= _LARGEST_BYTES
            yield name, file.read_text(encoding="utf-8", errors="replace") if wanted else ""
        except OSError as error:
            raise Error(f"{file}: cannot be read: {error.strerror}") from error
