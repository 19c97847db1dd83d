"""What a generator's host does with its part of a load, in threads of one process, against a server of which all is known."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from loadgen.config.scenarios import GeneratorName
from loadgen.errors import Error
from loadgen.generator.request_file import RequestFiles
from loadgen.generator.several import merged
from loadgen.record.workload import Sending
from loadgen.remote import generator_host
from loadgen.remote.clock import Clock, clock_server, read_clock
from loadgen.remote.generator_host import get_ready
from loadgen.remote.host_readings import NetworkCounters, host_readings, interface_of, network_counters
from loadgen.remote.order import LoadOrder, PartDone, Requests
from loadgen.system.connect import Address
from loadgen.task.task import LOADED
from tests.serving import Server, serving
from tests.unit.asked import asked

WINDOW = (0.1, 0.4)
BODY = b'{"n": 10, "prime": 29, "duration": "1us"}'


async def right(_server: Server, _head: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY))


def order_for(server: Server, clock: tuple[str, int], generator: GeneratorName = "native") -> LoadOrder:
    return LoadOrder(
        label="bellows",
        number=0,
        of=2,
        generator=generator,
        requests=Requests(asked(10), 1, LOADED, 100.0),
        address=Address("127.0.0.1", server.port),
        connections=5,
        rate_per_s=201,
        sending=Sending(),
        window=WINDOW,
        clock=clock,
        begin_s=time.monotonic(),
    )


@pytest.fixture(autouse=True)
def _no_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = RequestFiles(tmp_path)
    monkeypatch.setattr(generator_host, "files_of_worker", lambda: files)


def test_two_hosts_put_one_load_between_them() -> None:
    with serving(right) as server, clock_server("127.0.0.1") as place:
        first = order_for(server, place)
        get_ready(first.generator, first.connections, first.requests)
        first = replace(first, begin_s=time.monotonic())
        orders = [first, replace(first, label="hammer", number=1)]
        with ThreadPoolExecutor(2) as pool:
            done: list[PartDone] = list(pool.map(lambda value: generator_host._put(value, read_clock(place)), orders))
    started = {part.record.label: part.record.started_s for part in done}
    found = merged({part.record.label: part.report for part in done}, started, WINDOW)
    assert found.report.rows.num_rows == round(201 * 0.4) == len(server.requests)
    assert [part.record.rows for part in done] == [40, 40]
    assert [part.record.connections for part in done] == [3, 2]
    for part in done:
        assert part.record.host is not None
        assert part.record.host.connect_ms is not None
        assert part.record.started_s >= -part.record.host.start_uncertainty_s - 1e-6
        assert part.record.cores
        assert part.probed is None
    if max(started.values()) < 1e-3:  # one that was late is due later
        due = sorted(found.report.rows["intended_s"].to_pylist())
        assert due == pytest.approx([number / 201 for number in range(80)], abs=2e-3)


def test_one_of_the_hosts_probes() -> None:
    with serving(right) as server, clock_server("127.0.0.1") as place:
        order = replace(order_for(server, place), rate_per_s=None, probes=True, window=(0.1, 1.0))
        done = generator_host._put(order, read_clock(place))
    assert done.probed is not None
    assert done.probed.answers.checked > 0
    assert done.probed.answers.wrong == []
    assert done.probed.ended_s


@pytest.mark.parametrize("generator", ["native", "oha"])
def test_a_server_that_hangs_is_given_up(generator: GeneratorName, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(_server: Server, _head: bytes, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr("loadgen.trial.sampler.HANGS_AFTER_S", 0.3)
    with serving(silent) as server, clock_server("127.0.0.1") as place:
        order = replace(order_for(server, place, generator), rate_per_s=None)
        with pytest.raises(
            Error, match=r"^requests were still unanswered \d s after the load: the server hangs, or a host does$"
        ):
            generator_host._put(order, read_clock(place))


def test_a_generator_that_fails_says_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "load"
    program.write_text("#!/bin/sh\necho no good >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PRIMEBENCH_NATIVE", str(program))
    with serving(right) as server, clock_server("127.0.0.1") as place:
        order = order_for(server, place)
        with pytest.raises(Error, match=r"^native \w+ failed \(exit code 3\).*no good"):
            generator_host._put(order, read_clock(place))


def test_a_clock_is_told_within_its_own_uncertainty() -> None:
    with clock_server("127.0.0.1") as place:
        found = read_clock(place)
    assert abs(found.ahead_s) <= found.uncertainty_s  # it is the same clock
    assert found.connect_ms > 0
    assert interface_of(found.here) == "lo"
    with pytest.raises(ConnectionRefusedError):
        read_clock(place)


def test_the_quickest_reading_of_a_clock_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter([(0.0, 7.0, 2.0), (10.0, 15.25, 10.5), (20.0, 26.0, 21.0)])
    monkeypatch.setattr("loadgen.remote.clock.READINGS", 3)
    monkeypatch.setattr("loadgen.remote.clock._reading", lambda _connection: next(readings))
    with clock_server("127.0.0.1") as place:
        found = read_clock(place)
    assert (found.ahead_s, found.uncertainty_s) == (5.0, 0.25)
    assert isinstance(found, Clock)


def test_what_a_host_reads_is_what_changed() -> None:
    before = NetworkCounters(10.0, 1000.0, 5, 6, 100, 1)
    after = NetworkCounters(12.0, 1004.0, 1_005, 506, 300, 4)
    found = host_readings(None, before, after)
    assert (found.seconds, found.clock_moved_s, found.link_mbit_per_s) == (2.0, 2.0, None)
    assert (found.received_bytes, found.sent_bytes, found.segments_sent, found.segments_retransmitted) == (1_000, 500, 200, 3)
    assert network_counters("lo").segments_sent >= 0
    assert network_counters("none").received_bytes == 0
