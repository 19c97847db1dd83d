"""The machines of a history: which lines are of the same one, and how each differs from the one before. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from analysis.trend.history import HistoryEntry
from loadgen.machine.same_machine import differences, earlier_fingerprint_of, same_machine


@dataclass
class OneMachine:
    """Lines of one machine in their order; `name` is the fingerprint of its last one, with a number if another has it too."""

    entries: list[HistoryEntry]
    name: str = ""
    differs: list[str] = field(default_factory=list)

    @property
    def example(self) -> HistoryEntry:
        """Return the first line that describes its machine, which others are compared with; the first where none does."""
        return next((entry for entry in self.entries if entry.machine is not None), self.entries[0])


def machines_of(entries: Sequence[HistoryEntry]) -> list[OneMachine]:
    """Return the machines in the order in which they come up."""
    machines: list[OneMachine] = []
    for entry in entries:
        own = next((machine for machine in machines if _same(machine.example, entry)), None)
        if own is None:
            machines.append(OneMachine([entry]))
        else:
            own.entries.append(entry)
    names: list[str] = []
    for index, machine in enumerate(machines):
        last = machine.entries[-1].fingerprint
        machine.name = last if last not in names else f"{last}-{names.count(last) + 1}"
        names.append(last)
        machine.differs = _differs(machines[index - 1], machine) if index else []
    return machines


def _same(a: HistoryEntry, b: HistoryEntry) -> bool:
    """Return whether two lines are of one machine: by its description, in lines of earlier versions by its fingerprint."""
    if a.machine is not None and b.machine is not None:
        return same_machine(a.machine, b.machine)
    return bool(_fingerprints(a) & _fingerprints(b))


def _fingerprints(entry: HistoryEntry) -> set[str]:
    """Return the names that the machine has, and had in earlier versions."""
    return {entry.fingerprint} | ({earlier_fingerprint_of(entry.machine)} if entry.machine is not None else set())


def _differs(before: OneMachine, machine: OneMachine) -> list[str]:
    here, there = machine.example.machine, before.example.machine
    return differences(here, there) if here is not None and there is not None else []
