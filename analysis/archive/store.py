"""Archives in object stores, by Arrow's file systems: runs are read from a copy, and one that is added goes there file by file.

No store renames a folder in one step, so run.json is written last: a run without it is not there, and is written again.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.fs as pafs

from analysis.archive.add import add
from analysis.archive.place import FILES, RUN, RUNS, place_of
from analysis.pipeline.summarise import ScaleOf
from loadgen.errors import Error
from loadgen.record.folder import RunFolder

Address = Path | str
"""A folder, or the URI of one in an object store: s3://BUCKET/FOLDER."""


class Opened(NamedTuple):
    """An archive to read from: a folder, and where its paths are for people, in the archive that it may be a copy of."""

    folder: Path
    shown: Callable[[Path], Address]
    in_words: Callable[[str], str] = str


class _Store(NamedTuple):
    files: pafs.FileSystem
    root: str

    def at(self, path: PurePosixPath | Path) -> str:
        return f"{self.root.rstrip('/')}/{path.as_posix()}"


@contextmanager
def opened(archive: Address, folder: Path | None = None) -> Iterator[Opened]:
    """Yield an archive as a folder to read from; of one in a store a copy, of the run in `folder` alone if that is given.

    Raise Error if the store cannot be read; the copy is removed afterwards.
    """
    if isinstance(archive, Path):
        yield Opened(archive, Path)
        return
    with tempfile.TemporaryDirectory(prefix="primebench-archive-") as scratch:
        copy = Path(scratch, "archive")

        def in_words(text: str) -> str:
            return text.replace(str(copy), archive.split("?")[0].rstrip("/"))

        with _in_a_line(archive):
            _fetch(_store(archive), folder, copy)
        try:
            yield Opened(copy, lambda path: in_words(str(path)), in_words)
        except Error as error:
            raise Error(in_words(str(error))) from error


def add_to(archive: Address, run_folder: Path, scale_of: ScaleOf) -> tuple[Address, bool]:
    """Keep the run in the archive, as `add` does; return where it is, and whether it is new there."""
    if isinstance(archive, Path):
        return add(run_folder, archive, scale_of)
    path = place_of(RunFolder(run_folder).read_run())
    with opened(archive, path) as there:
        folder, is_new = add(run_folder, there.folder, scale_of)
        if is_new:
            with _in_a_line(archive):
                _put(_store(archive), path, folder)
        return there.shown(folder), is_new


def _store(uri: str) -> _Store:
    if urlsplit(uri).username is not None:
        raise Error("archive: a key in a URI would be shown; expected credentials in variables (AWS_ACCESS_KEY_ID)")
    if not (store := _Store(*pafs.FileSystem.from_uri(uri))).root:
        raise Error(f"{uri}: expected a bucket, as in s3://BUCKET/FOLDER")
    return store


@contextmanager
def _in_a_line(archive: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, pa.ArrowException) as error:
        raise Error(f"{archive.split('?')[0]}: {error}") from error


def _fetch(store: _Store, folder: Path | None, copy: Path) -> None:
    """Copy the files of whole runs, and no others: keys of a store are any text."""
    below = store.root if folder is None else store.at(folder)
    listing = store.files.get_file_info(pafs.FileSelector(below, recursive=True, allow_not_found=True))
    places = [PurePosixPath(info.path).relative_to(store.root.rstrip("/")) for info in listing if info.is_file]
    kept = [path for path in places if path.name in FILES and path.parent.match(RUNS) and ".." not in path.parts]
    whole = {path.parent for path in kept if path.name == RUN}
    for path in kept:
        if path.parent in whole:
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            _copy_file(store.files, store.at(path), pafs.LocalFileSystem(), str(copy / path))


def _put(store: _Store, path: Path, folder: Path) -> None:
    if isinstance(store.files, pafs.LocalFileSystem):
        store.files.create_dir(store.at(path), recursive=True)
    for name in (*(name for name in FILES if name != RUN), RUN):
        _copy_file(pafs.LocalFileSystem(), str(folder / name), store.files, store.at(path / name))


def _copy_file(source: pafs.FileSystem, path: str, target: pafs.FileSystem, to: str) -> None:
    """Copy a file in this thread: see read_parquet."""
    pafs.copy_files(path, to, source_filesystem=source, destination_filesystem=target, use_threads=False)
