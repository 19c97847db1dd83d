"""One trial's place in a run."""

from typing import NamedTuple


class Slot(NamedTuple):
    """One trial's place in the run. Rounds, positions and numbers count from 0."""

    number: int
    round: int
    position: int
    workload: str
    contender: str
