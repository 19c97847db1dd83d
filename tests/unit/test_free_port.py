"""A service gets a port that no connection of a load can take before it listens there."""

import socket
from pathlib import Path

import pytest

from loadgen.system import connect
from loadgen.trial.server import HOST

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_it_is_none_that_outgoing_connections_get() -> None:
    first = int(RANGE.read_text().split()[0])
    assert all(10_000 <= connect.free_port(HOST) < max(first, 10_001) for _ in range(50))


def test_where_all_of_these_are_taken_it_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(connect, "_FIRST_PORT", port)
        monkeypatch.setattr(connect, "_first_outgoing", lambda: port + 1)
        assert connect.free_port(HOST) != port


def test_no_other_process_gets_it_before_the_service_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    port = connect.free_port(HOST)
    monkeypatch.setattr(connect, "_FIRST_PORT", port)
    monkeypatch.setattr(connect, "_first_outgoing", lambda: port + 1)
    assert connect.free_port(HOST) != port
