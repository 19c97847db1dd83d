"""What a generator's host does, called in a thread of its worker: get ready, and put its part of a load."""

import contextlib
import functools
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from loadgen.config.scenarios import GeneratorName
from loadgen.errors import Error
from loadgen.generator.choice import GENERATORS
from loadgen.generator.generator import Load, Part
from loadgen.generator.request_file import RequestFiles
from loadgen.machine.machine import read_machine
from loadgen.machine.topology import usable_cores
from loadgen.record.generators import GeneratorRecord
from loadgen.record.machine import Machine
from loadgen.remote.clock import Clock, read_clock
from loadgen.remote.host_readings import host_readings, interface_of, network_counters
from loadgen.remote.order import LoadOrder, PartDone, Probed, Requests
from loadgen.system.limits import allow_connections
from loadgen.system.proc import core_times, cpu_time_s, is_connected
from loadgen.system.process import ending, spawn, stopped_at_end
from loadgen.system.scratch import scratch_folder
from loadgen.trial.generators import BEGINS_WITHIN_S, LOOKED_EVERY_S, REPORT
from loadgen.trial.probe import ProbeClient
from loadgen.trial.sampler import SAMPLE_EVERY_S, Overdue, check_not_overdue, sleeping_beside
from loadgen.trial.server_log import last_words

if TYPE_CHECKING:
    import subprocess

PATIENCE_S = 15.0
_FILES = threading.Lock()


@functools.cache
def files_of_worker() -> RequestFiles:
    """Return the prepared requests of this worker, which are gone when it is."""
    from distributed import get_worker

    folder = Path(get_worker().local_directory) / "requests"
    folder.mkdir(exist_ok=True)
    return RequestFiles(folder)


def machine_here() -> Machine:
    """Return this host's machine."""
    return read_machine()


def get_ready(generator: GeneratorName, connections: int, requests: Requests) -> None:
    """Find the program and prepare the requests; raise Error for what keeps the host from sending them."""
    GENERATORS[generator].find(lambda _line: None)
    allow_connections(connections)
    _request_file(generator, requests)


def _request_file(generator: GeneratorName, requests: Requests) -> Path | None:
    if not GENERATORS[generator].takes_a_file:
        return None
    with _FILES:
        return files_of_worker().file(*requests)


def put_part(order: LoadOrder) -> PartDone:
    """Put this host's part of a load, from the common start to the last response; raise Error if that fails."""
    from distributed import get_worker

    from loadgen.cluster.quiet import silenced

    try:
        clock = read_clock(order.clock)
    except OSError as error:
        raise Error(f"the server's host did not tell its clock at {order.clock[0]}:{order.clock[1]}: {error}") from error
    with silenced(get_worker()):
        return _put(order, clock)


def _put(order: LoadOrder, clock: Clock) -> PartDone:
    begin_s, interface = order.begin_s - clock.ahead_s, interface_of(clock.here)
    generator, cores = GENERATORS[order.generator], usable_cores()
    part = Part(order.number, order.of, round(begin_s * 1e9))
    load = Load(
        request=order.requests.asked.first.request,
        connections=order.connections,
        duration_s=order.window[1],
        origin=order.address.origin,
        rate_per_s=order.rate_per_s,
        requests=_request_file(order.generator, order.requests),
        sending=order.sending,
        threads=len(cores),
        own_cores=True,
        part=part,
    )
    with scratch_folder() as folder, _probing(order) as probe:
        before = network_counters(interface)
        if not generator.waits_to_start:
            phase_s = order.number / order.rate_per_s if order.rate_per_s else 0.0
            time.sleep(max(0.0, begin_s + phase_s - time.monotonic()))
        with (folder / REPORT).open("wb") as report, (folder / "stderr").open("wb") as errors:
            process = spawn(
                generator.command(str(generator.find(lambda _line: None)), load),
                environment=generator.environment(len(cores)),
                stdout=report,
                stderr=errors,
                cwd=folder,
            )
        with stopped_at_end(process):
            began_s = time.monotonic() if generator.waits_to_start else _begun(process, order.address.port)
            used = _watched(order, process, begin_s, probe)
        if process.returncode != 0:
            raise Error(f"{generator.name} failed ({ending(process.returncode)}){last_words(folder / 'stderr')}")
        readings = host_readings(interface, before, network_counters(interface))
        generator_report = generator.read(folder, folder / REPORT)
        started_s = (generator_report.began_s or began_s) - begin_s
        record = GeneratorRecord(
            label=order.label,
            connections=part.share(order.connections),
            cores=cores,
            started_s=started_s,
            ended_s=started_s,
            rows=generator_report.rows.num_rows,
            host=readings.replace(connect_ms=clock.connect_ms, start_uncertainty_s=clock.uncertainty_s),
        ).replace(**used)
        return PartDone(generator_report, record, None if probe is None else _probed(probe, begin_s))


@contextlib.contextmanager
def _probing(order: LoadOrder) -> Iterator[ProbeClient | None]:
    if not order.probes:
        yield None
        return
    asked, seed = order.requests.asked, order.requests.seed
    with ProbeClient(order.address, asked, seed, keep_alive=order.sending.keep_alive) as probe:
        yield probe


def _probed(probe: ProbeClient, begin_s: float) -> Probed:
    answers = probe.finish(PATIENCE_S)
    return Probed(answers, [ended_s - begin_s for ended_s in probe.finished()])


def _begun(process: "subprocess.Popen[bytes]", port: int) -> float:
    """When it made its first connection; the present if it makes none soon."""
    until_s = time.monotonic() + BEGINS_WITHIN_S
    while process.poll() is None and time.monotonic() < until_s and not is_connected(process.pid, port):
        time.sleep(LOOKED_EVERY_S)
    return time.monotonic()


def _watched(
    order: LoadOrder, process: "subprocess.Popen[bytes]", begin_s: float, probe: ProbeClient | None
) -> dict[str, float | None]:
    """Wait for its end, and return what it used between two readings near the edges of the window; nothing without both."""
    edges = [order.window[0], order.window[1] - SAMPLE_EVERY_S / 2]
    read: list[tuple[float, float, float | None]] = []
    with sleeping_beside([process]) as sleep:
        while process.poll() is None:
            now_s = time.monotonic() - begin_s
            try:
                check_not_overdue(begin_s + order.window[1], probe.last_answer_s() if probe else 0.0)
            except Overdue as overdue:
                raise Error(
                    f"requests were still unanswered {overdue.late_s:.0f} s after the load: the server hangs, or a host does"
                ) from overdue
            if len(read) < len(edges) and now_s >= edges[len(read)]:
                read.append((time.monotonic(), cpu_time_s([process.pid]), core_times(usable_cores()).idle_s))
                continue
            sleep(edges[len(read)] - now_s if len(read) < len(edges) else 1.0)
    if len(read) < len(edges):
        return {}
    (from_s, cpu_s, idle_s), (to_s, cpu_later_s, idle_later_s) = read
    idle = None if idle_s is None or idle_later_s is None else idle_later_s - idle_s
    return {"read_s": to_s - from_s, "cpu_s": cpu_later_s - cpu_s, "cores_idle_s": idle}
