"""Watching server and generators while the load runs: samples, and CPU time over the measured window."""

import contextlib
import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

from loadgen.machine.cores import Cores, cores_beside
from loadgen.machine.topology import usable_cores
from loadgen.record.trial import Answers, CpuWindow, Sample
from loadgen.system.memory_reading import MemoryReading
from loadgen.system.pressure import Pressure, pressure
from loadgen.system.proc import (
    CoreTimes,
    Usage,
    core_times,
    cpu_time_s,
    memory,
    rss_bytes,
    usage,
)
from loadgen.system.process import tree
from loadgen.system.worker import worker_cpu_s
from loadgen.trial.server import Server
from loadgen.trial.sidecars import Sidecars

SAMPLE_EVERY_S = 0.2
HANGS_AFTER_S = 15.0
"""So long without an answer to anybody, once the load should be over."""
DRAINS_WITHIN_S = 60.0
"""What is in flight at the load's end takes one latency more: hundreds of connections' turns of an honestly slow server."""


@dataclass(frozen=True)
class Reading:
    """All counters at one moment; `at_s` is time.monotonic()."""

    at_s: float
    server_cpu_s: float
    sidecar_cpu_s: dict[str, float]
    generator_cpu_s: Sequence[float]
    usage: Usage
    cores: CoreTimes
    generator_cores: CoreTimes
    harness_cpu_s: float
    worker_cpu_s: float | None
    pressure: Pressure
    each_generators_cores: Sequence[CoreTimes] = ()


class GeneratorUse(NamedTuple):
    """What one of several generators used between the readings, and how long its cores were idle, if it has some."""

    read_s: float
    cpu_s: float
    cores_idle_s: float | None


@dataclass
class Watched:
    """What was seen during one load."""

    begin_s: float
    own_cores: bool
    sidecars_share_cores: bool = False
    first: Reading | None = None
    last: Reading | None = None
    loaded: MemoryReading | None = None
    sidecars: dict[str, MemoryReading] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)

    def window(self, probe: "Probe") -> CpuWindow | None:
        """CPU time between the readings at the edges of the measured window; None if the load ended before both were taken."""
        if self.first is None or self.last is None:
            return None
        a, b = self.first, self.last
        server_cpu_s = b.server_cpu_s - a.server_cpu_s
        generator_cpu_s = sum(b.generator_cpu_s) - sum(a.generator_cpu_s)
        harness_cpu_s = b.harness_cpu_s - a.harness_cpu_s
        busy_s = b.cores.programs_s - a.cores.programs_s
        known = self.own_cores and a.cores.idle_s is not None
        sidecar_cpu_s = {name: spent - a.sidecar_cpu_s[name] for name, spent in b.sidecar_cpu_s.items()}
        beside_s = sum(sidecar_cpu_s.values()) if self.sidecars_share_cores else 0.0
        return CpuWindow(
            from_s=a.at_s - self.begin_s,
            to_s=b.at_s - self.begin_s,
            server_cpu_s=server_cpu_s,
            sidecar_cpu_s=sidecar_cpu_s,
            server_user_s=b.usage.user_s - a.usage.user_s,
            server_system_s=b.usage.system_s - a.usage.system_s,
            generator_cpu_s=generator_cpu_s,
            voluntary_switches=b.usage.voluntary_switches - a.usage.voluntary_switches,
            involuntary_switches=b.usage.involuntary_switches - a.usage.involuntary_switches,
            others_on_server_cores_s=busy_s - server_cpu_s - beside_s if known else None,
            stolen_s=b.cores.stolen_s - a.cores.stolen_s,
            witnessed=probe.answered_between(a.at_s, b.at_s),
            generator_cores_idle_s=_difference(b.generator_cores.idle_s, a.generator_cores.idle_s) if self.own_cores else None,
            server_cores_idle_s=_difference(b.cores.idle_s, a.cores.idle_s) if self.own_cores else None,
            harness_cpu_s=harness_cpu_s,
            worker_cpu_s=_difference(b.worker_cpu_s, a.worker_cpu_s),
            server_major_faults=b.usage.major_faults - a.usage.major_faults,
            memory_stalled_s=_difference(b.pressure.memory_stalled_s, a.pressure.memory_stalled_s),
            memory_limit_hits=_difference(b.pressure.memory_limit_hits, a.pressure.memory_limit_hits),
            throttled_s=_difference(b.pressure.throttled_s, a.pressure.throttled_s),
            thermal_events=_difference(b.pressure.thermal_events, a.pressure.thermal_events),
        )

    def of_generators(self) -> list[GeneratorUse]:
        """What each of several generators used between the readings at the edges of the window; nothing without both."""
        if self.first is None or self.last is None:
            return []
        spent = [b - a for a, b in zip(self.first.generator_cpu_s, self.last.generator_cpu_s, strict=True)]
        cores = zip(self.first.each_generators_cores, self.last.each_generators_cores, strict=True)
        idle = [_difference(b.idle_s, a.idle_s) for a, b in cores] or [None] * len(spent)
        read_s = self.last.at_s - self.first.at_s
        return [GeneratorUse(read_s, cpu_s, idle_s) for cpu_s, idle_s in zip(spent, idle, strict=True)]


Count = TypeVar("Count", int, float)


def _difference(later: Count | None, earlier: Count | None) -> Count | None:
    return None if later is None or earlier is None else later - earlier


