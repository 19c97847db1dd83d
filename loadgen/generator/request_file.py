"""Prepared requests in the order in which they are sent: a file that loadgen/native/src/requests.hpp reads."""

import itertools
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from loadgen.errors import Error
from loadgen.task.shares import BLOCK
from loadgen.task.task import Asked

MAGIC = b"PBREQ001"
LENGTH = 1 << 16
"""Requests in a file that begins again at its end. They are sent in a second or more, so that no server sees the same ones
often enough for it to matter, and made in about a second."""
MOST_BYTES = 200_000_000
"""A file of larger requests begins again earlier."""
MOST_UNIQUE = 4_000_000
"""A file with more unique requests takes minutes to make, and gigabytes."""


def write_request_file(path: Path, asked: Asked, seed: int, block: int, length: int = LENGTH) -> None:
    """Write so many requests, as the seed draws them: byte for byte the same each time."""
    kinds = {kind: number for number, kind in enumerate(asked.kinds)}
    places: dict[tuple[int, bool, bytes], int] = {}
    order, size = np.empty(length, dtype="<u4"), 0
    for at, drawn in enumerate(itertools.islice(asked.draws(seed, block), length)):
        if size > MOST_BYTES and asked.is_endless and at % BLOCK == 0:
            order = order[:at]
            break
        key = (kinds[drawn.kind], drawn.request.method == "HEAD", drawn.request.to_bytes())
        order[at] = places.setdefault(key, len(places))
        size += len(key[2]) if order[at] == len(places) - 1 else 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # it may have secrets in it
        file.write(MAGIC + struct.pack("<IIQB", len(kinds), len(places), len(order), asked.is_endless))
        for kind in kinds:
            file.write(struct.pack("<B", len(kind.encode())) + kind.encode())
        for number, is_head, content in places:
            file.write(struct.pack("<BBI", number, is_head, len(content)) + content)
        file.write(order.tobytes())


def length_for(asked: Asked, expected: float) -> int:
    """How many requests a file needs for a load that sends about so many; raise Error if that are too many."""
    if asked.is_endless:
        return LENGTH
    needed = max(LENGTH, round(3 * expected))
    if needed > MOST_UNIQUE:
        raise Error(f"{asked.label}: expected at most {MOST_UNIQUE:,} unique requests a trial, not {needed:,}: a shorter load")
    return needed


MOST_FILES = 64


@dataclass
class RequestFiles:
    """Files of the loads that are measured at the moment, in a folder of their own: both sides of a pair send the same."""

    folder: Path
    _made: dict[tuple[str, str, int, int, int], Path] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def file(self, asked: Asked, seed: int, block: int, expected: float) -> Path:
        """Return the file for a load that sends about so many requests; the last ones are kept."""
        length = 1 if asked.is_constant else length_for(asked, expected)
        question = repr((dict(asked.weights), dict(asked.parameters)))
        key = (asked.task.digest, question, *((0, 0) if asked.is_constant else (seed, block)), length)
        if key not in self._made:
            while len(self._made) >= MOST_FILES:
                self._made.pop(next(iter(self._made))).unlink(missing_ok=True)
            path = self.folder / f"requests-{next(self._numbers)}"
            write_request_file(path, asked, seed, block, length)
            self._made[key] = path
        return self._made[key]
