"""What Dask is told so that a worker does nothing unasked, and stopping even its timers while something is measured."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dask
import distributed
import yaml

WORKER = {
    "distributed.admin.tick.interval": "10 s",
    "distributed.admin.tick.limit": "1 h",
    "distributed.admin.tick.cycle": "10 s",
    "distributed.admin.system-monitor.interval": "10 s",
    "distributed.admin.system-monitor.disk": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.admin.system-monitor.host-cpu": False,
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.worker.http.routes": [],
    "distributed.comm.compression": False,
    "distributed.comm.timeouts.connect": "30 s",
    "distributed.comm.timeouts.tcp": "1 h",
    "distributed.comm.retry.count": 0,
    "distributed.p2p.storage.disk": False,
}
"""A worker's settings: 0.39% of a core where the defaults take 5.2%, and no keep-alive packet of TCP within 15 minutes."""
SCHEDULER = {
    **WORKER,
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.no-workers-timeout": "60 s",
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.scheduler.http.routes": [],
    "distributed.scheduler.locks.lease-validation-interval": "1 h",
    "distributed.admin.large-graph-warning-threshold": "1 GB",
    "distributed.client.scheduler-info-interval": "30 s",
    "distributed.diagnostics.nvml": False,
    "distributed.diagnostics.cudf": False,
}
"""Those of a scheduler that is started here: a task whose worker is lost has failed, and is given to no other."""


def as_yaml() -> str:
    """Return the settings as a file of Dask's configuration, for schedulers and workers that somebody else starts.

    Pages for people and probes stay: Kubernetes asks one whether a scheduler is well.
    """
    nested: dict[str, Any] = {}
    for name, value in SCHEDULER.items():
        if name.endswith(".http.routes"):
            continue
        *above, last = name.split(".")
        table = nested
        for key in above:
            table = table.setdefault(key, {})
        table[last] = value
    return str(yaml.safe_dump(nested))


def silence_logs() -> None:
    """Let Dask print nothing: what it would say is raised, or told in other words."""
    for name in ["distributed", *logging.root.manager.loggerDict]:
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def settings(wanted: dict[str, Any]) -> Any:
    """Return a context manager with these settings in place of Dask's and of the user's."""
    return dask.config.set(wanted)


@contextlib.contextmanager
def silenced(worker: distributed.Worker) -> Iterator[None]:
    """Stop a worker's timers, heartbeat and keep-alive among them: no message crosses the network, nothing wakes it up.

    To be called in one of its tasks; those that ran go on when the block ends.
    """
    running = [timer for timer in worker.periodic_callbacks.values() if timer.is_running()]
    _each(worker, [timer.stop for timer in running])
    try:
        yield
    finally:
        _each(worker, [timer.start for timer in running])


def _each(worker: distributed.Worker, calls: Sequence[Callable[[], None]]) -> None:
    """Make the calls in the worker's loop, where its timers live, and return when all are made."""
    done = threading.Event()

    def make() -> None:
        for call in calls:
            call()
        done.set()

    worker.loop.add_callback(make)
    done.wait()


if __name__ == "__main__":
    print(as_yaml(), end="")
