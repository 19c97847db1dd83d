"""What is measured on: the machine as it is recorded in every run."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from loadgen.machine.cpu_list import format_cpu_list
from loadgen.machine.cpu_model import board, cpu_id, cpu_model, hypervisor, microcode, product
from loadgen.machine.same_machine import fingerprint_of
from loadgen.machine.topology import Topology, core_groups, read_topology
from loadgen.record.machine import Machine
from loadgen.system.kernel_file import number_of, text_of


def read_machine(root: Path = Path("/"), usable: Sequence[int] | None = None) -> Machine:
    """Return what the kernel tells of the machine and of the CPUs `usable`; `root` has /proc and /sys below it."""
    topology = read_topology(root, usable)
    cpus = root / "sys/devices/system/cpu"
    highest, limit = _frequencies_mhz(cpus, topology.numbers)
    machine = Machine(
        fingerprint="",
        cpu_model=cpu_model(root),
        cores=len(topology.cpus),
        threads_per_core=max((len(cpu.siblings) for cpu in topology.cpus), default=1) if topology.siblings_known else None,
        hypervisor=hypervisor(root),
        governor=_governor(cpus, topology.numbers),
        turbo=_turbo(cpus),
        memory_bytes=_memory_bytes(root),
        kernel=text_of(root / "proc/sys/kernel/osrelease") or platform.release(),
        system=_system(root),
        mitigations={file.name: text_of(file) or "" for file in sorted((cpus / "vulnerabilities").glob("*"))},
        load_average_1m=_load_average_1m(root),
        product=product(root),
        board=board(root),
        architecture=platform.machine(),
        cpu_id=cpu_id(root),
        microcode=microcode(root),
        smt=_smt(cpus, topology),
        frequency_max_mhz=highest,
        frequency_limit_mhz=limit,
        quota_cores=topology.quota_cores,
        isolated=format_cpu_list(cpu.number for cpu in topology.cpus if cpu.isolated) or None,
        core_groups=core_groups(topology),
    )
    return machine.replace(fingerprint=fingerprint_of(machine))


def _governor(cpus: Path, numbers: Sequence[int]) -> str | None:
    """Return the frequency governor; several, where CPUs have different ones."""
    governors = {text_of(cpus / f"cpu{number}/cpufreq/scaling_governor") for number in numbers}
    return ", ".join(sorted(governor for governor in governors if governor)) or None


def _frequencies_mhz(cpus: Path, numbers: Sequence[int]) -> tuple[int | None, int | None]:
    """Return the highest clock rate that the fastest CPU can have, and the one that it may have now."""

    def highest(name: str) -> int | None:
        rates_khz = [number_of(cpus / f"cpu{number}/cpufreq/{name}") for number in numbers]
        return max((rate_khz // 1000 for rate_khz in rates_khz if rate_khz is not None), default=None)

    return highest("cpuinfo_max_freq"), highest("scaling_max_freq")


def _smt(cpus: Path, topology: Topology) -> bool | None:
    """Return whether a core runs several threads; None where the kernel does not tell."""
    active = text_of(cpus / "smt/active")
    if active is not None:
        return active == "1"
    return any(len(cpu.siblings) > 1 for cpu in topology.cpus) if topology.siblings_known else None


def _turbo(cpus: Path) -> bool | None:
    intel = text_of(cpus / "intel_pstate/no_turbo")
    if intel is not None:
        return intel == "0"
    boost = text_of(cpus / "cpufreq/boost")
    return None if boost is None else boost == "1"


def _memory_bytes(root: Path) -> int:
    for line in (text_of(root / "proc/meminfo") or "").splitlines():
        key, _, value = line.partition(":")
        if key == "MemTotal":
            return int(value.split()[0]) * 1024
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _load_average_1m(root: Path) -> float:
    """Return the load; 0 where the kernel does not tell (no /proc/loadavg)."""
    try:
        return float((text_of(root / "proc/loadavg") or "0").split()[0])
    except (ValueError, IndexError):
        return 0.0


def _system(root: Path) -> str:
    for name in ("etc/os-release", "usr/lib/os-release"):
        for line in (text_of(root / name) or "").splitlines():
            key, _, value = line.partition("=")
            if key == "PRETTY_NAME":
                return value.strip("\"'")
    return platform.system()
