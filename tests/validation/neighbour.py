"""A noisy neighbour: on every core a program that works for a while, rests for a while, and tells nobody when.

`python3 -S neighbour.py SEED`, until it is ended. Each core works about a third of the time, in bursts of 5 to 200 ms.
"""

import os
import random
import sys
import time

WORKS_S = (0.005, 0.2)
RESTS_S = (0.01, 0.4)


def main() -> None:
    """One process a core; this one is the last."""
    cores = sorted(os.sched_getaffinity(0))
    seed = int(sys.argv[1])
    parent = os.getpid()
    for core in cores[:-1]:
        if os.fork() == 0:
            disturb(core, random.Random(seed + core), parent)
    disturb(cores[-1], random.Random(seed + cores[-1]), parent)


def disturb(core: int, source: random.Random, parent: int) -> None:
    """Work and rest on one core, as long as the process that began is there."""
    os.sched_setaffinity(0, {core})
    while parent in (os.getpid(), os.getppid()):
        until = time.monotonic() + source.uniform(*WORKS_S)
        while time.monotonic() < until:
            pass
        time.sleep(source.uniform(*RESTS_S))


if __name__ == "__main__":
    main()
