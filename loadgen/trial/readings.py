"""What is read of a server before, during and after its load, into the record of its trial: alone or as one of a pair.

A reading that is added here is part of both.
"""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from loadgen.generator.rows import answered_between, count_statuses, write_rows
from loadgen.generator.several import Measured
from loadgen.record.folder import RunFolder
from loadgen.record.generators import GeneratorRecord
from loadgen.record.trial import CpuWindow, KindLoad, Load, LoadTrial
from loadgen.system.accept_queue import accept_queue, overflows
from loadgen.system.memory_reading import MemoryReading
from loadgen.system.proc import closed_first, cpu_time_s, memory, usage
from loadgen.system.process import tree
from loadgen.trial.generators import UnderWay
from loadgen.trial.load import Subject
from loadgen.trial.sampler import Probe, Watched
from loadgen.trial.server import Server

PATIENCE_S = 15.0
"""For responses to the probe client once the generator has had all of its own."""


@dataclass
class Spent:
    """Seconds of a trial that went into load and readings; the rest is what the harness takes beside them."""

    seconds: float = 0.0

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Add the time of a block."""
        begin = time.monotonic()
        yield
        self.seconds += time.monotonic() - begin


@dataclass(frozen=True)
class Before:
    """What is read of a fresh server before anybody asks: its memory, the connections that its port closed first so far, how
    often any accept queue had no room, and which share of a core it uses for nothing (None where it was not watched).
    """

    idle: MemoryReading
    closed: int
    overflows: int | None
    idle_busy_share: float | None = None


def read_before(server: Server, idle_s: float = 0.0) -> Before:
    """Read it, after watching the idle server for so long."""
    share = _busy_share(server, idle_s) if idle_s else None
    return Before(memory(tree(server.process.pid)), closed_first(server.port), overflows(), share)


def _busy_share(server: Server, seconds: float) -> float:
    """Which share of a core the server's processes use within the next `seconds`."""
    began_s, before_s = time.monotonic(), cpu_time_s(tree(server.process.pid))
    time.sleep(seconds)
    spent_s = cpu_time_s(tree(server.process.pid)) - before_s
    return max(0.0, spent_s) / (time.monotonic() - began_s)


@dataclass
class Observed:
    """A server under its load, with what is read of it."""

    subject: Subject
    server: Server
    before: Before
    probe: Probe
    seen: Watched
    load: UnderWay | None

    @property
    def pids(self) -> list[int]:
        """The server's processes, at the moment."""
        return tree(self.server.process.pid)

    def into(self, trial: LoadTrial, folder: RunFolder, spent: Spent) -> LoadTrial:
        """Return the trial with all readings, those after the load included, once the generator has ended.

        Raise ServerFailedError if the server is gone; OSError from writing rows goes to the caller.
        """
        with spent.counted():
            wall_s = time.monotonic() - self.seen.begin_s
            closed = closed_first(self.server.port) - self.before.closed
            answers = self.probe.finish(PATIENCE_S)
        assert self.load is not None
        measured = self.load.read()
        load = _load_record(self.subject, measured, folder, trial.index)
        load = load.replace(generators=_with_use(measured.generators, self.seen), server_host=measured.server_host)
        if not self.server.reached_at.path:
            load = load.replace(closed_by_server=max(closed, 0))
        self.server.check_alive()
        with spent.counted():
            counters, after = usage(self.pids), memory(self.pids)
            queue = None if self.server.reached_at.path else accept_queue(self.server.port, self.before.overflows)
        from_s, to_s = measured.window
        return trial.replace(
            ready_s=self.server.ready_s,
            load_began_s=self.seen.begin_s - self.server.began_s,
            window_from_s=from_s,
            window_to_s=to_s,
            load=load.replace(wall_s=wall_s),
            cpu=_with_remote(self.seen.window(self.probe), measured.generators),
            answers=answers,
            idle=self.before.idle,
            idle_busy_share=self.before.idle_busy_share,
            loaded=self.seen.loaded,
            sidecars=self.seen.sidecars,
            after=after,
            server_threads=counters.threads,
            open_files=counters.open_files,
            accept_queue=queue,
            samples=self.seen.samples,
        )


def _with_use(generators: Sequence[GeneratorRecord], seen: Watched) -> list[GeneratorRecord]:
    """The records of several generators with what each used in the window, if that was read."""
    used = seen.of_generators() if generators else []
    return (
        [generator.replace(**use._asdict()) for generator, use in zip(generators, used, strict=True)]
        if used
        else list(generators)
    )


def _with_remote(cpu: CpuWindow | None, generators: Sequence[GeneratorRecord]) -> CpuWindow | None:
    """With what generators on other hosts used there."""
    remote = [generator.cpu_s or 0.0 for generator in generators if generator.host]
    return cpu.replace(generator_cpu_s=sum(remote)) if cpu and remote else cpu


def _load_record(subject: Subject, measured: Measured, folder: RunFolder, index: int) -> Load:
    """What the generators left behind; their rows go to the run's folder.

    Connections that it made beyond those that it was to keep are ones that the server closed: of Unix sockets the kernel keeps
    no table that says so.
    """
    report, rows_file, asked = measured.report, f"raw/{index:05d}.parquet", subject.asked
    rows = report.rows
    write_rows(rows, folder.path / rows_file)
    answered = answered_between(rows, *measured.window, asked.right)
    kinds = {
        kind: KindLoad(
            begun=report.begun[kind],
            statuses=count_statuses(rows.filter(pc.field("kind") == number)),
            right_statuses=asked.right[number],
            answered_in_window=answered[number],
        )
        for number, kind in enumerate(asked.kinds)
        if report.begun
    }
    return Load(
        wall_s=0.0,
        statuses=count_statuses(rows),
        errors=report.errors,
        rows_file=rows_file,
        rows=rows.num_rows,
        answered_in_window=sum(answered),
        right_statuses=asked.statuses,
        closed_by_server=None if report.connections is None else max(report.connections - subject.connections, 0),
        reported=report.reported,
        kinds=kinds,
    )
