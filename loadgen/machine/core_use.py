"""Which physical cores, of which kinds, a server and its generator are on, from the record of a machine. Pure."""

from collections.abc import Iterable, Sequence

from loadgen.machine.cpu_list import format_cpu_list, parse_cpu_list
from loadgen.record.machine import CoreGroup


def physical_cores(groups: Sequence[CoreGroup]) -> int:
    """Return how many physical cores there are; 0 where that is not on record."""
    return sum(len(group.cores) for group in groups)


def shared_cores(groups: Sequence[CoreGroup], server: Sequence[int], generator: Sequence[int]) -> list[str]:
    """Return the physical cores that server and generator are both on, each as a list of its CPUs.

    Without pinning they share a core for certain only where there is but one. Empty where cores are not on record.
    """
    every = [core for group in groups for core in group.cores]
    if not server:
        return every if len(every) == 1 else []
    return [core for core in every if _any_of(core, server) and _any_of(core, generator)]


def kinds_of(groups: Sequence[CoreGroup], cpus: Sequence[int]) -> dict[str, str]:
    """Return name of a kind of core -> those of `cpus` that are of it, fastest first; without `cpus`, all of the machine."""
    cpus_of_kind: dict[str, list[int]] = {}
    for group in sorted(groups, key=lambda group: group.speed_class):
        own = [cpu for core in group.cores for cpu in parse_cpu_list(core) if not cpus or cpu in cpus]
        if own:
            cpus_of_kind.setdefault(kind_name(group), []).extend(own)
    return {kind: format_cpu_list(numbers) for kind, numbers in cpus_of_kind.items()}


def kind_name(group: CoreGroup) -> str:
    """Return what its kind of core is called."""
    return group.kind or f"speed class {group.speed_class}"


def _any_of(core: str, cpus: Iterable[int]) -> bool:
    return not set(parse_cpu_list(core)).isdisjoint(cpus)