class Overdue(Exception):  # noqa: N818 - an outcome, not an error of the program
    """The generator did not end in time: the server hangs. `late_s`: how long after the load's end that was given up."""

    def __init__(self, late_s: float) -> None:
        super().__init__(late_s)
        self.late_s = late_s


class Probe(Protocol):
    """A probe client, here or on another host."""

    def answered_between(self, from_s: float, to_s: float) -> int:
        """Return how many answers came between two readings of time.monotonic()."""

    def last_answer_s(self) -> float:
        """Return when the last answer came, by time.monotonic(); 0 before the first."""

    def finish(self, patience_s: float) -> Answers:
        """Stop asking, and return what was seen; what is still due after `patience_s` counts as wrong."""


class Generating(Protocol):
    """Generators under way, whose common start is at `begin_s` by time.monotonic()."""

    @property
    def begin_s(self) -> float:
        """Return when they began."""

    @property
    def processes(self) -> Sequence[subprocess.Popen[bytes]]:
        """Return the process of each that is on this machine."""

    def is_over(self) -> bool:
        """Return whether all have ended, or of those on other hosts whether their time is over."""

    @property
    def own_cores(self) -> Sequence[Sequence[int]]:
        """Return the CPUs of each of several; nothing where there is one, or none has any of its own."""


def watch(
    watched: Server,
    load: Generating,
    cores: Cores,
    window: tuple[float, float],
    last_answer_s: Callable[[], float],
) -> Watched:
    """Look at all until the generators end. `window` is in seconds from their start.

    Raises Overdue when the load should be over and the server shows no sign of life: `last_answer_s` tells when it answered
    somebody last (time.monotonic()). Raises ServerFailedError when the server is gone, Error when a side service is.
    """
    pids = [process.pid for process in load.processes]
    seen = Watched(load.begin_s, own_cores=cores.apart, sidecars_share_cores=cores_beside(cores) == cores.server)

    def counters() -> Reading:
        return read_counters(server, pids, cores, watched.sidecars, load.own_cores)

    with sleeping_beside(load.processes) as sleep:
        while not load.is_over():
            watched.check_alive()
            check_not_overdue(seen.begin_s + window[1], last_answer_s())
            now_s = time.monotonic() - seen.begin_s
            server = tree(watched.process.pid)
            all_run = all(process.poll() is None for process in load.processes)  # of one that has ended nothing can be read
            if seen.first is None and now_s >= window[0] and all_run:
                seen.first = counters()
            elif seen.last is None and now_s >= window[1] - SAMPLE_EVERY_S / 2 and all_run:
                seen.loaded, seen.sidecars = memory(server), watched.sidecars.memory()
                seen.last = counters()
            if all_run:
                seen.samples.append(_sample(server, pids, now_s))
            sleep(_pause(time.monotonic() - seen.begin_s, window))
    return seen


def check_not_overdue(load_ends_s: float, last_answer_s: float) -> None:
    """Raise Overdue if the load should long be over and the server answers nobody, or does not get done.

    Both are readings of time.monotonic(): when the load should end, and when the last answer came.
    """
    now_s = time.monotonic()
    if now_s - max(last_answer_s, load_ends_s) > HANGS_AFTER_S or now_s > load_ends_s + DRAINS_WITHIN_S:
        raise Overdue(now_s - load_ends_s)


@contextlib.contextmanager
def sleeping_beside(processes: Sequence[subprocess.Popen[bytes]]) -> Iterator[Callable[[float], None]]:
    """A sleep of so many seconds that ends early when one of the processes does.

    On its pidfd: Popen.wait with a timeout looks every 50 ms, which was half of what the harness costs.
    """
    with contextlib.ExitStack() as stack:
        ended = select.poll()
        for process in processes:
            end = os.pidfd_open(process.pid)
            stack.callback(os.close, end)
            ended.register(end, select.POLLIN)

        def sleep(seconds: float) -> None:
            for end, _ in ended.poll(max(seconds, 0.001) * 1e3):
                ended.unregister(end)

        yield sleep


def _pause(now_s: float, window: tuple[float, float]) -> float:
    """Until the next sample, or the next edge of the window if that comes first."""
    edges = [edge - now_s for edge in (window[0], window[1] - SAMPLE_EVERY_S / 2) if edge > now_s]
    return min([SAMPLE_EVERY_S, *edges])


def read_counters(
    server: list[int],
    generators: Sequence[int],
    cores: Cores,
    sidecars: Sidecars,
    each_generators_cores: Sequence[Sequence[int]] = (),
) -> Reading:
    """All counters now, of the processes of a server and of its generators."""
    return Reading(
        at_s=time.monotonic(),
        server_cpu_s=cpu_time_s(server),
        sidecar_cpu_s=sidecars.cpu_s(),
        generator_cpu_s=[cpu_time_s([pid]) for pid in generators],
        usage=usage(server),
        cores=core_times(cores.server or usable_cores()),
        generator_cores=core_times(cores.generator or usable_cores()),
        harness_cpu_s=time.process_time(),
        worker_cpu_s=worker_cpu_s(),
        pressure=pressure(),
        each_generators_cores=[core_times(own) for own in each_generators_cores],
    )


def _sample(server: list[int], generators: Sequence[int], now_s: float) -> Sample:
    return Sample(
        at_s=now_s,
        server_cpu_s=cpu_time_s(server),
        generator_cpu_s=cpu_time_s(generators),
        server_rss_bytes=rss_bytes(server),
    )
