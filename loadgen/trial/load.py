"""What a trial measures, and what ends it: the same for a trial alone and for the two of a pair."""

import contextlib
import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from loadgen.config.scenarios import LoadTiming
from loadgen.config.service import Contender
from loadgen.errors import Error
from loadgen.generator.generator import Generator
from loadgen.generator.request_file import RequestFiles
from loadgen.machine.cores import Cores
from loadgen.record.workload import Sending
from loadgen.system.accept_queue import accept_queue, overflows
from loadgen.system.process import ending, stop
from loadgen.task.task import LOADED, Asked
from loadgen.trial.sampler import Overdue
from loadgen.trial.server import HOST, Server

if TYPE_CHECKING:
    from loadgen.trial.generators import UnderWay

ENDED_AS_ASKED = (0, -signal.SIGTERM, 128 + signal.SIGTERM)
"""Exit codes after SIGTERM: a program without a handler ends by the signal, a Java virtual machine says so with 143."""


class Elsewhere(Protocol):
    """Generators on other hosts than the server's."""

    @property
    def host(self) -> str:
        """Return the address of this host at which they ask."""

    def under_way(self, subject: "Subject", server: Server, block: int) -> "contextlib.AbstractContextManager[UnderWay]":
        """Let all begin, and yield at their common start; they have ended when the block ends."""


@dataclass(frozen=True)
class Subject:
    """What a trial measures: a contender with its artefact, what it is `asked` on so many connections, on given cores.

    `seed` draws the requests, which `files` keeps prepared; about `expected_per_s` of them are sent.
    An open loop that is not to find a runtime still compiling begins after a closed one of `settle_s`. Where several generators
    put the load together, `generators` has the CPUs of each, or what puts it on other hosts.
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
    generators: Sequence[Sequence[int]] | Elsewhere = ()

    @property
    def window(self) -> tuple[float, float]:
        """The measured window, in seconds from the generator's start."""
        return self.timing.warm_up_s, self.timing.warm_up_s + self.timing.load_s

    @property
    def host(self) -> str:
        """The address at which the server is asked."""
        return HOST if isinstance(self.generators, Sequence) else self.generators.host

    def requests(self, block: int = LOADED) -> Path | None:
        """The prepared requests of a load, made now if they have not been; None where none are sent from here."""
        if not self.generator.takes_a_file or not isinstance(self.generators, Sequence):
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


@contextlib.contextmanager
def given_up_when_overdue(subject: Subject, server: Server) -> Iterator[None]:
    """Make TrialFailedError, which says what that means, of Overdue."""
    before = overflows()
    try:
        yield
    except Overdue as overdue:
        causes = "" if subject.rate_per_s is None else f", or cannot serve {subject.rate_per_s:,} requests/s"
        if (queue := accept_queue(server.port, before)) is not None and queue.turned_away:
            causes += f", or its accept queue is too short: {queue.turned_away:,} times there was no room among {queue.places}"
        raise TrialFailedError(
            f"{server.label}: requests were still unanswered {overdue.late_s:.0f} s after the load: "
            f"the server hangs, or the machine does{causes}"
        ) from overdue


def stopped(server: Server) -> int:
    """End the server; raise TrialFailedError unless it ends well within its grace."""
    code = stop(server.process)
    if code is None:
        raise TrialFailedError(f"{server.label}: the server did not end within 5 s of SIGTERM; expected exit code 0")
    if code not in ENDED_AS_ASKED:
        raise TrialFailedError(f"{server.label}: the server ended with {ending(code)} after SIGTERM; expected exit code 0")
    return code
