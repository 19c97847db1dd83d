"""The generators of a load: one, or several that share it out and begin together."""

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from loadgen.generator.generator import Generator, Load, Part, Report
from loadgen.generator.several import Measured, merged
from loadgen.machine.topology import usable_cores
from loadgen.system.proc import is_connected
from loadgen.system.process import ending, spawn, stopped_at_end
from loadgen.system.scratch import scratch_folder
from loadgen.task.task import LOADED, WARMING
from loadgen.trial.load import Subject, TrialFailedError, given_up_when_overdue
from loadgen.trial.sampler import Generating, Probe, check_not_overdue, sleeping_beside
from loadgen.trial.server import Server
from loadgen.trial.server_log import last_words

REPORT = "report.json"
ALONE = Part()
BEGINS_WITHIN_S = 5.0
"""A program that has made no connection until then never makes one, or so short ones that nobody sees them."""
LOOKED_EVERY_S = 0.001
LEAD_S = 0.3
"""From starting several to their common start: by then each has been loaded and has read its requests."""


@dataclass(frozen=True)
class Started:
    """A generator that was started in a folder of its own, at `began_s` by time.monotonic()."""

    part: Part
    cores: Sequence[int]
    process: subprocess.Popen[bytes]
    folder: Path
    began_s: float


class UnderWay(Generating, Protocol):
    """The generators of a load, wherever they are."""

    @property
    def subject(self) -> Subject:
        """Return what they ask of a server."""

    @property
    def probe(self) -> Probe | None:
        """Return the probe client, where one of them brings its own."""

    def check_ended_well(self) -> None:
        """Raise TrialFailedError, which says why, if one failed."""

    def read(self) -> Measured:
        """Return what they measured together, once all have ended; raise TrialFailedError if at no time all of them ran."""


@dataclass(frozen=True)
class UnderWayHere:
    """Generators on this machine; their common start is at `begin_s` by time.monotonic()."""

    subject: Subject
    each: Sequence[Started]
    begin_s: float
    probe: Probe | None = None

    def is_over(self) -> bool:
        """Return whether all have ended."""
        return all(started.process.poll() is not None for started in self.each)

    @property
    def processes(self) -> list[subprocess.Popen[bytes]]:
        """The processes of all."""
        return [started.process for started in self.each]

    @property
    def own_cores(self) -> list[Sequence[int]]:
        """The CPUs of each of several; nothing where there is one, or none has any of its own."""
        return [started.cores for started in self.each] if len(self.each) > 1 and self.subject.cores.apart else []

    def check_ended_well(self) -> None:
        """Raise TrialFailedError with its last words if one failed."""
        for started in self.each:
            name = (
                self.subject.generator.name if len(self.each) == 1 else f"{started.part.label}: {self.subject.generator.name}"
            )
            _check_ended_well(self.subject.generator, name, started.process, started.folder / "stderr")

    def read(self) -> Measured:
        """Return what they measured together, once all have ended; raise TrialFailedError if at no time all of them ran."""
        reports = [self.subject.generator.read(started.folder, started.folder / REPORT) for started in self.each]
        if len(self.each) == 1:
            return Measured(reports[0], self.subject.window)
        return self._merged(reports)

    def _merged(self, reports: Sequence[Report]) -> Measured:
        started = {
            started.part.label: (report.began_s or started.began_s) - self.begin_s
            for started, report in zip(self.each, reports, strict=True)
        }
        measured = checked_window(merged(dict(zip(started, reports, strict=True)), started, self.subject.window), started)
        records = [
            record.replace(connections=started.part.share(self.subject.connections), cores=list(started.cores))
            for record, started in zip(measured.generators, self.each, strict=True)
        ]
        return measured._replace(generators=records)


def checked_window(found: Measured, started_s: Mapping[str, float]) -> Measured:
    """Return what several generators measured; raise TrialFailedError if at no time all of them ran."""
    if found.window[0] >= found.window[1]:
        when = ", ".join(f"{label} after {began_s:.1f} s" for label, began_s in started_s.items())
        raise TrialFailedError(f"generators began too far apart: {when}; at no time of the measured load all of them ran")
    return found


