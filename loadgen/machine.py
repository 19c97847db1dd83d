"""The machine's fingerprint, and which cores the server and the generator get."""

import hashlib
import os
import platform
from pathlib import Path
from typing import Literal, NamedTuple

import psutil

from loadgen.record import Machine

_CPU = Path("/sys/devices/system/cpu")


class Cores(NamedTuple):
    """Core numbers for the server and for the generator. Both empty: neither is pinned."""

    server: list[int]
    generator: list[int]
    server_threads: int

    @property
    def apart(self) -> bool:
        """Whether the server has a core that the generator has not."""
        return bool(set(self.server) - set(self.generator))


def choose_cores(available: list[int], wanted: int | Literal["all"], *, pinned: bool) -> Cores:
    """The last cores for the server, the others for the generator; on one core both share it.

    `wanted` server cores are cut down so that the generator keeps one. The first core is never the server's when there are
    two, because most machines serve interrupts there.
    """
    count = len(available) if wanted == "all" else wanted
    if not pinned:
        return Cores([], [], min(count, len(available)))
    if len(available) == 1:
        return Cores(available, available, 1)
    count = min(count, len(available) - 1)
    return Cores(available[-count:], available[:-count], count)


def usable_cores() -> list[int]:
    """The cores that this process may run on."""
    return sorted(os.sched_getaffinity(0))


def read_machine() -> Machine:
    """What the kernel tells about the machine. The fingerprint is a digest of what does not change from run to run."""
    lasting = {
        "cpu_model": _cpu_model(),
        "cores": len(usable_cores()),
        "threads_per_core": _threads_per_core(),
        "hypervisor": _hypervisor(),
        "memory_bytes": psutil.virtual_memory().total,
        "kernel": platform.release(),
        "mitigations": _mitigations(),
    }
    digest = hashlib.sha256(repr(sorted(lasting.items())).encode()).hexdigest()[:12]
    return Machine.model_validate(
        lasting
        | {
            "fingerprint": digest,
            "governor": text_of(_CPU / "cpu0/cpufreq/scaling_governor"),
            "turbo": _turbo(),
            "system": _system(),
            "load_average_1m": os.getloadavg()[0],
        }
    )


def text_of(path: Path) -> str | None:
    """What a file of the kernel's says, without white space around it; None where it is not there or not for us."""
    try:
        return path.read_text().strip()
    except OSError:
        return None


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() in ("model name", "Model"):
            return value.strip()
    return platform.machine()


def _threads_per_core() -> int | None:
    siblings = text_of(_CPU / "cpu0/topology/thread_siblings_list")
    return None if siblings is None else len(siblings.replace("-", ",").split(","))


def _hypervisor() -> str | None:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("flags"):
            return (text_of(Path("/sys/class/dmi/id/sys_vendor")) or "unnamed") if " hypervisor" in line else None
    return None


def _turbo() -> bool | None:
    intel = text_of(_CPU / "intel_pstate/no_turbo")
    if intel is not None:
        return intel == "0"
    boost = text_of(_CPU / "cpufreq/boost")
    return None if boost is None else boost == "1"


def _mitigations() -> dict[str, str]:
    return {place.name: text_of(place) or "" for place in sorted((_CPU / "vulnerabilities").glob("*"))}


def _system() -> str:
    release = platform.freedesktop_os_release() if Path("/etc/os-release").exists() else {}
    return release.get("PRETTY_NAME", platform.system())
