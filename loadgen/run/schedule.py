"""The order of a run: every contender once per round and workload, each equally often in each position. Pure."""

import random
from collections.abc import Iterator, Mapping, Sequence

from loadgen.trial.slot import Slot


def schedule(phases: Sequence[Mapping[str, Sequence[str]]], rounds: int, seed: int) -> list[Slot]:
    """All trials in order, for the contenders of each workload; the same arguments give the same order.

    Contenders of one workload and round follow each other directly, so that their pairs see the same state of the machine. All
    rounds of a phase come before those of the next, which needs what the phase found.
    """
    source = random.Random(seed)
    slots: list[Slot] = []
    for contenders in phases:
        orders = {workload: _orders(names, source) for workload, names in contenders.items() if names}
        for number in range(rounds):
            for workload in source.sample(list(orders), len(orders)):
                for position, contender in enumerate(next(orders[workload])):
                    slots.append(Slot(len(slots), number, position, workload, contender))
    return slots


def schedule_pairs(pairs: Mapping[str, Sequence[tuple[str, str]]], rounds: Sequence[int], seed: int, first: int) -> list[Slot]:
    """The paired trials of each workload, numbered from `first`: two slots a pair, each side equally often started first.

    `rounds` are the rounds' numbers. All pairs of a workload and round follow each other directly, in a shuffled order.
    """
    source = random.Random(seed)
    orders = {(workload, pair): _orders(pair, source) for workload, workload_pairs in pairs.items() for pair in workload_pairs}
    slots: list[Slot] = []
    for number in rounds:
        for workload in source.sample(list(pairs), len(pairs)):
            for pair in source.sample(list(pairs[workload]), len(pairs[workload])):
                sides = next(orders[workload, pair])
                for position, (label, beside) in enumerate((sides, sides[::-1])):
                    slots.append(Slot(first + len(slots), number, position, workload, label, beside))
    return slots


def schedule_in_turns(workloads: Sequence[str], contender: str, rounds: int, seed: int, first: int) -> list[Slot]:
    """One contender under each workload in every round, directly one after the other, each equally often first; numbered from
    `first`.
    """
    orders = zip(range(rounds), _orders(workloads, random.Random(seed)), strict=False)
    turns = [(number, position, name) for number, order in orders for position, name in enumerate(order)]
    return [Slot(first + at, *turn, contender) for at, turn in enumerate(turns)]


def _orders(names: Sequence[str], source: random.Random) -> Iterator[list[str]]:
    """Endless orders in blocks of a cyclic Latin square; every second block is the mirror of the one before.

    A block puts each contender into each position once; the mirror gives every one the other neighbours.
    """
    while True:
        base = source.sample(list(names), len(names))
        for square in (base, base[::-1]):
            turns = [square[shift:] + square[:shift] for shift in range(len(square))]
            yield from source.sample(turns, len(turns))
