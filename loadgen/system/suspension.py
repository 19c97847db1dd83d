"""Whether the program, or the machine, was suspended meanwhile (Ctrl-Z, SIGSTOP, a lid that was closed).

What was measured meanwhile is worth nothing: readings are taken too late while load and servers go on, or the other way round.
Standard library only.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Measured = TypeVar("Measured")


class _GoesOn:
    """How often this process went on after it was stopped."""

    times = 0


def note_that_it_goes_on(_number: int, _frame: object) -> None:
    """Count; the handler of SIGCONT."""
    _GoesOn.times += 1


def measured_awake(measure: Callable[[], Measured], say: Callable[[str], None]) -> Measured:
    """Measure, and once more if the program or the machine was suspended meanwhile."""
    while True:
        times, (_, asleep_at_most_s) = _GoesOn.times, asleep_s()
        measured = measure()
        if _GoesOn.times == times and asleep_s()[0] <= asleep_at_most_s:
            return measured
        say("suspended meanwhile: measured again")


def asleep_s() -> tuple[float, float]:
    """For how long the machine has been asleep since its start, at least and at most."""
    earlier_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    awake_s = time.clock_gettime(time.CLOCK_MONOTONIC)
    return earlier_s - awake_s, time.clock_gettime(time.CLOCK_BOOTTIME) - awake_s
