"""Whether two records are of the same machine, and if not, what differs. Pure.

What is compared is what changes the speed and does not change from run to run: processor, cores, virtual machine, memory,
kernel, mitigations. Fields that one of the two does not have (it was written by an earlier version) are left out.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from loadgen.counted import counted
from loadgen.record.machine import Machine

SAME_MEMORY = 0.05
"""Kernel reservations, a crash kernel and a balloon move the total by a few percent; sizes that are sold differ by more."""
ARCHITECTURES = ("aarch64", "armv7l", "ppc64le", "ppc64", "s390x", "riscv64", "loongarch64", "x86_64")
"""What earlier versions called a processor whose name they could not read."""
UNNAMED = "unnamed"

Item = TypeVar("Item")


def differences(here: Machine, there: Machine) -> list[str]:
    """Return what is not the same, a phrase each: "kernel 6.1.0-18 instead of 6.1.0-17"; empty for the same machine."""
    return [*_of_processor(here, there), *_of_cores(here, there), *_of_system(here, there)]


def same_machine(here: Machine, there: Machine) -> bool:
    """Return whether nothing differs that changes the speed of what is measured."""
    return not differences(here, there)


def same_memory(here: Machine, there: Machine) -> bool:
    """Return whether the totals of memory are those of one machine."""
    return abs(here.memory_bytes - there.memory_bytes) <= SAME_MEMORY * max(here.memory_bytes, there.memory_bytes)


def by_machine(items: Sequence[Item], machine_of: Callable[[Item], Machine]) -> list[list[Item]]:
    """Return the items by machine, in their order; each is compared with the first of its machine, so that no drift adds up."""
    groups: list[list[Item]] = []
    for item in items:
        own = next((group for group in groups if same_machine(machine_of(group[0]), machine_of(item))), None)
        if own is None:
            groups.append([item])
        else:
            own.append(item)
    return groups


def fingerprint_of(machine: Machine) -> str:
    """Return a short name for the machine, for people and for other programs: a digest of what is compared, but for memory."""
    kinds = sorted(_kinds(machine).items())
    compared = [
        *(machine.cpu_model, machine.cpu_id, machine.cores, machine.threads_per_core, kinds),
        *(machine.hypervisor, machine.product, machine.kernel, sorted(machine.mitigations.items())),
    ]
    return hashlib.sha256(repr(compared).encode()).hexdigest()[:12]


def earlier_fingerprint_of(machine: Machine) -> str:
    """Return the name that earlier versions gave the machine: with the exact memory, and without what they did not read."""
    fields = ("cpu_model", "cores", "threads_per_core", "hypervisor", "memory_bytes", "kernel", "mitigations")
    lasting = sorted((field, getattr(machine, field)) for field in fields)
    return hashlib.sha256(repr(lasting).encode()).hexdigest()[:12]


def _of_processor(here: Machine, there: Machine) -> Iterator[str]:
    if not _same_name(here, there):
        yield f"CPU model {here.cpu_model} instead of {there.cpu_model}"
    elif None not in (here.cpu_id, there.cpu_id) and here.cpu_id != there.cpu_id:
        yield f"CPU {here.cpu_id} instead of {there.cpu_id}"


def _same_name(here: Machine, there: Machine) -> bool:
    """Return whether the processors may be the same; earlier versions had the architecture's name, or the board's, for some."""
    names = {here.cpu_model, there.cpu_model}
    if len(names) == 1:
        return True
    for machine, other in ((here, there), (there, here)):
        if machine.architecture is None and other.architecture is not None:
            if machine.cpu_model in ARCHITECTURES and machine.cpu_model == other.architecture:
                return True
            if machine.cpu_model == other.board:
                return True
    return False


def _of_cores(here: Machine, there: Machine) -> Iterator[str]:
    kinds = _kinds(here), _kinds(there)
    if here.cores != there.cores:
        yield f"{counted(here.cores, 'core')} instead of {there.cores}"
    elif here.threads_per_core != there.threads_per_core and None not in (here.threads_per_core, there.threads_per_core):
        yield f"{counted(here.threads_per_core or 0, 'thread')} a core instead of {there.threads_per_core}"
    elif all(kinds) and kinds[0] != kinds[1]:
        yield f"cores {_listed(kinds[0])} instead of {_listed(kinds[1])}"


def _kinds(machine: Machine) -> Counter[str]:
    """Return kind of core -> how many physical ones."""
    kinds: Counter[str] = Counter()
    for group in machine.core_groups:
        kinds[group.kind or f"class {group.speed_class}"] += len(group.cores)
    return kinds


def _listed(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} x {kind}" for kind, count in sorted(kinds.items()))


def _of_system(here: Machine, there: Machine) -> Iterator[str]:
    if (here.hypervisor is None) != (there.hypervisor is None) or (
        here.hypervisor != there.hypervisor and UNNAMED not in (here.hypervisor, there.hypervisor)
    ):
        yield f"{_virtual(here)} instead of {_virtual(there)}"
    elif None not in (here.product, there.product) and here.product != there.product:
        yield f"machine type {here.product} instead of {there.product}"
    if not same_memory(here, there):
        yield f"memory {here.memory_bytes / 1e9:.1f} GB instead of {there.memory_bytes / 1e9:.1f} GB"
    if here.kernel != there.kernel:
        yield f"kernel {here.kernel} instead of {there.kernel}"
    names = sorted(here.mitigations.keys() | there.mitigations.keys())
    differing = [name for name in names if here.mitigations.get(name) != there.mitigations.get(name)]
    if differing:
        state, other = here.mitigations.get(differing[0], "none"), there.mitigations.get(differing[0], "none")
        more = f"; and {len(differing) - 1} more" if len(differing) > 1 else ""
        yield f"mitigation {differing[0]} '{state}' instead of '{other}'{more}"


def _virtual(machine: Machine) -> str:
    return "no hypervisor" if machine.hypervisor is None else f"hypervisor {machine.hypervisor}"
