"""The order of a regression check: who is paired with whom, in which layout, and who comes first. Pure."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loadgen.record.trial import MICROBENCH, Comparison

RELINKED = "+relinked"


@dataclass(frozen=True)
class Group:
    """One service under one workload: what is judged together, and stops together."""

    service: str
    workload: str

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """What is measured of it. Nothing outside stretches a benchmark's CPU time: its slowed base is made of numbers."""
        return ("change", "relinked") if self.workload == MICROBENCH else ("change", "relinked", "slowed")


@dataclass(frozen=True)
class Pair:
    """Two contenders, by their labels, in the order in which they are started; `round` counts from 0 within the comparison."""

    group: Group
    comparison: Comparison
    round: int
    labels: tuple[str, str]


def side(service: str, name: str, layout: str = "") -> str:
    """The label of one side of a service ("base", "head" or "slowed"), in the layout as built or RELINKED."""
    return f"{service}@{name}{layout}"


def is_base(label: str, comparison: Comparison) -> bool:
    """Whether a half is what the other one is set over."""
    if comparison == "relinked":
        return not label.endswith(RELINKED)
    return label.removesuffix(RELINKED).endswith("@base")


def apart(wanted: Sequence[tuple[Group, Comparison]]) -> list[tuple[Group, Comparison]]:
    """Return what is to be measured so that neighbours in time belong to different comparisons.

    Where one change is all that is wanted, the relinked base goes on beside it: a pair that came right after the last one of
    its own comparison would be measured in the same second of the machine, and count as less than a pair.
    """
    if len(wanted) == 1 and wanted[0][1] == "change":
        return [*wanted, (wanted[0][0], "relinked")]
    return list(wanted)


class Pairing:
    """Endless pairs for each comparison of a group. The same seed gives the same order.

    The order of comparisons within a round is drawn once, so that each comes again only after all others. Over four pairs of
    base with head (or with the slowed base) both layouts and both orders come once each, shuffled.
    """

    def __init__(self, groups: Sequence[Group], seed: int) -> None:
        self._source = random.Random(seed)
        self._turns = {
            (group, comparison): self._endless(group.service, comparison)
            for group in groups
            for comparison in group.comparisons
        }
        self._order = self._source.sample(list(self._turns), len(self._turns))

    def _endless(self, service: str, comparison: Comparison) -> Iterator[tuple[str, str]]:
        if comparison == "relinked":
            pairs = [(side(service, "base"), side(service, "base", RELINKED))]
        else:
            other = "head" if comparison == "change" else "slowed"
            pairs = [(side(service, "base", layout), side(service, other, layout)) for layout in ("", RELINKED)]
        both_ways = [*pairs, *((second, first) for first, second in pairs)]
        while True:
            yield from self._source.sample(both_ways, len(both_ways))

    def of_round(self, number: int, wanted: Sequence[tuple[Group, Comparison]]) -> list[Pair]:
        """The pairs of one round: those of `wanted`, in the order that all rounds have."""
        return [
            Pair(group, name, number, next(self._turns[group, name])) for group, name in self._order if (group, name) in wanted
        ]
