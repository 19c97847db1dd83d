"""Write the files of /proc and /sys that a description of a machine stands for, and read them as primebench does."""

import functools
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadgen.machine.cpu_list import format_cpu_list
from loadgen.machine.machine import read_machine
from loadgen.machine.topology import Topology, read_topology
from loadgen.record.machine import Machine


@dataclass(frozen=True, eq=False)
class Recorded:
    """A machine: its physical cores, each a tuple of CPU numbers, and what else its kernel shows.

    `l3`, `nodes` and `packages` have the CPU numbers that share a cache, a node, a socket; `usable` are those that the process
    may use, by default all. `per_cpu` maps files below /sys/devices/system/cpu/cpuN to a text for each CPU; `files` are others.
    """

    name: str
    cores: Sequence[tuple[int, ...]]
    cpuinfo: str = ""
    l3: Sequence[Sequence[int]] = ()
    nodes: Mapping[int, Sequence[int]] = field(default_factory=dict)
    packages: Mapping[int, Sequence[int]] = field(default_factory=dict)
    per_cpu: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    usable: Sequence[int] | None = None
    sysfs: bool = True

    @property
    def cpus(self) -> list[int]:
        """Return every CPU number that is online."""
        return sorted(cpu for core in self.cores for cpu in core)


def write_tree(root: Path, machine: Recorded) -> Path:
    """Write the machine's files below `root` and return that."""
    _write(root / "proc/cpuinfo", machine.cpuinfo)
    _write(root / "proc/meminfo", "MemTotal:       16306744 kB\nMemFree:         9000000 kB\n")
    _write(root / "proc/sys/kernel/osrelease", "6.1.0-18-amd64\n")
    _write(root / "proc/self/cgroup", "0::/\n")
    if machine.sysfs:
        _write_cpus(root / "sys/devices/system", machine)
    for path, text in machine.files.items():
        _write(root / path, text)
    return root


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="machines-")


@functools.cache
def _kept(machine: Recorded) -> Path:
    """Where its files are, some hundreds, which a process writes once and removes at its end."""
    return write_tree(Path(tempfile.mkdtemp(dir=_folder().name)), machine)


def machine_of(machine: Recorded) -> Machine:
    """Return what a record says of it."""
    return read_machine(_kept(machine), machine.usable or machine.cpus)


def topology_of(machine: Recorded, usable: Sequence[int] | None = None) -> Topology:
    """Return its topology, as seen by a process that may use the CPUs `usable`, by default all that it says."""
    return read_topology(_kept(machine), usable or machine.usable or machine.cpus)


def _write_cpus(system: Path, machine: Recorded) -> None:
    _write(system / "cpu/online", f"{format_cpu_list(machine.cpus)}\n")
    _write(system / "cpu/isolated", "\n")
    for number, core in enumerate(machine.cores):
        for cpu in core:
            topology = system / f"cpu/cpu{cpu}/topology"
            package = next((key for key, cpus in machine.packages.items() if cpu in cpus), 0)
            for name, text in (
                ("core_id", str(number)),
                ("physical_package_id", str(package)),
                ("core_cpus_list", format_cpu_list(core)),
                ("thread_siblings_list", format_cpu_list(core)),
            ):
                _write(topology / name, f"{text}\n")
            _write_caches(system / f"cpu/cpu{cpu}/cache", cpu, core, machine.l3)
    for node, cpus in machine.nodes.items():
        _write(system / f"node/node{node}/cpulist", f"{format_cpu_list(cpus)}\n")
    for name, texts in machine.per_cpu.items():
        for cpu, text in texts.items():
            _write(system / f"cpu/cpu{cpu}/{name}", f"{text}\n")


def _write_caches(place: Path, cpu: int, core: Sequence[int], l3: Sequence[Sequence[int]]) -> None:
    levels = [(1, core), (1, core), (2, core), *((3, group) for group in l3 if cpu in group)]
    for index, (level, shared) in enumerate(levels):
        _write(place / f"index{index}/level", f"{level}\n")
        _write(place / f"index{index}/shared_cpu_list", f"{format_cpu_list(shared)}\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
