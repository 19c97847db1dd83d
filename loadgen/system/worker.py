"""What the worker of a cluster uses that a process was started by, and that waits for it."""

import os

from loadgen.system.proc import cpu_time_s

VARIABLE = "PRIMEBENCH_WORKER"
"""Has its process id."""


def worker_cpu_s() -> float | None:
    """Return the CPU time of the worker, in seconds, to the nanosecond; None without a worker, or if it has ended.

    A clock tick of /proc, 10 ms, is 0.5% of a core in a window of two seconds.
    """
    worker = os.environ.get(VARIABLE)
    return None if worker is None else cpu_time_s([int(worker)]) or None
