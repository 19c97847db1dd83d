"""Workspaces of npm, yarn and pnpm: packages that are installed together, at a root that has the lock."""

import json
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_PNPM = "pnpm-workspace.yaml"
_LOCKS = ("package-lock.json", "pnpm-lock.yaml", "yarn.lock")


@dataclass(frozen=True)
class Workspace:
    """The workspace of a member: its root as seen from there, the way back, and its locks; `packages` are by their folders."""

    root: str
    member: str
    locks: Collection[str]
    packages: Mapping[str, Mapping[str, Any]]

    def needed_by(self, package: Mapping[str, Any]) -> list[str]:
        """Return the folders of the members that a package depends on, those that others need first."""
        folders = {str(other.get("name")): path for path, other in self.packages.items()}
        needed: dict[str, None] = {}
        self._add_needed(package, folders, needed, {self.member})
        return list(needed)

    def _add_needed(
        self, package: Mapping[str, Any], folders: Mapping[str, str], needed: dict[str, None], visited: set[str]
    ) -> None:
        for path in (folders[name] for name in _dependencies(package) if name in folders):
            if path not in visited:
                visited.add(path)
                self._add_needed(self.packages[path], folders, needed, visited)
                needed[path] = None


def read_workspace(place: Path, top: Path) -> Workspace | None:
    """Return the nearest workspace above a folder that it is a member of, up to `top`; None if there is none."""
    above = [parent for parent in place.parents if parent == top or top in parent.parents]
    for parent in above:
        member = place.relative_to(parent).as_posix()
        patterns = member_patterns(_text(parent / "package.json"), _text(parent / _PNPM))
        if is_member(member, patterns):
            root = "/".join([".."] * len(Path(member).parts))
            locks = [name for name in _LOCKS if (parent / name).is_file()]
            return Workspace(root, member, locks, dict(_packages(parent, patterns)))
    return None


def members(files: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the packages of the workspace whose root has these files, by their folders."""
    patterns = member_patterns(files.get("package.json", ""), files.get(_PNPM, ""))
    folders = [posixpath.dirname(path) for path in files if path.endswith("/package.json")]
    return {folder: _object(files[f"{folder}/package.json"]) for folder in folders if is_member(folder, patterns)}


def member_patterns(package: str, pnpm: str) -> list[str]:
    """Return the patterns of members' folders that the texts of a root's files have."""
    declared = _object(package).get("workspaces", [])
    if isinstance(declared, dict):
        declared = declared.get("packages", [])
    try:
        of_pnpm = yaml.safe_load(pnpm)
    except yaml.YAMLError:
        of_pnpm = None
    more = of_pnpm.get("packages") if isinstance(of_pnpm, dict) else None
    every = [*(declared if isinstance(declared, list) else []), *(more if isinstance(more, list) else [])]
    return [posixpath.normpath(pattern) for pattern in every if isinstance(pattern, str) and pattern]


def is_member(folder: str, patterns: list[str]) -> bool:
    """Return whether a folder fits any pattern, and none that takes members away again."""
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    unwanted = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    return any(_fits(folder, pattern) for pattern in wanted) and not any(_fits(folder, pattern) for pattern in unwanted)


def _fits(folder: str, pattern: str) -> bool:
    parts = {"**/": "(?:.+/)?", "**": ".*", "*": "[^/]*"}
    return (
        re.fullmatch(re.sub(r"\*\*/|\*\*|\*|[^*]+", lambda part: parts.get(part[0], re.escape(part[0])), pattern), folder)
        is not None
    )


def _packages(root: Path, patterns: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for pattern in patterns:
        if pattern.startswith(("!", "/", "..")):
            continue
        for file in sorted(root.glob(f"{pattern}/package.json")):
            folder = file.parent.relative_to(root).as_posix()
            if "node_modules" not in file.parts and is_member(folder, patterns):
                yield folder, _object(_text(file))


def _dependencies(package: Mapping[str, Any]) -> list[str]:
    tables = [package.get(key) for key in ("dependencies", "devDependencies")]
    return [name for table in tables if isinstance(table, dict) for name in table]


def _object(text: str) -> dict[str, Any]:
    """Return the object in a text; an empty one if there is none."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _text(path: Path) -> str:
    """Return the text of a file; an empty one if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
