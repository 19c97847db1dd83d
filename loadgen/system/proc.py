"""Readings from the kernel about processes and cores: CPU time, memory, switches, descriptors. Linux only."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from loadgen.system.memory_reading import MemoryReading

_PROC = Path("/proc")
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def read_proc(path: str) -> bytes:
    """A file of /proc, by system calls alone: what is read five times a second during a load must cost little."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        content = b""
        while part := os.read(descriptor, 65_536):
            content += part
        return content
    finally:
        os.close(descriptor)


def cpu_time_s(pids: Iterable[int]) -> float:
    """CPU seconds used by the processes so far, all threads, ended ones included; nanosecond resolution.

    The clock of a process (clock_getcpuclockid(3)) adds up the same sum_exec_runtime that /proc/PID/task/*/schedstat
    shows a thread at a time, but is brought up to date when read and keeps the time of threads that have ended. Where the
    kernel refuses that clock, schedstat is read; where it keeps none either, the ticks of /proc/PID/stat.
    """
    total = 0.0
    for pid in pids:
        try:
            total += time.clock_gettime(_process_clock(pid))
        except OSError:
            total += schedstat_s(pid) or _ticks_s(pid)
    return total


def _process_clock(pid: int) -> int:
    """The clock id of a process: the complement of its id, shifted, and CPUCLOCK_SCHED (2), as in linux/posix-timers.h."""
    return (~pid << 3) | 2


def schedstat_s(pid: int) -> float:
    """CPU seconds of a process's live threads: the first field of /proc/PID/task/*/schedstat, in ns; 0 if it is gone."""
    total_ns = 0
    for path in _PROC.glob(f"{pid}/task/*/schedstat"):
        try:
            total_ns += int(path.read_text().split()[0])
        except OSError:
            continue  # the thread ended between listing and reading
    return total_ns / 1e9


def _ticks_s(pid: int) -> float:
    """CPU seconds of a process in clock ticks, user and system, threads that have ended included; 0 if it is gone."""
    try:
        fields = _stat_fields(pid)
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the program's name, which may have blanks, brackets and line ends in it."""
    return _text(_PROC / str(pid) / "stat").rpartition(")")[2].split()


def _text(path: Path) -> str:
    """A file of /proc; names in it are bytes, not always UTF-8. Raises OSError."""
    return path.read_bytes().decode(errors="replace")


class Usage(NamedTuple):
    """Counters of a process tree since its start. User and system time come in clock ticks (10 ms).

    Major faults are pages that had to be read from a disk: the program's own, once memory is short.
    """

    user_s: float
    system_s: float
    voluntary_switches: int
    involuntary_switches: int
    threads: int
    open_files: int
    major_faults: int
    minor_faults: int


def usage(pids: Iterable[int]) -> Usage:
    """Sum of the counters over the processes; one that has ended counts as nothing."""
    total = Usage(0, 0, 0, 0, 0, 0, 0, 0)
    for pid in pids:
        try:
            part = _usage_of(pid)
        except OSError:
            continue
        total = _added(total, part)
    return total


def _added(a: Usage, b: Usage) -> Usage:
    return Usage(
        a.user_s + b.user_s,
        a.system_s + b.system_s,
        a.voluntary_switches + b.voluntary_switches,
        a.involuntary_switches + b.involuntary_switches,
        a.threads + b.threads,
        a.open_files + b.open_files,
        a.major_faults + b.major_faults,
        a.minor_faults + b.minor_faults,
    )


def _usage_of(pid: int) -> Usage:
    fields = _stat_fields(pid)
    voluntary = involuntary = threads = 0
    for path in _PROC.glob(f"{pid}/task/*/status"):
        try:
            status = _status(path)
        except OSError:
            continue
        threads += 1
        voluntary += int(status.get("voluntary_ctxt_switches", 0))  # gVisor has none
        involuntary += int(status.get("nonvoluntary_ctxt_switches", 0))
    files = len(os.listdir(_PROC / str(pid) / "fd"))  # noqa: PTH208 - names only, no Path for each of 10,000 sockets
    user_s, system_s = int(fields[11]) * _TICK_S, int(fields[12]) * _TICK_S
    return Usage(
        user_s,
        system_s,
        voluntary,
        involuntary,
        threads,
        files,
        major_faults=int(fields[9]),
        minor_faults=int(fields[7]),
    )


def _status(path: Path) -> dict[str, str]:
    return {key: value.strip() for key, _, value in (line.partition(":") for line in _text(path).splitlines())}


