"""One trial's place in a run."""

from typing import NamedTuple


class Slot(NamedTuple):
    """One trial's place in the run. Rounds, positions and numbers count from 0.

    `beside` is the label of the other side of a paired trial, empty for a solo trial.
    """

    number: int
    round: int
    position: int
    workload: str
    contender: str
    beside: str = ""
