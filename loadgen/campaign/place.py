"""Where a machine keeps its part of a campaign: the project, and each finished trial, until the run is whole elsewhere."""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadgen.errors import Error
from loadgen.record.folder import RunFolder
from loadgen.setup.cache import cache_folder

FREED_WITHIN_S = 60.0
"""For what an earlier controller started and is about to end."""


@dataclass(frozen=True)
class Place:
    """The part of one machine in one run, in the cache below the user's home; machines may share that."""

    run_id: str
    machine: str

    @property
    def folder(self) -> Path:
        """Return its folder."""
        return cache_folder() / "campaigns" / self.run_id / self.machine

    @property
    def project(self) -> Path:
        """Return the folder of the project."""
        return self.folder / "project"

    @property
    def records(self) -> RunFolder:
        """Return the run's record, and the rows of its trials."""
        return RunFolder(self.folder / "run")

    def trial_file(self, round_number: int, index: int) -> Path:
        """Return the file of a trial's record."""
        return self.folder / "trials" / f"{round_number:04d}-{index:05d}.json"

    def begin(self, round_number: int, attempt: int) -> None:
        """Claim the round; raise Error if this attempt has begun before. What an earlier attempt left is put aside.

        Nothing is measured twice under one name, whatever is sent twice.
        """
        for folder in ("trials", "rounds"):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        try:
            write_once(self.folder / "rounds" / f"{round_number:04d}.{attempt}", b"")
        except FileExistsError:
            raise Error(f"round {round_number + 1} has begun before: it is not measured twice") from None
        for left in (self.folder / "trials").glob(f"{round_number:04d}-*.json"):
            left.rename(left.with_suffix(f".void-before-{attempt}"))

    def finish(self, round_number: int, indices: Sequence[int]) -> None:
        """Note that the round is whole, with these trials."""
        write_once(self._done(round_number), json.dumps(list(indices)).encode())

    def finished(self) -> dict[int, list[int]]:
        """Return the indices of the trials of each whole round."""
        files = sorted((self.folder / "rounds").glob("*.done"))
        return {int(file.stem): json.loads(file.read_bytes()) for file in files}

    def _done(self, round_number: int) -> Path:
        return self.folder / "rounds" / f"{round_number:04d}.done"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others from measuring here meanwhile; raise Error if somebody does, and does not end."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            deadline_s = time.monotonic() + FREED_WITHIN_S
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline_s:
                        raise Error(f"{self.folder}: still measured by another process") from None
                    time.sleep(0.1)
            yield


def write_once(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, and force it to the disk; what did not fit is taken back.

    It gets its name when it is whole, in one step: a name that is there is a whole file. Raise FileExistsError if there is one.
    """
    draft = path.with_name(f"{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
        _sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
