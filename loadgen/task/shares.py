"""Kinds of request in their shares, in a shuffled order."""

import random
from collections.abc import Iterator, Mapping

BLOCK = 100
"""Shares are kept within so many requests, give or take one of each kind: no part of a load has another mix than the whole."""


def in_shares(shares: Mapping[str, float], source: random.Random) -> Iterator[str]:
    """Return kinds without an end. `shares` add up to 1."""
    owed = dict.fromkeys(shares, 0.0)
    while True:
        block: list[str] = []
        for _ in range(BLOCK):
            for kind, share in shares.items():
                owed[kind] += share
            most = max(owed, key=owed.__getitem__)
            owed[most] -= 1.0
            block.append(most)
        source.shuffle(block)
        yield from block
