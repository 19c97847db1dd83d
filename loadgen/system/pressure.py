"""What held programs back: memory that was short, CPU time that a container's quota or heat took away. Linux only."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from loadgen.system.cgroup import cgroup_folders, with_parents
from loadgen.system.kernel_file import number_of, text_of

_PROC = Path("/proc")
_CGROUPS = Path("/sys/fs/cgroup")
_CPU = Path("/sys/devices/system/cpu")


Value = TypeVar("Value")


class Pressure(NamedTuple):
    """Counters since boot, or since this process's cgroup was made; None where the kernel does not tell.

    `memory_stalled_s`: some program waited for memory (/proc/pressure/memory, "some total"). `memory_limit_hits`: the memory
    cgroup reached its limit (v2: memory.events "max"; v1: memory.failcnt). `throttled_s`: the CPU quota of the cgroup was used
    up and a program had to wait (cpu.stat). `thermal_events`: a core was slowed down for its heat.
    """

    memory_stalled_s: float | None
    memory_limit_hits: int | None
    throttled_s: float | None
    thermal_events: int | None


def pressure() -> Pressure:
    """All counters now."""
    return Pressure(_memory_stalled_s(), _memory_limit_hits(), _throttled_s(), _thermal_events())


def _memory_stalled_s() -> float | None:
    for line in (text_of(_PROC / "pressure" / "memory") or "").splitlines():
        total = line.rpartition("total=")[2]
        if line.startswith("some ") and total.isdecimal():
            return int(total) / 1e6
    return None


def _memory_limit_hits() -> int | None:
    def read(folder: Path, version: int) -> int | None:
        if version == 1:
            return number_of(folder / "memory.failcnt")
        return _field(folder / "memory.events", "max")

    return _first("memory", read)


def _throttled_s() -> float | None:
    """Of the process's own group and all above it: a quota of any of them holds it back, and each counts only its own."""

    def read(folder: Path, version: int) -> float | None:
        name, unit_s = ("throttled_time", 1e-9) if version == 1 else ("throttled_usec", 1e-6)
        times = [_field(group / "cpu.stat", name) for group in with_parents(folder, _CGROUPS)]
        known = [value for value in times if value is not None]
        return sum(known) * unit_s if known else None

    return _first("cpu", read)


def _thermal_events() -> int | None:
    counts = [number_of(path) for path in _CPU.glob("cpu*/thermal_throttle/core_throttle_count")]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _first(controller: str, read: Callable[[Path, int], Value | None]) -> Value | None:
    """What the first of this process's cgroups tells that knows the controller."""
    folders = cgroup_folders(controller, _PROC, _CGROUPS)
    return next((reading for folder_and_version in folders if (reading := read(*folder_and_version)) is not None), None)


def _field(path: Path, name: str) -> int | None:
    for line in (text_of(path) or "").splitlines():
        key, _, value = line.partition(" ")
        if key == name and value.isdecimal():
            return int(value)
    return None
