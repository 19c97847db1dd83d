"""The rules of "Starting and stopping": flags, the line that says where it listens, signals."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable

import pytest

from loadgen.conformance.exchange import Exchange
from loadgen.conformance.response import Response
from loadgen.machine.topology import read_topology
from loadgen.system.proc import cpu_time_s
from loadgen.system.process import tree
from loadgen.task.prime.expectation import calculated
from loadgen.task.prime.request import calculate, get
from tests.conformance.program import Program, Running
from tests.patience import PATIENCE_S
from tests.unit.asked import SCALE

EXITS_WITHIN_S = 5.0
PROBE_N, LONG_NS = 20_000, (50_000, 100_000, 200_000)
LONG_S = 1.5
"""A calculation that is interrupted takes less, so that it ends within the grace of a service, however slow the machine is."""


def _assert_one_line(result: subprocess.CompletedProcess[str], code: int) -> None:
    assert (result.returncode, result.stdout) == (code, "")
    assert re.fullmatch(r"[^\n]+\n", result.stderr), f"not one line: {result.stderr!r}"


def test_help(program: Program) -> None:
    result = program.run("--help")
    assert (result.returncode, result.stderr) == (0, "")
    for flag in ("--host", "--port", "--threads", "--max-n"):
        assert flag in result.stdout


@pytest.mark.parametrize(
    "flags",
    [
        ("--no-such-flag",),
        ("--no-such-flag", "1"),
        ("-x",),
        ("argument",),
        ("--port",),
        ("--port", ""),
        ("--port", "http"),
        ("--port", "-1"),
        ("--port", "65536"),
        ("--port", "8080.5"),
        ("--port", "18446744073709551616"),
        ("--threads",),
        ("--threads", "0"),
        ("--threads", "-1"),
        ("--threads", "1025"),
        ("--threads", "two"),
        ("--max-n",),
        ("--max-n", "0"),
        ("--max-n", "-5"),
        ("--max-n", "10000001"),
        ("--max-n", "1e4"),
        ("--max-n", "18446744073709551617"),
        ("--host",),
        ("--host", ""),
        ("--host", "256.0.0.1"),
        ("--host", "no such host"),
    ],
    ids=lambda flags: "_".join(flag or "empty" for flag in flags),
)
def test_bad_flags(program: Program, flags: tuple[str, ...]) -> None:
    _assert_one_line(program.run(*flags), code=2)


def test_address_in_use(program: Program) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        _assert_one_line(program.run("--port", str(taken.getsockname()[1])), code=1)


def test_two_of_the_same_service_do_not_share_a_port(program: Program) -> None:
    # SO_REUSEPORT would let the second one take half of the first one's connections.
    with program.serving("--port", "0") as first:
        _assert_one_line(program.run("--port", str(first.address[1])), code=1)


def test_address_of_another_machine(program: Program) -> None:
    # 192.0.2.0/24 is for documentation (RFC 5737): nobody has it.
    _assert_one_line(program.run("--host", "192.0.2.1", "--port", "0"), code=1)


def test_port_0_prints_the_real_port(program: Program) -> None:
    with program.serving("--port", "0") as running:
        assert running.address[0] == "127.0.0.1"
        assert _get_health(running.address).status == 200


def test_flags_show_in_the_line(program: Program) -> None:
    with program.serving("--port", "0", "--threads", "3", "--max-n", "4321") as running:
        assert (running.listening["threads"], running.listening["max_n"]) == ("3", "4321")


def test_defaults(program: Program) -> None:
    cores = sorted(os.sched_getaffinity(0))
    quota = read_topology().quota_cores
    least = len(cores) if quota is None else max(1, int(quota))  # some runtimes count a quota of CPU time
    for chosen in (cores, cores[:1]):
        with program.serving("--port", "0", cores=chosen) as running:
            assert int(running.listening["threads"]) in {len(chosen), min(len(chosen), least)}
            assert running.listening["max_n"] == "100000"


def test_max_n_is_obeyed(program: Program) -> None:
    with program.serving("--port", "0", "--max-n", "10") as running, Exchange(running.address, PATIENCE_S) as exchange:
        statuses = []
        for n in (10, 11):
            exchange.send(calculate(n))
            statuses.append(exchange.receive("POST").status)
        assert statuses == [200, 422]


def test_ipv6(program: Program) -> None:
    if not _has_ipv6_loopback():
        pytest.skip("this machine has no IPv6 loopback address")
    with program.serving("--host", "::1", "--port", "0") as running:
        assert running.listening["host"] == "[::1]"
        assert _get_health(running.address).status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_when_idle(program: Program, number: signal.Signals) -> None:
    with program.serving("--port", "0") as running:
        running.process.send_signal(number)
        _assert_exits(running, EXITS_WITHIN_S)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_answers_what_is_in_flight(program: Program, number: signal.Signals) -> None:
    with program.serving("--port", "0", "--max-n", str(max(LONG_NS))) as running:
        with Exchange(running.address, PATIENCE_S) as exchange:
            exchange.send(calculate(PROBE_N))
            n = _long_n(exchange.receive("POST").latency_ns / 1e9)
            exchange.send(calculate(n))
            _await_work(running.process, lambda: not exchange.stays_open(0.01))
            running.process.send_signal(number)
            answer = exchange.receive("POST")
            assert calculated(n)(answer) is None
        _assert_exits(running, EXITS_WITHIN_S)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_closes_idle_connections_at_once(program: Program, number: signal.Signals) -> None:
    with program.serving("--port", "0") as running, Exchange(running.address, PATIENCE_S) as exchange:
        exchange.send(get())
        assert exchange.receive("GET").status == 200
        running.process.send_signal(number)
        assert exchange.closes_next(EXITS_WITHIN_S)
        _assert_exits(running, EXITS_WITHIN_S)


@pytest.mark.parametrize("unfinished", [get()[:-2], calculate(10)[:-3]], ids=["in-the-header", "in-the-body"])
def test_signal_does_not_wait_for_stalled_clients(program: Program, unfinished: bytes) -> None:
    with program.serving("--port", "0") as running, Exchange(running.address, PATIENCE_S) as exchange:
        # The first answer shows that the service holds the connection, not only the kernel's queue.
        exchange.send(get())
        assert exchange.receive("GET").status == 200
        exchange.send(unfinished)
        running.process.send_signal(signal.SIGTERM)
        _assert_exits(running, EXITS_WITHIN_S)


def _assert_exits(running: Running, within_s: float) -> None:
    """Exit code 0 in time, and nothing on standard output but the first line."""
    assert running.process.wait(within_s) == 0
    assert running.process.stdout is not None
    assert running.process.stdout.read() == b""


def _long_n(probe_s: float) -> int:
    """Return the largest n that takes less than LONG_S where PROBE_N takes `probe_s`; the smallest if none does."""
    a_unit_s = probe_s / SCALE.amount(PROBE_N)
    return max((n for n in LONG_NS if SCALE.amount(n) * a_unit_s < LONG_S), default=min(LONG_NS))


def _await_work(process: subprocess.Popen[bytes], ended: Callable[[], bool]) -> None:
    """Until the process and its children have used 30 ms of CPU time more: one of them calculates."""
    enough_s = _used_s(process) + 0.03
    deadline = time.monotonic() + PATIENCE_S
    while _used_s(process) < enough_s:
        assert not ended(), "the service closed the connection instead of calculating"
        assert time.monotonic() < deadline, "no calculation seen: n is too small for this test"


def _used_s(process: subprocess.Popen[bytes]) -> float:
    return cpu_time_s(tree(process.pid))


def _get_health(address: tuple[str, int]) -> Response:
    with Exchange(address, PATIENCE_S) as exchange:
        exchange.send(get())
        return exchange.receive("GET")


def _has_ipv6_loopback() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
        return True
