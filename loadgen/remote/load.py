"""A load that generators on other hosts put, seen from the server's host."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.generator.choice import GENERATORS
from loadgen.generator.several import Measured, merged
from loadgen.record.generators import HostReadings
from loadgen.record.trial import Answers
from loadgen.remote.calls import Calls
from loadgen.remote.clock import clock_server
from loadgen.remote.generator_host import get_ready, put_part
from loadgen.remote.host_readings import NetworkCounters, host_readings, interface_of, network_counters
from loadgen.remote.order import LoadOrder, PartDone, Probed, Requests
from loadgen.trial.generators import checked_window
from loadgen.trial.load import Subject, TrialFailedError
from loadgen.trial.server import Server

if TYPE_CHECKING:
    from subprocess import Popen

LEAD_S = 1.5
"""From the calls to the common start: hosts are told, read the clock, and start their programs within it."""


@dataclass(frozen=True)
class GeneratorHosts:
    """The hosts of generators by name; `host` is the address of this one at which they ask."""

    host: str
    names: Sequence[str]
    calls: Calls

    @contextlib.contextmanager
    def under_way(self, subject: Subject, server: Server, block: int) -> Iterator["RemoteLoad"]:
        """Let all begin, and yield at their common start; raise TrialFailedError if one cannot."""
        kind = next(name for name, generator in GENERATORS.items() if generator is subject.generator)
        requests = Requests(subject.asked, subject.seed, block, subject.expected_per_s * subject.window[1])
        if subject.rate_per_s is not None and subject.rate_per_s < len(self.names):
            raise TrialFailedError(
                f"a rate of {subject.rate_per_s} requests/s cannot be shared out to {counted(len(self.names), 'host')}"
            )
        try:
            self.calls.call(get_ready, dict.fromkeys(self.names, (kind, subject.connections, requests)))
            with clock_server(self.host) as clock:
                begin_s = time.monotonic() + LEAD_S
                first = LoadOrder(
                    label="",
                    number=0,
                    of=len(self.names),
                    generator=kind,
                    requests=requests,
                    address=server.reached_at,
                    connections=subject.connections,
                    rate_per_s=subject.rate_per_s,
                    sending=subject.sending,
                    window=subject.window,
                    clock=clock,
                    begin_s=begin_s,
                )
                orders = {
                    name: (replace(first, label=name, number=number, probes=number == 0),)
                    for number, name in enumerate(self.names)
                }
                interface = interface_of(self.host)
                before = network_counters(interface)
                self.calls.begin(put_part, orders)
                time.sleep(max(0.0, begin_s - time.monotonic()))
        except Error as error:
            raise TrialFailedError(str(error)) from error
        load = RemoteLoad(subject, begin_s, self.calls, interface, before)
        try:
            yield load
        finally:
            load.let_end()


@dataclass
class RemoteLoad:
    """Generators of other hosts under way; their common start is at `begin_s` by time.monotonic()."""

    subject: Subject
    begin_s: float
    calls: Calls
    interface: str | None
    before: NetworkCounters
    processes: Sequence["Popen[bytes]"] = ()
    own_cores: Sequence[Sequence[int]] = ()
    _parts: dict[str, PartDone] = field(default_factory=dict)
    _collected: bool = False
    _server_host: HostReadings | None = None

    def is_over(self) -> bool:
        """Return whether the time of the load is over: nobody says a word before."""
        return time.monotonic() >= self.begin_s + self.subject.window[1]

    def check_ended_well(self) -> None:
        """Wait for all parts; raise TrialFailedError with the host's name if one failed."""
        if self._collected:
            return
        self._collected = True
        try:
            self._parts = self.calls.collect()
        except Error as error:
            raise TrialFailedError(str(error)) from error
        self._server_host = host_readings(self.interface, self.before, network_counters(self.interface))

    def let_end(self) -> None:
        """Wait for what is still under way, whatever becomes of it."""
        if not self._collected:
            with contextlib.suppress(TrialFailedError):
                self.check_ended_well()

    def read(self) -> Measured:
        """Return what they measured together; raise TrialFailedError if at no time all of them ran."""
        started = {name: part.record.started_s for name, part in self._parts.items()}
        reports = {name: part.report for name, part in self._parts.items()}
        measured = checked_window(merged(reports, started, self.subject.window), started)
        ended = {generator.label: generator.ended_s for generator in measured.generators}
        records = [
            part.record.replace(ended_s=ended[name], reported=part.report.reported) for name, part in self._parts.items()
        ]
        return measured._replace(generators=records, server_host=self._server_host)

    @property
    def probe(self) -> "RemoteProbe":
        """Return what the probe client on one of the hosts saw."""
        (probed,) = [part.probed for part in self._parts.values() if part.probed is not None]
        return RemoteProbe(self.begin_s, probed)


@dataclass(frozen=True)
class RemoteProbe:
    """A probe client on another host, seen once it has ended."""

    begin_s: float
    probed: Probed

    def answered_between(self, from_s: float, to_s: float) -> int:
        """How many answers came between two readings of time.monotonic() here."""
        return sum(from_s <= self.begin_s + ended_s < to_s for ended_s in self.probed.ended_s)

    def last_answer_s(self) -> float:
        """When the last answer came, by time.monotonic() here."""
        return self.begin_s + max(self.probed.ended_s, default=-self.begin_s)

    def finish(self, _patience_s: float) -> Answers:
        """Return what it saw."""
        return self.probed.answers
