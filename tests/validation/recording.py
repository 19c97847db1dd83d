"""Recorded pairs: a line of JSON each, small enough to be kept with the project."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from loadgen.record.machine import Machine
from loadgen.record.trial import MICROBENCH
from loadgen.strict import Strict

Kind = Literal["again", "relinked", "slowed-1", "slowed-2", "slowed-3", "slowed-5", "slowed-10", "planted-2"]
SLOWED: Mapping[str, float] = {"slowed-1": 0.01, "slowed-2": 0.02, "slowed-3": 0.03, "slowed-5": 0.05, "slowed-10": 0.10}
KINDS: dict[str, tuple[Kind, ...]] = {
    "n1000": ("again", "relinked", "slowed-1", "slowed-2", "slowed-3", "slowed-5", "slowed-10"),
    "n200": ("again", "relinked", "slowed-5"),
    MICROBENCH: ("again", "relinked", "planted-2"),
}
"""What is recorded of each workload in every round, always beside the base."""


class About(Strict):
    """The first line of a recording: where, when and of what; `neighbour` says whether a noisy one was there."""

    machine: Machine
    commit: str | None
    started: str
    neighbour: bool
    seed: int


class RecordedPair(Strict):
    """One pair: the figures of `base` and of what was measured beside it, by metric or benchmark name, in their own units.

    `at_s` counts from the recording's start, `took_s` is the time that the pair took.
    """

    round: Annotated[int, Field(ge=0)]
    workload: str
    kind: Kind
    relinked: bool
    base_first: bool
    at_s: float
    took_s: float
    base: dict[str, float]
    other: dict[str, float]


class Recording(Strict):
    """A whole recording, its pairs in the order of their rounds."""

    about: About
    pairs: list[RecordedPair]

    def of(self, workload: str, kind: str) -> list[RecordedPair]:
        """The pairs of one kind, in order."""
        return [pair for pair in self.pairs if (pair.workload, pair.kind) == (workload, kind)]


def read_recording(path: Path) -> Recording:
    """Read a recording; a last line that was cut short is passed over."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]
    about, *pairs = (json.loads(line) for line in lines)
    return Recording(about=About.model_validate(about), pairs=[RecordedPair.model_validate(pair) for pair in pairs])


def rounds_of(path: Path) -> Iterator[int]:
    """The numbers of the rounds that a recording has so far."""
    if path.exists():
        yield from sorted({pair.round for pair in read_recording(path).pairs})
