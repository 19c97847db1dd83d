"""Faults of the machine that no service can plant: a busy core, and too little memory. Each is undone when its block ends."""

import mmap
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from loadgen.errors import Error
from loadgen.system.process import spawn, stopped_at_end

MOUNTS = Path("/proc/self/mounts")
OWN_GROUPS = Path("/proc/self/cgroup")
_EMPTY_WITHIN_S = 10.0
_FULL_WITHIN_S = 10.0
_PASS_BYTES = 64 * mmap.PAGESIZE
_BALLOON = """
import mmap, os, sys, time
file = os.open(sys.argv[1], os.O_RDONLY)
size, pass_bytes = os.fstat(file).st_size, int(sys.argv[2])
pages = mmap.mmap(file, size, prot=mmap.PROT_READ | mmap.PROT_EXEC)
while True:
    for begin in range(0, size, pass_bytes):
        pages[begin : begin + pass_bytes : mmap.PAGESIZE]
        time.sleep(0.001)
"""
"""Touches every page of a file, a few at a time and around again: it takes memory, not a core. The pages are mapped as those of
a program, which the kernel gives up no sooner than a server's own (vmscan.c: executable pages are kept when seen in use)."""


@contextmanager
def burner(core: int) -> Iterator[None]:
    """Keep `core` busy with a process that has nothing to do with the run."""
    with stopped_at_end(spawn([sys.executable, "-c", "while True: pass"], cores=[core], environment=os.environ)):
        yield


@dataclass(frozen=True)
class Group:
    """A memory cgroup with a limit, for the processes that are started `inside` it."""

    folder: Path
    files: "Files"

    def inside(self, command: Sequence[str]) -> list[str]:
        """The command that enters the group and then becomes `command`; children follow."""
        return ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self.folder / "cgroup.procs"), *command]

    def hits(self) -> int:
        """How often the limit was in the way so far."""
        return self.files.hits_in((self.folder / self.files.hits).read_text())


@dataclass(frozen=True)
class Files:
    """Where one version of cgroups keeps the limit and the count of its hits."""

    limit: str
    hits: str

    def hits_in(self, text: str) -> int:
        """The count in the text of the file `hits`: the whole of it, or its line "max"."""
        fields = text.split()
        return int(fields[0] if len(fields) == 1 else fields[fields.index("max") + 1])


V1 = Files("memory.limit_in_bytes", "memory.failcnt")
V2 = Files("memory.max", "memory.events")


@contextmanager
def short_of_memory(limit_bytes: int, cores: Sequence[int] = ()) -> Iterator[Group]:
    """A group that may use so much memory, and a process in it that fills it with pages of a file, again and again: whatever
    else runs in it gets memory only if the kernel takes another page away first. The process keeps to `cores`.

    Raises Error if this user may not make memory cgroups.
    """
    with _group(limit_bytes) as group, tempfile.TemporaryDirectory(prefix="primebench-") as scratch:
        file = Path(scratch) / "balloon"
        file.touch()
        os.truncate(file, 2 * limit_bytes)  # all hole: its pages take memory, not disk
        command = [sys.executable, "-c", _BALLOON, str(file), str(_PASS_BYTES)]
        with stopped_at_end(spawn(group.inside(command), cores=cores, environment=os.environ)) as balloon:
            _await_full(group, balloon)
            yield group


def _await_full(group: Group, balloon: subprocess.Popen[bytes]) -> None:
    """Until the limit has been in the way; raise Error if it never is."""
    deadline = time.monotonic() + _FULL_WITHIN_S
    while not group.hits():
        if balloon.poll() is not None or time.monotonic() > deadline:
            raise Error(f"{group.folder}: the limit was not reached within {_FULL_WITHIN_S:g} s: no shortage of memory planted")
        time.sleep(0.05)


def forget_pages(folder: Path) -> None:
    """Have the kernel drop its copies of the files below `folder`: who reads them next pays for them with memory of its own.

    A page counts for the group that read it first, and would be out of reach of a limit of another. Pages in use stay.
    """
    for path in folder.rglob("*"):
        with suppress(OSError), path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@contextmanager
def _group(limit_bytes: int) -> Iterator[Group]:
    files, candidates = hierarchy(MOUNTS.read_text(), OWN_GROUPS.read_text())
    group = _made(files, candidates)
    try:
        (group.folder / files.limit).write_text(str(limit_bytes))
        yield group
    finally:
        _removed(group.folder)


def hierarchy(mounts: str, own: str) -> tuple[Files, list[Path]]:
    """The files of the version in use, and the groups below which a new one may be made: the own one first, then those above.

    `mounts` and `own` are the texts of /proc/self/mounts and /proc/self/cgroup.
    """
    groups = {controllers: path for _, controllers, path in (line.split(":", 2) for line in own.splitlines())}
    for _, mount, kind, options, *_ in (line.split() for line in mounts.splitlines()):
        if kind == "cgroup" and "memory" in options.split(","):
            controllers = next(names for names in groups if "memory" in names.split(","))
            return V1, _upwards(Path(mount), groups[controllers])
    for _, mount, kind, *_ in (line.split() for line in mounts.splitlines()):
        if kind == "cgroup2":
            return V2, _upwards(Path(mount), groups.get("", "/"))
    raise Error("no memory cgroup is mounted: a shortage of memory cannot be planted here")


def _upwards(mount: Path, group: str) -> list[Path]:
    own = mount / group.lstrip("/")
    return [folder for folder in (own, *own.parents) if folder.is_relative_to(mount)]


def _made(files: Files, candidates: Sequence[Path]) -> Group:
    """A new group below the first candidate that gives its children a limit of memory.

    With cgroups v2 a group that has processes gives none to its children, so that a sibling is made then.
    """
    reason = "no group there has a memory controller"
    for parent in candidates:
        folder = parent / f"primebench-short-{os.getpid()}"
        try:
            folder.mkdir()
        except OSError as error:
            reason = f"{folder}: {error.strerror}"
            continue
        if os.access(folder / files.limit, os.W_OK):
            return Group(folder, files)
        folder.rmdir()
    raise Error(f"a shortage of memory cannot be planted here: {reason}; run as root, on a machine with memory cgroups")


def _removed(folder: Path) -> None:
    """End what still runs in the group, and remove it as soon as the kernel lets go of it."""
    deadline = time.monotonic() + _EMPTY_WITHIN_S
    while True:
        for pid in (folder / "cgroup.procs").read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        try:
            folder.rmdir()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)
