"""Copying a service's inputs to a staging folder, and the digest that tells whether anything that matters has changed."""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from loadgen.git import listed_files
from loadgen.trouble import Trouble

_NEVER_INPUTS = frozenset({".git", ".venv", "__pycache__", "node_modules", "target", "build"})


def input_files(root: Path, inputs: Iterable[str]) -> list[Path]:
    """The files below `root` that the inputs name, relative to it and sorted; what git ignores is left out."""
    found: set[Path] = set()
    for name in inputs:
        place = root / name
        if not place.exists():
            raise Trouble(f"{place}: build input not found; correct build.inputs in the service.toml")
        found.update([place.relative_to(root)] if place.is_file() else _files_below(root, place))
    return sorted(found)


def _files_below(root: Path, folder: Path) -> Iterable[Path]:
    names = listed_files(folder)
    if names is None:  # not a git checkout: every file but the usual build output
        below = (path.relative_to(folder) for path in folder.rglob("*"))
        names = [name for name in below if not _NEVER_INPUTS & set(name.parts)]
    return [(folder / name).relative_to(root) for name in names if (folder / name).is_file()]


def digest(root: Path, files: Iterable[Path], settings: str) -> str:
    """SHA-256 over `settings` and each file's relative path, executable bit and content; 64 hexadecimal digits."""
    total = hashlib.sha256(settings.encode())
    for name in files:
        path = root / name
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"\0{name}\0{path.stat().st_mode & 0o111}\0{content}".encode())
    return total.hexdigest()


def stage(root: Path, files: Iterable[Path], target: Path) -> None:
    """Copy the files to `target`, keeping their relative paths and modes."""
    for name in files:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, place)
