"""The native generator against servers of which all is known: what it sends, what it reads, and which latencies it must see.

No latency is asserted from above: a busy machine makes everything later. results/validation/native.md has those figures.
"""

import asyncio
import json
import os
import ssl
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from loadgen.errors import Error
from loadgen.generator.choice import GENERATORS
from loadgen.generator.generator import Load, Part, Report
from loadgen.generator.native import Native
from loadgen.generator.request_file import write_request_file
from loadgen.record.workload import Sending
from loadgen.task.http.task import read_task
from loadgen.task.task import LOADED, Asked
from tests.patience import PATIENCE_S
from tests.serving import Server, serving
from tests.tasks import echo_task

SANITIZED = os.environ.get("NATIVE_GENERATOR")
"""Another program than runs have: one that a sanitizer watches (make test-sanitize)."""
READING_S = 2.0 if SANITIZED else 0.0
"""So much longer closed loops last there: reading prepared requests takes such a program a good part of a second."""
TASK = echo_task(
    {"name": "read", "weight": 9, "path": "/read/{id}"}, {"name": "head", "weight": 1, "method": "HEAD", "path": "/head/{id}"}
)


async def right(_server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
    body = b"" if head.startswith(b"HEAD") else b"hello"
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body)


@pytest.fixture(scope="module")
def program() -> str:
    return SANITIZED or str(GENERATORS["native"].find())


