"""Which cores server and generator get. Pure: a topology in, core numbers out. docs/explanation/measuring.md has the rules."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.machine.topology import Cpu, Topology, usable_cores

GENERATOR_CORES = 3
"""Physical cores of the generator for each of the server's: a canned answer takes twice the CPU time to ask for as to give."""
Core = tuple[Cpu, ...]
"""The usable CPUs of one physical core."""


class Cores(NamedTuple):
    """CPU numbers for the server and for the generator. Both empty: neither is pinned."""

    server: list[int]
    generator: list[int]
    server_threads: int

    @property
    def apart(self) -> bool:
        """Whether the server has a CPU that the generator has not."""
        return bool(set(self.server) - set(self.generator))


def choose_cores(topology: Topology, wanted: int | Literal["all"], *, pinned: bool) -> Cores:
    """Return `wanted` cores for the server, and the generator's.

    The server gets physical cores of its own, of the fastest kind, and uses one CPU of each while the others of that core are
    idle. The generator keeps at least one physical core, and is never on one of the server's if there are two: `wanted` is cut
    down for that, as it is for a CPU quota.
    """
    count = _allowed(topology, wanted)
    if not pinned:
        return Cores([], [], count)
    cores = topology.cores
    if len(cores) == 1:
        return _on_one_core(cores[0], count)
    chosen = _server_cores(cores, count)
    server = _cpus_of(chosen, len(topology.cpus) if wanted == "all" else count)
    server = server[: max(1, _quota(topology) - 1)]
    chosen = [core for core in chosen if any(cpu.number in server for cpu in core)]
    others = [core for core in cores if core not in chosen]
    generator = [cpu.number for core in _generator_cores(others, chosen) for cpu in core]
    return Cores(sorted(server), sorted(generator), len(server))


def cores_beside(cores: Cores) -> list[int]:
    """Return the cores of side services: those that neither server nor generator has, else the server's."""
    if not cores.server:
        return []
    return sorted(set(usable_cores()) - set(cores.server) - set(cores.generator)) or cores.server


def cores_of_generators(topology: Topology, cores: Cores, count: int) -> list[list[int]]:
    """Return the CPUs of each of several generators, of those that one would have: as many physical cores of each kind, what
    does not divide left over. Where nothing is pinned each has none of its own.

    Raise Error where there are too few.
    """
    if not cores.server:
        return [[] for _ in range(count)]
    own = [core for core in topology.cores if all(cpu.number in cores.generator for cpu in core)] if cores.apart else []
    if len(own) < count:
        raise Error(
            f"{count} generators need a physical core each; this machine has {counted(len(own), 'core')} beside the server's: "
            "expected fewer, or a machine with more, or pinned = false, under which nothing has cores of its own"
        )
    kinds: dict[tuple[int, int], list[Core]] = {}
    for core in sorted(own, key=lambda core: core[0].speed_class):
        kinds.setdefault((core[0].speed_class, -len(core)), []).append(core)
    even = [core for alike in kinds.values() for core in alike[: len(alike) // count * count]]
    even = even or [core for alike in kinds.values() for core in alike][:count]
    return [sorted(cpu.number for core in even[number::count] for cpu in core) for number in range(count)]


def _quota(topology: Topology) -> int:
    """Return how many CPUs can be busy at the same time under the quota; at least one."""
    cpus = len(topology.cpus)
    return cpus if topology.quota_cores is None else max(1, min(cpus, int(topology.quota_cores)))


def _allowed(topology: Topology, wanted: int | Literal["all"]) -> int:
    """Return how many threads of the server can run at the same time."""
    return _quota(topology) if wanted == "all" else min(wanted, _quota(topology))


def _on_one_core(core: Core, count: int) -> Cores:
    """Return the last CPUs of the only core for the server, the others for the generator; a single one is for both."""
    numbers = [cpu.number for cpu in core]
    if len(numbers) == 1:
        return Cores(numbers, numbers, 1)
    count = min(count, len(numbers) - 1)
    return Cores(numbers[-count:], numbers[:-count], count)


def _server_cores(cores: Sequence[Core], count: int) -> list[Core]:
    """Return as many physical cores, all but one at most: the best one, then those that are nearest to it."""
    first = min(cpu.number for core in cores for cpu in core)
    rank = _rank(first, single=count == 1)
    best = min(cores, key=rank)

    def from_best(core: Core) -> tuple[object, ...]:
        fast, quiet, whole, *order = rank(core)
        return fast, quiet, whole, core != best, *_distance(core, best), *order

    return sorted(cores, key=from_best)[: min(count, len(cores) - 1)]


def _rank(first: int, *, single: bool) -> Callable[[Core], tuple[int, ...]]:
    """Return the order in which the server takes cores: fast, quiet, whole, not the first, last.

    A core is whole if no CPU of it is left to others. Most machines serve interrupts on the first core. An isolated core has
    the least noise, but the kernel moves no threads between isolated cores: it is good for one thread and bad for several.
    """

    def rank(core: Core) -> tuple[int, ...]:
        cpu = core[0]
        usable = {cpu.number for cpu in core}
        quiet = cpu.isolated if single else not cpu.isolated
        return cpu.speed_class, not quiet, len(cpu.siblings - usable), first in usable, -core[-1].number

    return rank


def _distance(core: Core, other: Core) -> tuple[bool, bool, bool]:
    a, b = core[0], other[0]
    return a.package != b.package, a.node != b.node, a.cache != b.cache


def _cpus_of(chosen: Sequence[Core], count: int) -> list[int]:
    """Return the last CPU of each core, then, if more are wanted, the others beside them."""
    most = max(len(core) for core in chosen)
    by_turns = [core[-turn].number for turn in range(1, most + 1) for core in chosen if turn <= len(core)]
    return by_turns[:count]


def _generator_cores(others: Sequence[Core], chosen: Sequence[Core]) -> Sequence[Core]:
    """Return the cores near the server's, if they are enough: on its NUMA node behind its cache, on its node, in its socket.

    Requests and responses go through memory that both touch: a generator that is spread over caches and sockets makes them
    slower and more uneven. Isolated cores are left out: the kernel would keep all of the generator's threads on one of them.
    """
    shared = [core for core in others if not core[0].isolated] or others
    best = chosen[0][0]
    near: tuple[Callable[[Cpu], bool], ...] = (
        lambda cpu: best.cache is not None and (cpu.cache, cpu.node) == (best.cache, best.node),
        lambda cpu: best.node is not None and cpu.node == best.node,
        lambda cpu: best.package is not None and cpu.package == best.package,
    )
    for is_near in near:
        near_cores = [core for core in shared if is_near(core[0])]
        if len(near_cores) >= GENERATOR_CORES * len(chosen):
            return near_cores
    return shared
