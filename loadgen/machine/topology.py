"""The CPUs that this process may use, and how they hang together: cores, kinds of cores, caches, memory. From sysfs.

Anything may be missing, in containers, virtual machines and other architectures; what the kernel does not tell is None.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loadgen.machine.arm_cpu import LITTLE_CORES, arm_part_name
from loadgen.machine.cpu_info import Processor, processors
from loadgen.machine.cpu_list import format_cpu_list, parse_cpu_list
from loadgen.record.machine import CoreGroup
from loadgen.system.cgroup import cpu_quota_cores
from loadgen.system.kernel_file import number_of, text_of

SAME_SPEED = 0.8
"""Cores of one kind reach at least this share of the speed of the fastest of them: favoured cores of a Xeon with Turbo Boost
Max 3.0 have 3.9 GHz beside 3.5; E-cores reach 62 to 78% of P-cores, Zen 5c 65% of Zen 5, LITTLE cores 45% of big ones."""
INTEL_KINDS = {"cpu_core": "performance", "cpu_atom": "efficiency", "cpu_lowpower": "low power"}
"""The kernel's names of performance counters, which list the CPUs of each kind of a hybrid processor, fastest first."""

LARGEST_CAPACITY = 1024


@dataclass(frozen=True)
class Cpu:
    """One CPU number. `siblings` are the numbers on the same physical core, itself among them, whether usable or not.

    `cache` are the numbers that share its last-level cache.
    """

    number: int
    siblings: frozenset[int]
    kind: str | None = None
    speed: int | None = None
    speed_class: int = 0
    package: int | None = None
    node: int | None = None
    cache: frozenset[int] | None = None
    isolated: bool = False


@dataclass(frozen=True)
class Topology:
    """Every usable CPU, ascending. `siblings_known` is False where the kernel does not tell which CPUs share a core."""

    cpus: tuple[Cpu, ...]
    quota_cores: float | None = None
    siblings_known: bool = True
    nohz_full: tuple[int, ...] = ()

    @property
    def numbers(self) -> list[int]:
        """Return the usable CPU numbers."""
        return [cpu.number for cpu in self.cpus]

    @property
    def cores(self) -> list[tuple[Cpu, ...]]:
        """Return the usable CPUs by physical core, in the order of their first numbers."""
        cores: list[list[Cpu]] = []
        core_of: dict[int, list[Cpu]] = {}
        for cpu in self.cpus:
            own = next((core_of[number] for number in {cpu.number, *cpu.siblings} if number in core_of), None)
            if own is None:
                cores.append(own := [])
            own.append(cpu)
            core_of |= dict.fromkeys({cpu.number, *cpu.siblings}, own)
        return [tuple(core) for core in cores]


def usable_cores() -> list[int]:
    """Return the CPU numbers that this process may run on: online, and allowed by affinity and cpuset."""
    return sorted(os.sched_getaffinity(0))


def read_topology(root: Path = Path("/"), usable: Sequence[int] | None = None) -> Topology:
    """Return the topology of the CPUs `usable`, by default of this process; `root` has /proc and /sys below it."""
    numbers = sorted(usable_cores() if usable is None else usable)
    system = root / "sys/devices/system"
    by_number = {processor.number: processor for processor in processors(root)}
    siblings = {number: _siblings(system / f"cpu/cpu{number}/topology", number, by_number) for number in numbers}
    nodes = _nodes(system / "node")
    isolated = parse_cpu_list(text_of(system / "cpu/isolated"))
    kinds, speeds = _kinds(root, numbers, by_number), _speeds(system / "cpu", numbers)
    classes = _speed_classes(numbers, kinds, speeds)
    kinds = _named(kinds, speeds, classes)
    cpus = [
        Cpu(
            number=number,
            siblings=frozenset(siblings[number] or {number}),
            kind=kinds.get(number),
            speed=speeds.get(number),
            speed_class=classes[number],
            package=_package(system / f"cpu/cpu{number}/topology", by_number.get(number)),
            node=nodes.get(number),
            cache=_last_level_cache(system / f"cpu/cpu{number}/cache"),
            isolated=number in isolated,
        )
        for number in numbers
    ]
    return Topology(
        cpus=tuple(cpus),
        quota_cores=cpu_quota_cores(root / "proc", root / "sys/fs/cgroup"),
        siblings_known=None not in siblings.values(),
        nohz_full=tuple(parse_cpu_list(text_of(system / "cpu/nohz_full"))),
    )


def _siblings(topology: Path, number: int, by_number: Mapping[int, Processor]) -> set[int] | None:
    """Return the CPU numbers on the same core, by sysfs, else by the core ids of /proc/cpuinfo (WSL 1, old containers)."""
    for name in ("core_cpus_list", "thread_siblings_list"):  # the second is the older name, before Linux 5.3
        if listed := parse_cpu_list(text_of(topology / name)):
            return {number, *listed}
    own = by_number.get(number)
    if own is None or own.core is None:
        return None
    return {
        number,
        *(
            processor.number
            for processor in by_number.values()
            if (processor.package, processor.core) == (own.package, own.core)
        ),
    }


def _package(topology: Path, processor: Processor | None) -> int | None:
    package = number_of(topology / "physical_package_id")
    if package is None and processor is not None:
        package = processor.package
    return None if package is None or package < 0 else package  # -1 where firmware does not tell (ARM)


