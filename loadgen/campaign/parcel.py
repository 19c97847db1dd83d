"""A project as one parcel of files, which each machine builds and measures: what git does not ignore, or else all of it."""

import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from loadgen.build.git import checkout_root, git
from loadgen.errors import Error
from loadgen.run.files import OWN

MOST_MB = 100
"""Uncompressed: what a repository of sources has. More is results or data that a .gitignore should name."""
LEFT_OUT = {OWN, ".git", ".venv", "node_modules", "__pycache__"}
"""Folders that are left out where there is no git to ask."""


class Parcel(NamedTuple):
    """The files, and what stands for them: two parcels of one digest are the same."""

    content: bytes
    digest: str


def packed(project: Path) -> Parcel:
    """Return the project's files, the same bytes for the same files; raise Error if they are too many to be sources."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(_files(project)):
            tar.add(project / name, name, recursive=False, filter=_without_owner)
            if buffer.tell() > MOST_MB * 1_000_000:
                raise Error(f"{project}: has more than {MOST_MB} MB that git does not ignore; expected sources: see .gitignore")
    content = buffer.getvalue()
    return Parcel(gzip.compress(content, 1, mtime=0), hashlib.sha256(content).hexdigest()[:16])


def unpack(content: bytes, folder: Path) -> None:
    """Put the files of a parcel into a folder that is not there yet."""
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as tar:
        tar.extraction_filter = lambda member, _folder: member  # made here, links among it; 3.14 would refuse some
        tar.extractall(folder)


def _without_owner(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    info.mode = 0o755 if info.mode & 0o100 else 0o644
    return info


def _files(project: Path) -> Iterator[str]:
    """Yield the files and links, as seen from the project."""
    if checkout_root(project) is not None:
        listed = git(project, "ls-files", "-z", "--cached", "--others", "--exclude-standard", ".").stdout
        names = {os.fsdecode(name) for name in listed.split(b"\0") if name}
        yield from (name for name in names if _is_content(project / name))
        return
    for folder, folders, files in os.walk(project):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in (*files, *links):
            if _is_content(Path(folder) / name):
                yield os.path.relpath(Path(folder) / name, project)


def _is_content(path: Path) -> bool:
    """Whether it is a file or a link: no socket, nothing that has been removed, no submodule's folder."""
    return path.is_symlink() or path.is_file()
