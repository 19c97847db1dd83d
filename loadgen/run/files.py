"""A run's folder: whether it can be made, making it, having it to oneself, closing the record."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from loadgen.counted import counted
from loadgen.errors import Error, Stopped
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.run.new_run import _now
from loadgen.run.reporter import Reporter

OWN = ".primebench"
"""The results of a repository's own: the folder hides itself from git."""
ELSEWHERE = "the run's records go there; --results names another folder"


def check_results(results: Path) -> None:
    """Raise Error if no run's folder could be made in `results`: better known before minutes of building."""
    runs = results / "runs"
    there = next(path for path in (runs, *runs.parents) if os.path.lexists(path))
    try:
        os.listdir(there)  # noqa: PTH208 - which says what is wrong with a file, or with a loop of links
    except OSError as error:
        raise Error(f"{error.filename}: {error.strerror}; {ELSEWHERE}") from error
    if not os.access(there, os.W_OK | os.X_OK):
        reason = errno.EROFS if os.statvfs(there).f_flag & os.ST_RDONLY else errno.EACCES
        raise Error(f"{there}: {os.strerror(reason)}; {ELSEWHERE}")


def created(run: RunRecord, results: Path, report: Reporter) -> RunFolder:
    """The run's folder, made anew; `latest` of the results links to it. Raises Error if it cannot be made.

    A run goes on where no link can be made (a file system without links, a folder in its place), and that is said.
    """
    folder = RunFolder(results / "runs" / run.run_id)
    try:
        folder.create()
        hidden = results / ".gitignore"
        if results.name == OWN and not hidden.exists():
            hidden.write_text("*\n", encoding="utf-8")
        folder.write_run(run)
    except OSError as error:
        raise Error(f"{error.filename or folder.path}: {error.strerror}; {ELSEWHERE}") from error
    try:
        link_latest(folder.path, results / "latest")
    except OSError as error:
        report.say(f"{results / 'latest'} does not lead to this run: {error.strerror}; name the run by its folder")
    return folder


class AlreadyRunningError(Error):
    """Another process measures into the same folder."""


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep others from measuring into the run's folder meanwhile; raise AlreadyRunningError if somebody does already."""
    with RunFolder(folder).trials_file.open("ab") as lock:  # NFS locks no folder, and no file that is open for reading only
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(f"{folder.name} is still running: it is measured by another process") from error
        except OSError as error:
            raise Error(f"{lock.name} cannot be locked: {error.strerror}; use --results on another file system") from error
        yield


def record_while(
    folder: RunFolder, run: RunRecord, report: Reporter, measure: Callable[[], None], outcome: Callable[[str], RunRecord]
) -> None:
    """Measure into the folder, alone in it, and write down how the run ended, whatever ends it.

    `outcome` makes, of the reason why it ended, the record with what it came to. Raises Error if something could not be
    written; finished trials are kept in any case.
    """
    reason = "stopped by an error"
    try:
        with alone_in(folder.path):
            folder.raw.mkdir(exist_ok=True)  # of a run that was copied without it
            folder.drop_cut_line()
            folder.write_run(run)
            measure()
        reason = "finished"
    except (KeyboardInterrupt, Stopped):
        reason = "interrupted"
        raise
    except AlreadyRunningError:
        reason = "already running"
        raise
    except OSError as error:
        kept = len(folder.read_trials())
        path = error.filename or folder.path
        raise Error(
            f"{path}: {error.strerror}; {counted(kept, 'finished trial is', 'finished trials are')} kept in {folder.path}"
        ) from error
    finally:
        report.end()
        if reason != "already running":
            close(folder, outcome(reason), reason, report)


def close(folder: RunFolder, run: RunRecord, reason: str, report: Reporter) -> None:
    """Write down how the run ended; on a full disk the record stays as it was, without an end, and that is said."""
    try:
        end = {
            "ended": _now().isoformat(timespec="seconds"),
            "end_reason": reason,
            "load_average_1m_after": os.getloadavg()[0],
        }
        folder.write_run(run.replace(**end))
    except OSError as error:
        report.say(f"{folder.run_file}: the end of the run could not be recorded: {error.strerror}")


def link_latest(run: Path, link: Path) -> None:
    """Make `link` point to the run, relative to the link's folder, in one step."""
    draft = link.with_name(f"{link.name}.{run.name}")  # of this run alone: two may begin at the same time
    draft.symlink_to(run.relative_to(link.parent))
    try:
        draft.replace(link)
    except OSError:
        draft.unlink()
        raise