def _nodes(nodes: Path) -> dict[int, int]:
    """Return CPU number -> NUMA node."""
    return {
        number: int(folder.name.removeprefix("node"))
        for folder in nodes.glob("node[0-9]*")
        for number in parse_cpu_list(text_of(folder / "cpulist"))
    }


def _last_level_cache(caches: Path) -> frozenset[int] | None:
    """Return the CPU numbers that share the cache of the highest level: the third, on some processors the second."""
    levels = {index: number_of(index / "level") or 0 for index in caches.glob("index[0-9]*")}
    last = max(levels, key=lambda index: levels[index], default=None)
    return None if last is None else frozenset(parse_cpu_list(text_of(last / "shared_cpu_list"))) or None


def _kinds(root: Path, numbers: Sequence[int], by_number: Mapping[int, Processor]) -> dict[int, str]:
    """Return CPU number -> name of its kind: by Intel's lists for hybrid processors, by the part number of ARM cores."""
    kinds: dict[int, str] = {}
    for folder, kind in INTEL_KINDS.items():
        kinds |= dict.fromkeys(parse_cpu_list(text_of(root / "sys/devices" / folder / "cpus")), kind)
    if kinds:
        return {number: kinds[number] for number in numbers if number in kinds}
    for number in numbers:
        text = text_of(root / f"sys/devices/system/cpu/cpu{number}/regs/identification/midr_el1")
        processor = by_number.get(number)
        midr = _hexadecimal(text) or (processor.midr if processor else None)
        if midr is not None:
            kinds[number] = arm_part_name(midr)
    return kinds


def _hexadecimal(text: str | None) -> int | None:
    try:
        return None if text is None else int(text, 16)
    except ValueError:
        return None


def _speeds(cpus: Path, numbers: Sequence[int]) -> dict[int, int]:
    """Return CPU number -> its speed, by the first measure that the kernel has for all of them and that differs; else empty.

    The kernel's own capacity (1024 is the fastest of the machine), else the highest clock rate in kHz. The firmware's scale
    (acpi_cppc/highest_perf) is not used: it ranks cores of one kind, by up to 28% on a Ryzen 5950X.
    """
    for name in ("cpu_capacity", "cpufreq/cpuinfo_max_freq"):
        speeds = {number: speed for number in numbers if (speed := number_of(cpus / f"cpu{number}" / name) or 0) > 0}
        if len(speeds) == len(numbers) and len(set(speeds.values())) > 1:
            return speeds
    return {}


def _speed_classes(numbers: Sequence[int], kinds: Mapping[int, str], speeds: Mapping[int, int]) -> dict[int, int]:
    """Return CPU number -> 0 for the fastest kind of core, then 1 and so on: by the kind's name, and by speed within it."""
    order = list(INTEL_KINDS.values())
    fastest: dict[str, int] = {}
    for number in numbers:
        kind = kinds.get(number, "")
        fastest[kind] = max(fastest.get(kind, 0), speeds.get(number, 0))

    def rank(number: int) -> tuple[int, int, bool, str, int]:
        kind = kinds.get(number, "")
        named = order.index(kind) if kind in order else 0
        return named, -fastest[kind], kind in LITTLE_CORES, kind, -speeds.get(number, 0)

    classes: dict[int, int] = {}
    ranked = sorted(numbers, key=rank)
    first, current = None, -1
    for number in ranked:
        if first is None or kinds.get(first) != kinds.get(number) or speeds.get(number, 0) < SAME_SPEED * speeds.get(first, 0):
            first, current = number, current + 1
        classes[number] = current
    return classes


def _named(kinds: Mapping[int, str], speeds: Mapping[int, int], classes: Mapping[int, int]) -> dict[int, str]:
    """Return CPU number -> name of its kind; kinds that differ by their speed alone are named by it."""
    if len(set(classes.values())) == len(set(kinds.values())) or not speeds:
        return dict(kinds)
    fastest = {
        class_: max(speeds[number] for number in classes if classes[number] == class_) for class_ in set(classes.values())
    }
    by_speed = {
        number: f"{top / 1e6:.1f}-GHz" if top > LARGEST_CAPACITY else f"capacity {top}" for number, top in fastest.items()
    }
    return {number: " ".join(filter(None, (kinds.get(number), by_speed[class_]))) for number, class_ in classes.items()}


def core_groups(topology: Topology) -> list[CoreGroup]:
    """Return the physical cores in groups that are alike, fastest first: as they are recorded."""
    groups: list[tuple[CoreGroup, list[str]]] = []
    for core in topology.cores:
        cpu = core[0]
        alike = CoreGroup(
            kind=cpu.kind,
            speed_class=cpu.speed_class,
            speed=cpu.speed,
            package=cpu.package,
            node=cpu.node,
            shared_cache=None if cpu.cache is None else format_cpu_list(cpu.cache),
            cores=[],
        )
        cores = next((cores for group, cores in groups if group == alike), None)
        if cores is None:
            groups.append((alike, cores := []))
        cores.append(format_cpu_list(cpu.number for cpu in core))
    recorded_groups = [group.replace(cores=cores) for group, cores in groups]
    return sorted(recorded_groups, key=lambda group: group.speed_class)
