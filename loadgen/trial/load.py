"""What a trial measures and the load that it puts on it: the same for a trial alone and for the two of a pair."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loadgen.config.scenarios import LoadTiming
from loadgen.config.service import Contender
from loadgen.errors import Error
from loadgen.generator import generator as generators
from loadgen.generator.generator import Generator
from loadgen.generator.request_file import RequestFiles
from loadgen.machine.cores import Cores
from loadgen.machine.topology import usable_cores
from loadgen.record.workload import Sending
from loadgen.system.process import ending, spawn, stop, stopped_at_end
from loadgen.system.scratch import scratch_folder
from loadgen.task.task import LOADED, WARMING, Asked
from loadgen.trial.sampler import Overdue, check_not_overdue, sleeping_beside
from loadgen.trial.server import Server
from loadgen.trial.server_log import last_words

REPORT = "report.json"
ENDED_AS_ASKED = (0, -signal.SIGTERM, 128 + signal.SIGTERM)
"""Exit codes after SIGTERM: a program without a handler ends by the signal, a Java virtual machine says so with 143."""


@dataclass(frozen=True)
class Subject:
    """What a trial measures: a contender with its artefact, what it is `asked` on so many connections, on given cores.

    `seed` draws the requests, which `files` keeps prepared; about `expected_per_s` of them are sent.
    An open loop that is not to find a runtime still compiling begins after a closed one of `settle_s`.
    """

    contender: Contender
    artefact: Path
    asked: Asked
    connections: int
    timing: LoadTiming
    cores: Cores
    generator: Generator
    program: Path
    files: RequestFiles
    seed: int
    expected_per_s: float
    sending: Sending
    rate_per_s: int | None = None
    settle_s: float = 0.0

    @property
    def window(self) -> tuple[float, float]:
        """The measured window, in seconds from the generator's start."""
        return self.timing.warm_up_s, self.timing.warm_up_s + self.timing.load_s

    def requests(self, block: int = LOADED) -> Path | None:
        """The prepared requests of a load, made now if they have not been; None where the generator takes none."""
        if not self.generator.takes_a_file:
            return None
        return self.files.file(self.asked, self.seed, block, self.expected_per_s * self.window[1])


class TrialFailedError(Error):
    """The trial gave no measurement; the message says why in one line."""


@contextlib.contextmanager
def kept_to(cores: Sequence[int]) -> Iterator[None]:
    """Keep this program to the generator's cores for a while, so that sampling takes nothing from the server's."""
    before = os.sched_getaffinity(0)
    if cores:
        os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def start_generator(subject: Subject, server: Server, scratch: Path, block: int = LOADED) -> subprocess.Popen[bytes]:
    """The generator under way in `scratch`, where its report, rows and last words are going to be."""
    cores, (_, duration_s) = subject.cores, subject.window
    threads = len(cores.generator) or len(usable_cores())
    load = generators.Load(
        request=subject.asked.first.request,
        connections=subject.connections,
        duration_s=duration_s,
        origin=server.reached_at.origin,
        socket=server.reached_at.path,
        rate_per_s=subject.rate_per_s,
        requests=subject.requests(block),
        sending=subject.sending,
        threads=threads,
        own_cores=cores.apart,
    )
    with (scratch / REPORT).open("wb") as report, (scratch / "stderr").open("wb") as errors:
        return spawn(
            subject.generator.command(str(subject.program), load),
            cores=cores.generator,
            environment=subject.generator.environment(threads),
            stdout=report,
            stderr=errors,
            cwd=scratch,
        )


@contextlib.contextmanager
def given_up_when_overdue(subject: Subject, server: Server) -> Iterator[None]:
    """Make TrialFailedError, which says what that means, of Overdue."""
    try:
        yield
    except Overdue as overdue:
        slow = "" if subject.rate_per_s is None else f", or cannot serve {subject.rate_per_s:,} requests/s"
        raise TrialFailedError(
            f"{server.label}: requests were still unanswered {overdue.late_s:.0f} s after the load: "
            f"the server hangs, or the machine does{slow}"
        ) from overdue


def await_end(
    subject: Subject,
    server: Server,
    process: subprocess.Popen[bytes],
    scratch: Path,
    load_ends_s: float,
    last_answer_s: Callable[[], float],
) -> None:
    """Wait until the generator has all its answers; raise TrialFailedError if it fails, or the server died, or hangs.

    The load should end at `load_ends_s`; `last_answer_s` tells when the server answered somebody else last. Both are readings
    of time.monotonic().
    """
    with sleeping_beside(process) as sleep, given_up_when_overdue(subject, server):
        while process.poll() is None:
            server.check_alive()
            check_not_overdue(load_ends_s, last_answer_s())
            sleep(1.0)
    check_ended_well(subject.generator, process, scratch / "stderr")


def settle(subject: Subject, server: Server) -> None:
    """Put a closed loop on the server until it has settled, and drop what that measured.

    At a rate near its capacity a server that has not settled would serve a queue for as long as the load lasts.
    """
    if not subject.settle_s:
        return
    timing = subject.timing.replace(warm_up_s=0.0, load_s=subject.settle_s)
    closed = replace(subject, timing=timing, rate_per_s=None, settle_s=0.0)
    closed.requests(WARMING)
    with scratch_folder() as scratch, stopped_at_end(start_generator(closed, server, scratch, WARMING)) as generator:
        await_end(closed, server, generator, scratch, time.monotonic() + subject.settle_s, lambda: 0.0)


def check_ended_well(generator: Generator, process: subprocess.Popen[bytes], stderr: Path) -> None:
    """Raise TrialFailedError with its last words if the generator failed."""
    code = process.wait()
    if code != 0:
        words = last_words(stderr)
        elsewhere = f"; its rows go to {stderr.parent.parent}: TMPDIR names another folder"
        full = elsewhere if generator.is_out_of_space(words) else ""
        raise TrialFailedError(f"{generator.name} failed ({ending(code)}){words}{full}")


def stopped(server: Server) -> int:
    """End the server; raise TrialFailedError unless it ends well within its grace."""
    code = stop(server.process)
    if code is None:
        raise TrialFailedError(f"{server.label}: the server did not end within 5 s of SIGTERM; expected exit code 0")
    if code not in ENDED_AS_ASKED:
        raise TrialFailedError(f"{server.label}: the server ended with {ending(code)} after SIGTERM; expected exit code 0")
    return code
