"""What Go's collector says of itself with GODEBUG=gctrace=1, and what a request can lose to its pauses. Pure.

The line's format is documented in Go's package runtime: "gc # @#s #%: #+#+# ms clock, ...": the collection's number, seconds
since the program started, share of CPU time in collections, and wall times of its phases: stop-the-world sweep termination,
concurrent mark, stop-the-world mark termination. What follows differs from version to version and is not read.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

STARTS = 2001
"""So many moments of a window at which a request may have begun."""
_NUMBER = r"(\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
_LINE = re.compile(rf"^gc \d+ @{_NUMBER}s \d+%: {_NUMBER}\+{_NUMBER}\+{_NUMBER} ms clock,")


class Collection(NamedTuple):
    """One collection: when it began, as the server's clock has it, and for how long the world stood still, in all."""

    at_s: float
    stopped_ms: float


@dataclass(frozen=True)
class TracedTrial:
    """The log of one trial beside its latencies; the window is given in the server's own time, seconds since its start."""

    log: str
    from_s: float
    to_s: float
    p50_ms: float
    p99_ms: float

    @property
    def collections(self) -> list[Collection]:
        """Those of the measured window."""
        return [collection for collection in collections_in(self.log) if self.from_s <= collection.at_s <= self.to_s]

    @property
    def tail_ms(self) -> float:
        """What separates P99 from P50."""
        return self.p99_ms - self.p50_ms


def collections_in(log: str) -> list[Collection]:
    """Every collection that the log tells of; lines of another kind, or cut short, are passed over."""
    matches = (_LINE.match(line) for line in log.splitlines())
    return [
        Collection(at_s=float(match[1]), stopped_ms=float(match[2]) + float(match[4]))  # the phase between them is concurrent
        for match in matches
        if match is not None
    ]


def lost_at_p99_ms(trial: TracedTrial) -> float:
    """What one request in a hundred can have lost to pauses or more: each request can have met all that begin in its time.

    Requests are taken to begin at any time of the window and to take as long as P99.
    """
    begins = np.linspace(trial.from_s, trial.to_s, STARTS)
    ordered = sorted(trial.collections)
    at_s, stopped_ms = (np.array([collection[index] for collection in ordered]) for index in (0, 1))
    until = np.concatenate([[0.0], np.cumsum(stopped_ms)])
    lost = until[np.searchsorted(at_s, begins + trial.p99_ms / 1e3)] - until[np.searchsorted(at_s, begins)]
    return float(np.quantile(lost, 0.99))