def rss_bytes(pids: Iterable[int]) -> int:
    """Resident set of the processes in bytes, from /proc/PID/statm; one that has ended counts as nothing."""
    pages = 0
    for pid in pids:
        try:
            pages += int(read_proc(f"/proc/{pid}/statm").split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


def memory(pids: Sequence[int]) -> MemoryReading:
    """Memory of the processes. PSS and anonymous memory are None where the kernel does not tell (no smaps_rollup).

    The peak is the sum of each process's own peak, which for more than one process is an upper bound.
    """
    rollups = [_rollup(pid) for pid in pids]
    whole = [rollup for rollup in rollups if rollup is not None and {"Pss", "Anonymous"} <= rollup.keys()]
    complete = len(whole) == len(rollups)
    return MemoryReading(
        rss_bytes=rss_bytes(pids),
        pss_bytes=sum(rollup["Pss"] for rollup in whole) if complete else None,
        anonymous_bytes=sum(rollup["Anonymous"] for rollup in whole) if complete else None,
        peak_rss_bytes=sum(_peak_rss_bytes(pid) for pid in pids),
    )


def _rollup(pid: int) -> dict[str, int] | None:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return None
    return {key: int(value.split()[0]) * 1024 for key, _, value in (line.partition(":") for line in lines)}


def _peak_rss_bytes(pid: int) -> int:
    try:
        return int(_status(_PROC / str(pid) / "status")["VmHWM"].split()[0]) * 1024
    except (OSError, KeyError):  # ended, or a zombie, which has no memory
        return 0


class CoreTimes(NamedTuple):
    """Time that cores spent since boot, in seconds: running programs (user, nice, system), stolen by the hypervisor, idle.

    `idle_s` is None where the kernel does not count each of the cores (gVisor shows zeros, lxcfs numbers of its own).
    """

    programs_s: float
    stolen_s: float
    idle_s: float | None


def core_times(cores: Iterable[int]) -> CoreTimes:
    """Sum over the cores, from /proc/stat. Interrupts are left out: they are the network's, whoever caused them."""
    wanted = {f"cpu{core}" for core in cores}
    counted = [
        [int(field) for field in fields]
        for name, *fields in (line.split() for line in _text(_PROC / "stat").splitlines() if line.startswith("cpu"))
        if name in wanted
    ]
    programs, stolen, idle = (
        sum(ticks[position] for ticks in counted for position in positions if position < len(ticks))
        for positions in ((0, 1, 2), (7,), (3, 4))  # before Linux 2.6.11 there was no steal
    )
    known = len(counted) == len(wanted) and all(any(ticks) for ticks in counted)
    return CoreTimes(programs * _TICK_S, stolen * _TICK_S, idle * _TICK_S if known else None)


_CLOSING = frozenset({"04", "05", "06", "0B"})
"""FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSING (linux/tcp_states.h): states of the side that closed first."""


def closed_first(port: int) -> int:
    """How many connections to local `port` this side has closed before its peer did, as long as the kernel remembers (60 s)."""
    return sum(fields[3] in _CLOSING and _port(fields[1]) == port for fields in _tcp_sockets(port))


def listener_pids(port: int, candidates: Iterable[int]) -> set[int]:
    """Which of the candidate processes hold a TCP socket that listens on `port`."""
    inodes = _listening_inodes(port)
    return {pid for pid in candidates if inodes & _socket_inodes(pid)}


def is_connected(pid: int, port: int) -> bool:
    """Whether the process has a TCP connection to that port of any address, or is making one."""
    inodes = {fields[9] for fields in _tcp_sockets(port) if _port(fields[2]) == port}
    return bool(inodes & _socket_inodes(pid))


def listening_ports(pids: Iterable[int]) -> set[int]:
    """At which TCP ports the processes listen."""
    inodes = {inode for pid in pids for inode in _socket_inodes(pid)}
    return {_port(fields[1]) for fields in _listening_sockets() if fields[9] in inodes}


def _listening_inodes(port: int) -> set[str]:
    return {fields[9] for fields in _listening_sockets(port) if _port(fields[1]) == port}


def _listening_sockets(port: int | None = None) -> Iterator[list[str]]:
    return (fields for fields in _tcp_sockets(port) if fields[3] == "0A")  # TCP_LISTEN


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def _tcp_sockets(port: int | None = None) -> Iterator[list[str]]:
    """The fields of each line of the kernel's socket tables, proc(5), or only where `port` is one of the two ends'.

    After a load there are thousands of lines, of connections that wait for their last packets to be gone.
    """
    end = "" if port is None else f":{port:04X} "
    for table in ("tcp", "tcp6"):
        try:
            lines = (_PROC / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue  # no IPv6 in this kernel
        yield from (line.split() for line in lines if end in line)


def _socket_inodes(pid: int) -> set[str]:
    inodes = set()
    for link in _PROC.glob(f"{pid}/fd/*"):
        try:
            target = os.readlink(link)  # noqa: PTH115 - the target is no path
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[len("socket:[") : -1])
    return inodes
