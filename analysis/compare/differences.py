"""What is not the same in all runs: the machine first, then how it was measured, then what was. Pure."""

from collections.abc import Callable, Iterator, Sequence

from analysis.compare.model import Differing
from analysis.model import metric as m
from analysis.model.summary import Summary
from loadgen.machine.core_use import kinds_of, physical_cores
from loadgen.machine.same_machine import same_memory

ABSENT = "–"
COMMIT_DIGITS = 12

_MACHINE: dict[str, Callable[[Summary], object]] = {
    "CPU model": lambda one: one.machine.cpu_model,
    "CPU by numbers": lambda one: one.machine.cpu_id,
    "microcode": lambda one: one.machine.microcode,
    "board": lambda one: one.machine.board,
    "cores": lambda one: one.machine.cores,
    "physical cores": lambda one: physical_cores(one.machine.core_groups) or None,
    "kinds of cores": lambda one: ", ".join(kinds_of(one.machine.core_groups, [])) or None,
    "threads per core": lambda one: one.machine.threads_per_core,
    "SMT": lambda one: one.machine.smt,
    "CPU quota, cores": lambda one: one.machine.quota_cores,
    "hypervisor": lambda one: one.machine.hypervisor,
    "machine type": lambda one: one.machine.product,
    "kernel": lambda one: one.machine.kernel,
    "governor": lambda one: one.machine.governor,
    "clock limit, MHz": lambda one: one.machine.frequency_limit_mhz,
    "turbo": lambda one: one.machine.turbo,
    "system": lambda one: one.machine.system,
}
_MEASURED: dict[str, Callable[[Summary], object]] = {
    "profile": lambda one: one.profile,
    "rounds": lambda one: one.rounds,
    "ended": lambda one: one.end_reason,
    "server threads": lambda one: one.server_threads,
    "pinned": lambda one: one.pinned,
    "generator": lambda one: one.generator,
    "commit": lambda one: _commit(one),
}


def differing(runs: Sequence[Summary]) -> list[Differing]:
    """Each thing that differs, with its value in each run."""
    return [Differing(what=what, values=values) for what, values in _everything(runs) if len(set(values)) > 1]


def binary_sizes(summary: Summary) -> dict[str, str]:
    """Label -> bytes of what was built, written out."""
    figures = {one.label: one.figures[m.BINARY_SIZE.name].value for one in summary.builds}
    return {label: f"{size:,.0f}" for label, size in figures.items() if size is not None}


def _everything(runs: Sequence[Summary]) -> Iterator[tuple[str, list[str]]]:
    for what, read in _MACHINE.items():
        yield what, [_written(read(one)) for one in runs]
    if not all(same_memory(one.machine, runs[0].machine) for one in runs):
        yield "memory, MB", [f"{one.machine.memory_bytes / 1e6:,.0f}" for one in runs]
    for name in dict.fromkeys(name for one in runs for name in one.machine.mitigations):
        yield f"mitigation {name}", [_written(one.machine.mitigations.get(name)) for one in runs]
    for what, read in _MEASURED.items():
        yield what, [_written(read(one)) for one in runs]
    sizes = [binary_sizes(one) for one in runs]
    for label in dict.fromkeys(label for one in sizes for label in one):
        yield f"binary of {label}, bytes", [_written(one.get(label)) for one in sizes]
    titles = [_titles(one) for one in runs]
    for label in dict.fromkeys(label for one in titles for label in one):
        yield f"title of {label}", [_written(one.get(label)) for one in titles]


def _commit(summary: Summary) -> str | None:
    if summary.commit is None:
        return None
    return summary.commit[:COMMIT_DIGITS] + (", changed" if summary.dirty else "")


def _titles(summary: Summary) -> dict[str, str]:
    return {one.label: f"{one.title}, {one.tier}" for workload in summary.workloads for one in workload.contenders}


def _written(value: object) -> str:
    if value is None:
        return ABSENT
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
