"""A machine's cores, and which of them are chosen and why, in lines for people. Pure."""

from collections import Counter

from loadgen.counted import counted
from loadgen.machine.core_use import kind_name, shared_cores
from loadgen.machine.cores import Cores
from loadgen.machine.cpu_list import format_cpu_list, parse_cpu_list
from loadgen.machine.topology import Topology, core_groups
from loadgen.record.machine import CoreGroup

MOST_SHOWN = 4


def topology_lines(topology: Topology) -> list[str]:
    """Return what there is: cores by kind with their CPU numbers, caches, nodes, limits."""
    groups = core_groups(topology)
    lines = [f"cores: {'; '.join(_of_kind(groups, kind) for kind in dict.fromkeys(map(kind_name, groups)))}"]
    caches = list(dict.fromkeys(group.shared_cache for group in groups if group.shared_cache is not None))
    nodes = {group.node for group in groups if group.node is not None}
    if 1 < len(caches) < len(topology.cores):
        shown = ", ".join(f"[{cpus}]" for cpus in caches[:MOST_SHOWN])
        more = f" and {len(caches) - MOST_SHOWN} more" if len(caches) > MOST_SHOWN else ""
        lines.append(f"last-level caches, shared by CPUs: {shown}{more}")
    if len(nodes) > 1:
        lines.append(f"NUMA nodes: {len(nodes)}")
    if not topology.siblings_known:
        lines.append("the kernel does not tell which CPUs share a core: each is taken for a core of its own")
    for what, numbers in (
        ("isolated", [cpu.number for cpu in topology.cpus if cpu.isolated]),
        ("nohz_full", topology.nohz_full),
    ):
        if numbers:
            lines.append(f"{what}: CPUs {format_cpu_list(numbers)}")
    if topology.quota_cores is not None:
        lines.append(f"CPU quota of the cgroup: {counted(topology.quota_cores, 'core')}")
    return lines


def _of_kind(groups: list[CoreGroup], kind: str) -> str:
    """Return "8 performance cores of 2 threads, CPUs 0-15"."""
    cores = [parse_cpu_list(core) for group in groups if kind_name(group) == kind for core in group.cores]
    named = {group.kind for group in groups if kind_name(group) == kind} - {None}
    threads = Counter(map(len, cores))
    of_threads = "" if set(threads) == {1} else f" of {'/'.join(str(count) for count in sorted(threads))} threads"
    cpus = format_cpu_list(cpu for core in cores for cpu in core)
    core = f"{kind} core" if named else "core"
    return f"{counted(len(cores), core)}{of_threads}, CPUs {cpus}"


def choice_lines(topology: Topology, cores: Cores) -> list[str]:
    """Return what is chosen and why."""
    if not cores.server:
        return [f"not pinned: the kernel moves server ({counted(cores.server_threads, 'thread')}) and generator where it likes"]
    server, generator = set(cores.server), set(cores.generator)
    kinds = sorted({cpu.speed_class for cpu in topology.cpus if cpu.number in server})
    lines = [
        f"server: CPU {format_cpu_list(server)}, {_why_server(topology, kinds)}",
        f"generator: CPU {format_cpu_list(generator)}, {_why_generator(topology, cores)}",
    ]
    beside = {cpu.number for core in topology.cores for cpu in core if any(cpu.number in server for cpu in core)}
    if idle := beside - server - generator:
        lines.append(f"idle: CPU {format_cpu_list(idle)}, beside the server on its physical core")
    if far := {cpu.number for cpu in topology.cpus} - beside - generator:
        lines.append(f"idle: CPU {format_cpu_list(far)}, far from the server, or isolated")
    return lines


def _why_server(topology: Topology, classes: list[int]) -> str:
    if len(topology.cores) == 1:
        return "on the only usable core"
    if len(classes) > 1:
        return "cores of several kinds: fewer would be alike"
    several = len({cpu.speed_class for cpu in topology.cpus}) > 1
    return "of the fastest kind" if several else "not on the first core, which serves interrupts on most machines"


def _why_generator(topology: Topology, cores: Cores) -> str:
    shared = shared_cores(core_groups(topology), cores.server, cores.generator)
    if shared:
        return "on the server's physical core: there is no other"
    own = [cpu for cpu in topology.cpus if cpu.number in cores.generator]
    server = next(cpu for cpu in topology.cpus if cpu.number in cores.server)
    if server.cache is not None and all(cpu.cache == server.cache for cpu in own):
        return "on other physical cores, behind the same cache"
    if server.node is not None and all(cpu.node == server.node for cpu in own):
        return "on other physical cores of the same NUMA node"
    return "on other physical cores"
