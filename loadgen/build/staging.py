"""Copying a service's inputs to a staging folder, and the digest that tells whether anything that matters has changed.

A build sees what is keyed, and nothing else: links to other inputs stay links, what another link leads to is copied in its
place. Names are bytes to the digest. As to git, an empty folder is none of a service's inputs, nor are sockets, pipes, devices.
"""

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from loadgen.build.git import listed_files
from loadgen.errors import Error

_NEVER_INPUTS = frozenset({".git", ".venv", "__pycache__", "node_modules", "target", "build", ".primebench"})


def input_files(root: Path, inputs: Iterable[str]) -> list[Path]:
    """The files below `root` that the inputs name, relative to it and sorted; what git ignores is left out.

    Links are among them. Raises Error for an input that is not there, or neither file nor folder.
    """
    files: set[Path] = set()
    for name in inputs:
        path = root / name
        if not os.path.lexists(path):
            raise Error(f"{path}: build input not found; correct build.inputs")
        if path.is_dir():
            files.update(_files_below(root, path))
        elif _is_input(path):
            files.add(path.relative_to(root))
        else:
            raise Error(f"{path}: expected a file or a folder; correct build.inputs")
    return sorted(files)


def _files_below(root: Path, folder: Path) -> Iterable[Path]:
    names = listed_files(folder)
    if names is None:  # not a git checkout: every file but the usual build output
        names = list(_walked(folder))
    return [(folder / name).relative_to(root) for name in names if _is_input(folder / name)]


def _walked(folder: Path) -> Iterable[Path]:
    def refused(error: OSError) -> None:
        raise _unreadable(Path(error.filename), error) from error

    for parent, folders, files in os.walk(folder, onerror=refused):
        folders[:] = [name for name in folders if name not in _NEVER_INPUTS]
        for name in [*files, *folders]:  # links to folders are among the folders
            yield (Path(parent) / name).relative_to(folder)


def _is_input(path: Path) -> bool:
    """Whether it is a file or a link; a file of the index that has been removed is not there."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def digest(root: Path, files: Iterable[Path], settings: str) -> str:
    """SHA-256 over `settings` and each file's relative path, executable bit and content; 64 hexadecimal digits.

    Of a link that is staged as one, its text takes the place of the content. Raises Error for what cannot be read.
    """
    total = hashlib.sha256(settings.encode())
    for name, source in _staged(root, files):
        try:
            total.update(b"\0" + os.fsencode(name) + b"\0" + _state(source))
        except OSError as error:
            raise _unreadable(source, error) from error
    return total.hexdigest()


def _state(path: Path) -> bytes:
    if path.is_symlink():
        return b"link\0" + os.fsencode(path.readlink())
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        return f"{mode & 0o111}\0{hashlib.file_digest(file, 'sha256').hexdigest()}".encode()


def stage(root: Path, files: Iterable[Path], target: Path) -> None:
    """Copy the files to `target`, in place of what is there, keeping their relative paths and modes. Raises Error for what
    cannot be read.
    """
    for name, source in _staged(root, files):
        destination = target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.unlink(missing_ok=True)
        try:
            shutil.copy2(source, destination, follow_symlinks=False)
        except OSError as error:
            if error.filename in (destination, str(destination)):
                raise
            raise _unreadable(source, error) from error


def _unreadable(path: Path, error: OSError) -> Error:
    return Error(f"{path}: build input cannot be read: {error.strerror}")


def _staged(root: Path, files: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Return where each file goes, relative, and what is copied there: itself, or what a link leads to."""
    names = list(files)
    listed = {root / name for name in names}
    folders = {parent for path in listed for parent in path.parents if parent.is_relative_to(root)}
    copies: list[tuple[Path, Path]] = []
    for name in names:
        copies += _followed(root / name, name, listed | folders, ())
    return copies


def _followed(path: Path, name: Path, own: set[Path], above: tuple[Path, ...]) -> list[tuple[Path, Path]]:
    """Follow a link that leads out of the inputs; `above` are the folders that it was followed through."""
    if not path.is_symlink():
        return [(name, path)]
    end = Path(os.path.realpath(path))
    leads_within = not path.readlink().is_absolute() and end in own
    if leads_within or not (end.is_file() or end.is_dir()):  # a dangling link, or one to a device, is one to a build, too
        return [(name, path)]
    if end.is_file():
        return [(name, end)]
    if any(folder.is_relative_to(end) for folder in (*above, path)):
        raise Error(f"{path}: a link to a folder that it lies in; expected links within the inputs of the build, or to others")
    below = sorted(_files_below(end, end))
    return [pair for path in below for pair in _followed(end / path, name / path, own, (*above, end))]
