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
    "CPU model": lambda summary: summary.machine.cpu_model,
    "CPU by numbers": lambda summary: summary.machine.cpu_id,
    "microcode": lambda summary: summary.machine.microcode,
    "board": lambda summary: summary.machine.board,
    "cores": lambda summary: summary.machine.cores,
    "physical cores": lambda summary: physical_cores(summary.machine.core_groups) or None,
    "kinds of cores": lambda summary: ", ".join(kinds_of(summary.machine.core_groups, [])) or None,
    "threads per core": lambda summary: summary.machine.threads_per_core,
    "SMT": lambda summary: summary.machine.smt,
    "CPU quota, cores": lambda summary: summary.machine.quota_cores,
    "hypervisor": lambda summary: summary.machine.hypervisor,
    "machine type": lambda summary: summary.machine.product,
    "kernel": lambda summary: summary.machine.kernel,
    "governor": lambda summary: summary.machine.governor,
    "clock limit, MHz": lambda summary: summary.machine.frequency_limit_mhz,
    "turbo": lambda summary: summary.machine.turbo,
    "system": lambda summary: summary.machine.system,
}
_MEASURED: dict[str, Callable[[Summary], object]] = {
    "profile": lambda summary: summary.profile,
    "rounds": lambda summary: summary.rounds,
    "ended": lambda summary: summary.end_reason,
    "server threads": lambda summary: summary.server_threads,
    "pinned": lambda summary: summary.pinned,
    "generator": lambda summary: summary.generator,
    "commit": lambda summary: _commit(summary),
}


def differing(runs: Sequence[Summary]) -> list[Differing]:
    """Each thing that differs, with its value in each run."""
    return [Differing(what=what, values=values) for what, values in _everything(runs) if len(set(values)) > 1]


def binary_sizes(summary: Summary) -> dict[str, str]:
    """Label -> bytes of what was built, written out."""
    figures = {build.label: build.figures[m.BINARY_SIZE.name].value for build in summary.builds}
    return {label: f"{size:,.0f}" for label, size in figures.items() if size is not None}


def _everything(runs: Sequence[Summary]) -> Iterator[tuple[str, list[str]]]:
    for what, read in _MACHINE.items():
        yield what, [_written(read(run)) for run in runs]
    if not all(same_memory(run.machine, runs[0].machine) for run in runs):
        yield "memory, MB", [f"{run.machine.memory_bytes / 1e6:,.0f}" for run in runs]
    for name in dict.fromkeys(name for run in runs for name in run.machine.mitigations):
        yield f"mitigation {name}", [_written(run.machine.mitigations.get(name)) for run in runs]
    for what, read in _MEASURED.items():
        yield what, [_written(read(run)) for run in runs]
    sizes = [binary_sizes(run) for run in runs]
    for label in dict.fromkeys(label for size in sizes for label in size):
        yield f"binary of {label}, bytes", [_written(size.get(label)) for size in sizes]
    titles = [_titles(run) for run in runs]
    for label in dict.fromkeys(label for title in titles for label in title):
        yield f"title of {label}", [_written(title.get(label)) for title in titles]


def _commit(summary: Summary) -> str | None:
    if summary.commit is None:
        return None
    return summary.commit[:COMMIT_DIGITS] + (", changed" if summary.dirty else "")


def _titles(summary: Summary) -> dict[str, str]:
    return {
        contender.label: f"{contender.title}, {contender.tier}"
        for workload in summary.workloads
        for contender in workload.contenders
    }


def _written(value: object) -> str:
    if value is None:
        return ABSENT
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