def start_generator(
    subject: Subject, server: Server, folder: Path, block: int, part: Part = ALONE, cores: Sequence[int] | None = None
) -> subprocess.Popen[bytes]:
    """Start one in `folder`, where its report, rows and last words are going to be; on the `cores`, by default all of the
    generator's.
    """
    own = subject.cores.generator if cores is None else cores
    threads = len(own) or max(1, len(usable_cores()) // part.of)
    load = Load(
        request=subject.asked.first.request,
        connections=subject.connections,
        duration_s=subject.window[1],
        origin=server.reached_at.origin,
        socket=server.reached_at.path,
        rate_per_s=subject.rate_per_s,
        requests=subject.requests(block),
        sending=subject.sending,
        threads=threads,
        own_cores=subject.cores.apart,
        part=part,
    )
    with (folder / REPORT).open("wb") as report, (folder / "stderr").open("wb") as errors:
        return spawn(
            subject.generator.command(str(subject.program), load),
            cores=own,
            environment=subject.generator.environment(threads),
            stdout=report,
            stderr=errors,
            cwd=folder,
        )


@contextlib.contextmanager
def under_way(subject: Subject, server: Server, block: int = LOADED) -> Iterator[UnderWay]:
    """Start all generators of a load, and yield them at their common start; they have ended when the block ends."""
    with contextlib.ExitStack() as stack:
        if not isinstance(subject.generators, Sequence):
            yield stack.enter_context(subject.generators.under_way(subject, server, block))
            return
        if len(subject.generators) > 1:
            yield _several(stack, subject, subject.generators, server, block)
            return
        folder = stack.enter_context(scratch_folder())
        process = stack.enter_context(stopped_at_end(start_generator(subject, server, folder, block)))
        began_s = time.monotonic()
        yield UnderWayHere(subject, [Started(ALONE, subject.cores.generator, process, folder, began_s)], began_s)


def _several(
    stack: contextlib.ExitStack, subject: Subject, cores_of: Sequence[Sequence[int]], server: Server, block: int
) -> UnderWayHere:
    """One that waits for the common start is told it. Of others each is started when its first request is due, and has begun
    when it makes its first connection: they differ by what starting a program takes, some milliseconds.
    """
    count, rate = len(cores_of), subject.rate_per_s
    if rate is not None and rate < count:
        raise TrialFailedError(f"a rate of {rate} requests/s cannot be shared out to {count} generators")
    subject.requests(block)
    begin_s, each = time.monotonic() + LEAD_S, []
    for number, cores in enumerate(cores_of):
        part = Part(number, count, round(begin_s * 1e9))
        if not subject.generator.waits_to_start:
            time.sleep(max(0.0, begin_s + (number / rate if rate else 0.0) - time.monotonic()))
        folder = stack.enter_context(scratch_folder())
        process = stack.enter_context(stopped_at_end(start_generator(subject, server, folder, block, part, cores)))
        each.append(Started(part, cores, process, folder, time.monotonic()))
    time.sleep(max(0.0, begin_s - time.monotonic()))
    return UnderWayHere(subject, each if subject.generator.waits_to_start else _begun(each, server.port), begin_s)


def _begun(generators: Sequence[Started], port: int) -> list[Started]:
    """The same with the times of their first connections, or of the start for one that makes none soon."""
    started, until_s = dict(enumerate(generators)), time.monotonic() + BEGINS_WITHIN_S
    waited_for = set(started)
    while waited_for and time.monotonic() < until_s:
        for number in sorted(waited_for):
            if started[number].process.poll() is not None:
                waited_for.remove(number)
            elif is_connected(started[number].process.pid, port):
                started[number] = replace(started[number], began_s=time.monotonic())
                waited_for.remove(number)
        time.sleep(LOOKED_EVERY_S)
    return list(started.values())


def await_end(server: Server, load: UnderWay, load_s: float, last_answer_s: Callable[[], float]) -> None:
    """Wait until the generators have all their answers; raise TrialFailedError if one fails, or the server died, or hangs.

    The load should last for `load_s`; `last_answer_s` tells when the server answered somebody else last, by time.monotonic().
    """
    with sleeping_beside(load.processes) as sleep, given_up_when_overdue(load.subject, server):
        while not load.is_over():
            server.check_alive()
            check_not_overdue(load.begin_s + load_s, last_answer_s())
            sleep(1.0)
    load.check_ended_well()


def settle(subject: Subject, server: Server) -> None:
    """Put a closed loop on the server until it has settled, and drop what that measured.

    At a rate near its capacity a server that has not settled would serve a queue for as long as the load lasts.
    """
    if not subject.settle_s:
        return
    timing = subject.timing.replace(warm_up_s=0.0, load_s=subject.settle_s)
    closed = replace(subject, timing=timing, rate_per_s=None, settle_s=0.0)
    closed.requests(WARMING)
    with under_way(closed, server, WARMING) as load:
        await_end(server, load, subject.settle_s, lambda: 0.0)


def _check_ended_well(generator: Generator, name: str, process: subprocess.Popen[bytes], stderr: Path) -> None:
    code = process.wait()
    if code != 0:
        words = last_words(stderr)
        elsewhere = f"; its rows go to {stderr.parent.parent}: TMPDIR names another folder"
        full = elsewhere if generator.is_out_of_space(words) else ""
        raise TrialFailedError(f"{name} failed ({ending(code)}){words}{full}")
