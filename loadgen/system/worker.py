"""What the worker of a cluster uses that a process was started by, and that waits for it."""

import os

VARIABLE = "PRIMEBENCH_WORKER"
"""Has its process id."""


def worker_cpu_s() -> float | None:
    """Return the CPU time of all threads of the worker, in seconds, to the nanosecond; None without a worker.

    From the scheduler's statistics: a clock tick, 10 ms, is 0.5% of a core in a window of two seconds.
    """
    worker = os.environ.get(VARIABLE)
    if worker is None:
        return None
    total_ns = 0
    try:
        for thread in os.listdir(f"/proc/{worker}/task"):  # noqa: PTH208 - within the window: no Path for each thread
            with open(f"/proc/{worker}/task/{thread}/schedstat", "rb") as file:  # noqa: PTH123
                total_ns += int(file.read().split()[0])
    except (OSError, IndexError):  # it has ended, or a kernel without these statistics
        return None
    return total_ns / 1e9