@pytest.fixture
def context(tmp_path: Path) -> ssl.SSLContext:
    """What a server needs for TLS, with a certificate that was made for it."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"),
            *("-subj", "/CN=127.0.0.1", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(certificate, key)
    return found


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    (tmp_path / "task.toml").write_text(TASK)
    task = read_task(tmp_path / "task.toml")
    return Asked(task, task.weights, {})


def send(program: str, folder: Path, asked: Asked, server: Server, **more: Any) -> tuple[Report, Any]:
    """Send a load; what the adapter reads of it, and the program's own report."""
    requests = folder / "requests"
    requests.unlink(missing_ok=True)
    write_request_file(requests, asked, 1, LOADED, more.pop("length", 100_000))
    given: dict[str, Any] = {"connections": 4, "duration_s": 0.5, "sending": Sending(tls=server.context is not None)}
    given |= {"socket": str(server.path or "")} | more
    given["duration_s"] += 0.0 if "rate_per_s" in given else READING_S
    load = Load(asked.first.request, **given, origin=f"https://127.0.0.1:{server.port}", requests=requests)
    done = subprocess.run(
        Native().command(program, load), cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    (folder / "report.json").write_text(done.stdout)
    return Native().read(folder, folder / "report.json"), json.loads(done.stdout)


def send_so_many(
    program: str, folder: Path, asked: Asked, least: int, context: ssl.SSLContext | None = None, **more: Any
) -> tuple[Report, Any, list[bytes]]:
    """Send a closed loop to a server of its own, for ten times as long where so busy a machine answers fewer requests than
    `least`; and the requests that the server got.
    """
    for duration_s in (0.5, 5.0, 50.0):
        with serving(right, context) as server:
            found, said = send(program, folder, asked, server, duration_s=duration_s, **more)
        if len(server.requests) >= least:
            break
    return found, said, server.requests


def test_every_request_is_sent_once_and_in_order_and_has_a_row(program: str, tmp_path: Path, asked: Asked) -> None:
    found, said, sent = send_so_many(program, tmp_path, asked, 50, connections=1)
    drawn = [
        f"{draw.request.method} {draw.request.target} HTTP/1.1".encode()
        for draw, _ in zip(asked.draws(1, LOADED), sent, strict=False)
    ]
    assert sent == drawn
    assert found.rows.num_rows == len(sent) == sum(found.begun.values())
    assert found.errors == {}
    assert said["connections"] == 1
    kinds = Counter(found.rows["kind"].to_pylist())
    assert kinds[0] == found.begun["read"]
    bytes_by_kind = set(zip(found.rows["kind"].to_pylist(), found.rows["body_bytes"].to_pylist(), strict=True))
    assert bytes_by_kind == {(0, 5), (1, 0)}


def test_all_connections_of_all_threads_see_the_mix(program: str, tmp_path: Path, asked: Asked) -> None:
    with serving(right) as server:
        found, said = send(program, tmp_path, asked, server, connections=6, threads=2)
        assert Counter(server.requests).most_common(1)[0][1] == 1
        assert len(server.requests) == found.rows.num_rows
        assert said["connections"] == server.connections == 6


@pytest.mark.parametrize("more", [{"rate_per_s": 400}, {"sending": Sending(keep_alive=False)}])
def test_threads_share_one_order_by_the_clock_and_without_connections_that_stay(
    program: str, tmp_path: Path, asked: Asked, more: dict[str, Any]
) -> None:
    with serving(right) as server:
        found, _ = send(program, tmp_path, asked, server, connections=6, threads=3, **more)
        assert found.errors == {}
        assert Counter(server.requests).most_common(1)[0][1] == 1
        assert len(server.requests) == found.rows.num_rows == sum(found.begun.values())


def test_two_parts_of_an_open_loop_send_together_what_one_would(program: str, tmp_path: Path, asked: Asked) -> None:
    requests = tmp_path / "requests"
    write_request_file(requests, asked, 1, LOADED, 1_000)
    start_ns = time.monotonic_ns() + 300_000_000
    with serving(right) as server:
        load = Load(asked.first.request, 5, 0.5, f"http://127.0.0.1:{server.port}", rate_per_s=301, requests=requests)
        started = []
        for number in range(2):
            (folder := tmp_path / str(number)).mkdir()
            command = Native().command(program, load._replace(part=Part(number, 2, start_ns)))
            with (folder / "report.json").open("wb") as report:
                started.append(subprocess.Popen(command, cwd=folder, stdout=report))
        assert [process.wait(PATIENCE_S) for process in started] == [0, 0]
        sent, connections = server.requests, server.connections
    found = [Native().read(tmp_path / str(number), tmp_path / str(number) / "report.json") for number in range(2)]
    drawn = [
        f"{draw.request.method} {draw.request.target} HTTP/1.1".encode()
        for draw, _ in zip(asked.draws(1, LOADED), range(150), strict=False)
    ]
    assert sorted(sent) == sorted(drawn)
    assert [of.rows.num_rows for of in found] == [75, 75]
    assert [of.connections for of in found] == [3, 2]
    assert connections == 5
    if not SANITIZED:  # such a program may have begun after the common start
        assert [of.began_s for of in found] == [start_ns / 1e9] * 2
        due = sorted(due_s for of in found for due_s in of.rows["intended_s"].to_pylist())
        assert due == pytest.approx([number / 301 for number in range(150)], abs=1e-6)


def test_a_closed_loop_sees_what_the_server_takes(program: str, tmp_path: Path, asked: Asked) -> None:
    async def slow(_server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        await right(_server, head, writer)

    with serving(slow) as server:
        found, _ = send(program, tmp_path, asked, server)
    latencies = found.rows["end_s"].to_numpy() - found.rows["start_s"].to_numpy()
    assert latencies.min() >= 0.0199
    assert found.rows.num_rows <= 4 * ((0.5 + READING_S) / 0.02 + 1)


def test_an_open_loop_counts_the_wait_of_what_was_due_while_the_server_stood_still(
    program: str, tmp_path: Path, asked: Asked
) -> None:
    stalled_s = 0.4

    async def stalls(server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        if len(server.requests) == 100:
            time.sleep(stalled_s)  # nobody is answered meanwhile
        await right(server, head, writer)

    with serving(stalls) as server:
        found, _ = send(program, tmp_path, asked, server, rate_per_s=500, duration_s=1.0)
    assert found.rows.num_rows == 500
    due, end = (found.rows[name].to_numpy() for name in ("intended_s", "end_s"))
    assert sorted(round(float(value - due.min()), 6) for value in due) == [round(number / 500, 6) for number in range(500)]
    waited = (end - due) > stalled_s / 2
    assert waited.sum() >= 500 * stalled_s / 2 - 4
    assert (end - due).max() >= stalled_s


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "connection closed within the response"),
        (b"", "connection closed before the response"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhello", "malformed response: more bytes than it says"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "malformed response: bad Content-Length"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "malformed response: bad version"),
    ],
)
def test_what_is_no_response_is_an_error_by_its_kind(
    program: str, tmp_path: Path, asked: Asked, said: bytes, error: str
) -> None:
    async def wrong(_server: Server, _head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        writer.close()

    reads = Asked(asked.task, {"read": 1.0}, {})
    with serving(wrong) as server:
        found, _ = send(program, tmp_path, reads, server, duration_s=0.2)
    assert set(found.errors) == {error}
    assert found.rows.num_rows == 0
    assert found.errors[error] == sum(found.begun.values())


def test_chunks_and_a_connections_end_are_ends_of_responses(program: str, tmp_path: Path, asked: Asked) -> None:
    async def by_turns(server: Server, _head: bytes, writer: asyncio.StreamWriter) -> None:
        if len(server.requests) % 2:
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\nto the end")
            await writer.drain()
            writer.close()

    reads = Asked(asked.task, {"read": 1.0}, {})
    with serving(by_turns) as server:
        found, said = send(program, tmp_path, reads, server, connections=1, duration_s=0.3)
    assert found.errors == {}
    assert set(found.rows["body_bytes"].to_pylist()) == {3, 10}
    assert said["connections"] >= found.rows.num_rows // 2


def test_each_request_has_a_connection_of_its_own_if_asked(program: str, tmp_path: Path, asked: Asked) -> None:
    with serving(right) as server:
        found, said = send(program, tmp_path, asked, server, sending=Sending(keep_alive=False), duration_s=0.3)
        assert said["connections"] == found.rows.num_rows == server.connections
    assert found.errors == {}


def test_it_speaks_tls_on_each_thread(program: str, tmp_path: Path, asked: Asked, context: ssl.SSLContext) -> None:
    found, _, sent = send_so_many(program, tmp_path, asked, 5, context, threads=2)
    assert found.rows.num_rows == len(sent) > 4
    assert found.errors == {}


@pytest.mark.parametrize("keep_alive", [True, False])
def test_it_waits_for_room_in_a_unix_sockets_queue(program: str, tmp_path: Path, asked: Asked, keep_alive: bool) -> None:
    with serving(right, path=tmp_path / "socket") as server:
        found, said = send(program, tmp_path, asked, server, connections=64, sending=Sending(keep_alive=keep_alive))
        assert found.rows.num_rows == len(server.requests)
        assert said["connections"] == server.connections == (64 if keep_alive else found.rows.num_rows)
    assert found.errors == {}


def test_a_server_that_is_not_there_is_an_error_and_asked_no_oftener_than_a_hundred_times_a_second(
    program: str, tmp_path: Path, asked: Asked
) -> None:
    with serving(right) as server:
        pass
    server.context = None
    found, _ = send(program, tmp_path, asked, server, connections=1, duration_s=0.3)
    assert set(found.errors) == {"cannot connect: Connection refused"}
    assert found.errors["cannot connect: Connection refused"] <= 31 + 100 * READING_S


def test_a_load_ends_with_its_unique_requests(program: str, tmp_path: Path, asked: Asked) -> None:
    with serving(right) as server, pytest.raises(Error, match="took more than the 10 requests that were prepared"):
        send(program, tmp_path, asked, server, length=10)


def test_wrong_arguments_end_with_2_and_a_line(program: str) -> None:
    done = subprocess.run([program, "--port", "x"], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
