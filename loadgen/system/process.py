"""Processes that never outlive the harness: own process group, death signal from the kernel, CPU affinity."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Required, TypedDict, Unpack

import psutil

from loadgen.system.proc import read_proc
from loadgen.system.signals import held, let_children_start_clean
from loadgen.system.worker import VARIABLE

GRACE_S = 5.0
POLL_S = 0.02


class Spawning(TypedDict, total=False):
    """How a program is started: `cores` that it is pinned to (all without), its whole environment, where its streams lead
    (nowhere), its folder, and the `user` that root starts it as. `guarded`: see ORPHANED.
    """

    cores: Sequence[int]
    user: str | None
    environment: Required[Mapping[str, str]]
    stdin: IO[bytes] | int | None
    stdout: IO[bytes] | int | None
    stderr: IO[bytes] | int | None
    cwd: Path | None
    guarded: bool


ORPHANED = '[ "$PPID" = "$0" ] && exec env -u PWD -u OLDPWD -u SHLVL -u _ "$@"'
"""Begins a program unless its parent is gone: killed before the program had asked for its death signal, it would never be told.
A millisecond of each start: only where nobody would find what stays, on the machines of a cluster.
"""


def spawn(command: Sequence[str], **options: Unpack[Spawning]) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own; the kernel kills it when the thread that called this ends.

    `setpriv` and `taskset` (util-linux) set the death signal and the affinity before the program starts and then become it, so
    the process id is the program's own. Call from the main thread: the death signal follows the thread, not the process.
    Whatever signals this process ignores or blocks, the program starts with none ignored and none blocked.
    """
    let_children_start_clean()
    prefix = ["setpriv", "--pdeathsig", "KILL", "--"]
    if (user := options.get("user")) and os.geteuid() == 0:
        prefix = ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--", *prefix]
    if options.get("guarded") or os.environ.get(VARIABLE):
        prefix += ["/bin/sh", "-c", ORPHANED, str(os.getpid())]
    if cores := options.get("cores"):
        prefix += ["taskset", "-c", ",".join(str(core) for core in cores)]
    return subprocess.Popen(
        [*prefix, *command],
        stdin=options.get("stdin", subprocess.DEVNULL),
        stdout=options.get("stdout", subprocess.DEVNULL),
        stderr=options.get("stderr", subprocess.DEVNULL),
        env=dict(options["environment"]),
        cwd=options.get("cwd"),
        start_new_session=True,
    )


@contextmanager
def spawned(
    command: Sequence[str], *, ended: Callable[[], None] | None = None, **options: Unpack[Spawning]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start `command` as `spawn` does, and end its whole group when the block ends, also if a signal comes while it starts.

    With `ended`, a block that does not come to its end asks the group to end first; `ended` is called if all of it has.
    """
    process = None
    try:
        with held():
            process = spawn(command, **options)
        yield process
    except BaseException:
        if process is not None and ended is not None and end_group(process):
            ended()
        raise
    finally:
        if process is not None:
            kill_group(process)


@contextmanager
def stopped_at_end(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """End the whole process group when the block ends, however it ends."""
    try:
        yield process
    finally:
        kill_group(process)


def stop(process: subprocess.Popen[bytes], grace_s: float = GRACE_S) -> int | None:
    """SIGTERM, then wait. The exit code, or None if it did not end within `grace_s` and its group was killed."""
    with _strays(process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(grace_s)
        except subprocess.TimeoutExpired:
            kill_group(process)
            return None
        kill_group(process)  # what a server left behind in its group ends with it
        return code


@contextmanager
def _strays(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill what the process has started in groups of their own, as daemons are, once the block has ended: once its parent is
    gone nobody knows any more whose it was.
    """
    strays = []
    for pid in tree(process.pid):
        with suppress(OSError):  # it has just ended, or the kernel has no such descriptors
            if os.getpgid(pid) != process.pid:
                strays.append(os.pidfd_open(pid))
    try:
        yield
    finally:
        for stray in strays:
            with suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(stray, signal.SIGKILL)
            os.close(stray)


def ending(code: int) -> str:
    """Say how a process ended, and which limit it ran into if that shows."""
    if code >= 0:
        return f"exit code {code}"
    limit = {
        int(signal.SIGXFSZ): ": the limit of a file's size (ulimit -f)",
        int(signal.SIGXCPU): ": the limit of CPU time (ulimit -t)",
    }
    return f"killed by signal {-code}{limit.get(-code, '')}"


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Send SIGKILL to every process of the group, and reap the leader; a signal that ends this program waits for it."""
    with held(), _strays(process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        except PermissionError:  # the group holds only processes of another user by now: none of ours
            pass
        process.wait()


def end_group(process: subprocess.Popen[bytes], grace_s: float = GRACE_S) -> bool:
    """Send SIGTERM to every process of the group; whether all have ended within `grace_s`. Signals to this program wait."""
    with held():
        deadline_s = time.monotonic() + grace_s
        try:
            others = psutil.Process(process.pid).children(recursive=True)
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(grace_s)
        except (ProcessLookupError, psutil.NoSuchProcess):
            return True
        except (PermissionError, subprocess.TimeoutExpired):
            return False
        while (goes_on := any(map(_goes_on, others))) and time.monotonic() < deadline_s:
            time.sleep(POLL_S)
    return not goes_on


def _goes_on(process: psutil.Process) -> bool:
    """Whether it runs; what nobody has taken note of the end of does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def tree(pid: int) -> list[int]:
    """The process and all its descendants that are alive, the process itself first."""
    pids: list[int] = []
    waiting = [pid]
    while waiting:
        process = waiting.pop(0)
        children = _children(process)
        if children is None:
            continue
        pids.append(process)
        waiting += children
    return pids


def _children(pid: int) -> list[int] | None:
    """Of all its threads; None if the process is gone.

    /proc/PID/task/TID/children is read rather than every process's parent, which takes a hundred times as long and would be
    the most that the sampler costs. A kernel without that file is searched.
    """
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - five times a second: no Path for each thread
    except OSError:
        return None
    children: list[int] = []
    for thread in threads:
        try:
            children += map(int, read_proc(f"/proc/{pid}/task/{thread}/children").split())
        except FileNotFoundError:
            if not Path("/proc/thread-self/children").exists():
                return _children_by_search(pid)
        except OSError:
            continue  # the thread ended between listing and reading
    return children


def _children_by_search(pid: int) -> list[int] | None:
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.NoSuchProcess:
        return None
