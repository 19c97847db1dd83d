"""What is counted of two sides, one count after another: one that fails is a note, and the others go on."""

from collections.abc import Callable
from pathlib import Path

from loadgen.errors import Error
from loadgen.record.explain import ExplainedService, Profile, SideCounts

Say = Callable[[str], None]
ELF = b"\x7fELF"
LEAST_UNNAMED = 0.2
"""Of all instructions: a few functions of a system's libraries have no names anywhere."""


class Attempts:
    """What has been counted so far, in `found`."""

    def __init__(self, found: ExplainedService, say: Say) -> None:
        self.found, self._say = found, say

    def try_to(self, what: str, count: Callable[[], None]) -> None:
        """Count it, or note why it cannot be."""
        try:
            count()
        except Error as error:
            self.note(f"no {what}: {error}")

    def note(self, line: str) -> None:
        """Keep the line, and say it."""
        self.found = self.found.replace(notes=[*self.found.notes, line])
        self._say(line)

    def keep(self, base: SideCounts, head: SideCounts) -> None:
        """Keep the counts of both sides in place of what there is of them."""
        self.found = self.found.replace(base=base, head=head)

    def keep_profiles(self, base: list[Profile], head: Profile, times: int, place: str) -> None:
        """Keep the instructions by function of so many requests or operations; `place` is where a build with symbols is set."""
        self.keep(self.found.base.replace(profiles=base), self.found.head.replace(profiles=[head]))
        self.found = self.found.replace(requests=times)
        if head.unnamed_share > LEAST_UNNAMED:
            self.note(f"functions without names: add {place} to service.toml, a build with symbols")


def is_native(artefact: Path) -> bool:
    """Return whether it is a program that callgrind can run."""
    with artefact.open("rb") as file:
        return file.read(len(ELF)) == ELF
