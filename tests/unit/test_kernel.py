"""Readings from the kernel, checked against a second source for the same thing."""

import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from loadgen.system import worker
from loadgen.system.proc import (
    closed_first,
    core_times,
    cpu_time_s,
    listener_pids,
    memory,
    rss_bytes,
    schedstat_s,
    usage,
)
from loadgen.system.process import tree
from tests.patience import awaited

ME = os.getpid()


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


@contextmanager
def ended_child() -> Iterator[int]:
    script = """
import sys, threading, time
def burn():
    end = time.thread_time() + 0.2
    while time.thread_time() < end: pass
threading.Thread(target=burn).start()
while len(__import__("os").listdir("/proc/self/task")) > 1: time.sleep(0.01)
print(flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.kill()


def test_cpu_time_is_what_getrusage_says() -> None:
    burn(0.05)
    own = resource.getrusage(resource.RUSAGE_SELF)
    assert cpu_time_s([ME]) == pytest.approx(own.ru_utime + own.ru_stime, abs=0.05)


def test_cpu_time_keeps_what_ended_threads_used_and_schedstat_does_not() -> None:
    with ended_child() as pid:  # a process that waits after a thread of its own has worked for 0.2 s and ended
        assert cpu_time_s([pid]) >= 0.2
        assert schedstat_s(pid) <= cpu_time_s([pid]) - 0.2


def test_the_worker_of_a_cluster_keeps_what_its_ended_threads_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(worker.VARIABLE, raising=False)
    assert worker.worker_cpu_s() is None
    with ended_child() as pid:
        monkeypatch.setenv(worker.VARIABLE, str(pid))
        assert worker.worker_cpu_s() == pytest.approx(cpu_time_s([pid]), abs=0.1)
    monkeypatch.setenv(worker.VARIABLE, str(2**22 + 1))
    assert worker.worker_cpu_s() is None


def test_a_process_that_is_gone_counts_as_nothing() -> None:
    gone = 2**22 + 1  # above the largest pid_max
    assert cpu_time_s([gone]) == 0
    assert rss_bytes([gone]) == 0
    assert usage([gone]) == (0, 0, 0, 0, 0, 0, 0, 0)
    assert memory([gone]).peak_rss_bytes == 0


def test_memory_is_what_psutil_says() -> None:
    reading = memory([ME])
    expected = psutil.Process(ME).memory_full_info()
    assert reading.rss_bytes == pytest.approx(expected.rss, rel=0.05)
    assert reading.pss_bytes == pytest.approx(expected.pss, rel=0.05)
    assert reading.peak_rss_bytes >= reading.rss_bytes * 0.95


def test_usage_counts_threads_and_files() -> None:
    before = usage([ME])
    release = threading.Event()
    thread = threading.Thread(target=release.wait)
    thread.start()
    with socket.socket():
        now = usage([ME])
    release.set()
    thread.join()
    assert (now.threads - before.threads, now.open_files - before.open_files) == (1, 1)


def test_core_times_of_all_cores_are_what_psutil_says() -> None:
    cores = sorted(os.sched_getaffinity(0))
    times = psutil.cpu_times(percpu=True)
    expected = sum(times[core].user + times[core].nice + times[core].system for core in cores)
    assert core_times(cores).programs_s == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_a_listener_is_found_by_its_port(family: socket.AddressFamily) -> None:
    with socket.socket(family) as listening:
        try:
            listening.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        except OSError:
            pytest.skip("no IPv6 loopback here")
        port = listening.getsockname()[1]
        assert listener_pids(port, [ME]) == set()
        listening.listen()
        assert listener_pids(port, [ME, 1]) == {ME}


@pytest.mark.parametrize(("closes", "counted"), [("server", 1), ("client", 0)])
def test_only_connections_that_the_server_closed_first_are_counted(closes: str, counted: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        server, _ = listener.accept()
        assert closed_first(port) == 0
        first, second = (server, client) if closes == "server" else (client, server)
        first.close()
        assert second.recv(1) == b""
        second.close()
        assert closed_first(port) == counted


def test_a_tree_has_the_children_of_every_thread_and_theirs() -> None:
    script = """
import subprocess, sys, threading
grandchild = [sys.executable, "-c", "import subprocess, sys; subprocess.run(['sleep', '60'])"]
threading.Thread(target=lambda: subprocess.run(grandchild)).start()
print(flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            awaited(lambda: len(tree(process.pid)) >= 3, "a child and a grandchild")
            found = tree(process.pid)
            assert found[0] == process.pid
            assert set(found[1:]) == {child.pid for child in psutil.Process(process.pid).children(recursive=True)}
        finally:
            os.killpg(process.pid, 9)


def test_the_tree_of_a_process_that_is_gone_is_empty() -> None:
    assert tree(2**22 + 1) == []
