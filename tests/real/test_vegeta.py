"""What the native generator sends, beside a load generator that nobody here wrote: vegeta, from the same prepared requests.

It is built once, into build/, from Go's module proxy; skipped with the reason where it cannot be had.
"""

import base64
import json
import os
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import h11
import pytest

from loadgen.generator.choice import GENERATORS
from loadgen.generator.generator import Load
from loadgen.generator.native import Native
from loadgen.generator.request_file import write_request_file
from loadgen.task.http.task import read_task
from loadgen.task.task import LOADED, Asked
from tests.prepared import requests_in

CHECKOUT = Path(__file__).parents[2]
SHOP = CHECKOUT / "tests" / "shop"
VERSION = "12.12.0"
VEGETA = CHECKOUT / "build" / f"vegeta-{VERSION}" / "vegeta"
PATIENCE_S = 900
COUNT, PER_S = 600, 300
NO_MATTER = {"host", "connection", "user-agent", "accept-encoding", "x-vegeta-seq"}
"""Headers that say where the server is and which client asks, by which number."""


class Asks(NamedTuple):
    """A request as a server sees it; names of headers are in lower case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def asks(method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes) -> Asks:
    kept = sorted((name.lower(), value) for name, value in headers if name.lower() not in NO_MATTER)
    return Asks(method, target, tuple(kept), body)


def parsed(content: bytes) -> Asks:
    """A prepared request as another reader of HTTP understands it."""
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(content)
    request, body = connection.next_event(), b""
    assert isinstance(request, h11.Request)
    while isinstance(event := connection.next_event(), h11.Data):
        body += bytes(event.data)
    assert isinstance(event, h11.EndOfMessage)
    headers = [(name.decode(), value.decode()) for name, value in request.headers]
    return asks(request.method.decode(), request.target.decode(), headers, body)


class Recorder(ThreadingHTTPServer):
    """A server that keeps all that comes, and answers 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.seen: list[Asks] = []


class Answers(BaseHTTPRequestHandler):
    """One connection; responses go in one piece."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        assert isinstance(self.server, Recorder)
        self.server.seen.append(asks(self.command, self.path, self.headers.items(), body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else b"ok")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing of each request."""


@contextmanager
def recording() -> Iterator[Recorder]:
    with Recorder() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def vegeta() -> str:
    if not VEGETA.is_file():
        if shutil.which("go") is None:
            pytest.skip("go not found, which builds vegeta")
        command = ["go", "install", f"github.com/tsenart/vegeta/v12@v{VERSION}"]
        environment = os.environ | {"GOBIN": str(VEGETA.parent), "GOFLAGS": ""}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        if done.returncode != 0:
            pytest.skip(f"vegeta {VERSION} cannot be built: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return str(VEGETA)


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Asked, Path]:
    """A mix with data, a secret and bodies, and a file of its requests."""
    monkeypatch.setenv("SHOP_TOKEN", "token-of-the-shop")
    task = read_task(SHOP / "task.toml")
    asked = Asked(task, task.weights, {})
    write_request_file(tmp_path / "requests", asked, 1, LOADED, COUNT)
    return asked, tmp_path / "requests"


def sent_by_native(asked: Asked, requests: Path, folder: Path) -> tuple[list[Asks], dict[str, int]]:
    """What arrived, and how many of each kind the generator says that it has sent."""
    with recording() as server:
        origin = f"http://127.0.0.1:{server.server_port}"
        load = Load(asked.first.request, 4, COUNT / PER_S, origin, rate_per_s=PER_S, requests=requests)
        command = Native().command(str(GENERATORS["native"].find()), load)
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=PATIENCE_S, check=True)
    (folder / "report.json").write_bytes(done.stdout)
    report = Native().read(folder, folder / "report.json")
    assert (report.errors, report.rows.num_rows) == ({}, COUNT)
    return server.seen, report.begun


def sent_by_vegeta(program: str, requests: Path, folder: Path) -> tuple[list[Asks], int]:
    """What arrived, and how many responses it says that it had; it reads the targets to their end."""
    with recording() as server:
        lines = []
        for _, content in requests_in(requests)[1]:
            request = parsed(content)
            headers = {name: [value] for name, value in request.headers if name != "content-length"}
            url = f"http://127.0.0.1:{server.server_port}{request.target}"
            body = {"body": base64.b64encode(request.body).decode()} if request.body else {}
            lines.append(json.dumps({"method": request.method, "url": url, "header": headers} | body))
        (folder / "targets").write_text("\n".join(lines) + "\n")
        attack = [program, "attack", "-format=json", "-lazy", f"-rate={PER_S}/1s", "-max-workers=8", "-targets=targets"]
        attacked = subprocess.run(attack, cwd=folder, capture_output=True, timeout=PATIENCE_S, check=True)
    report = [program, "report", "-type=json"]
    reported = subprocess.run(report, input=attacked.stdout, capture_output=True, timeout=PATIENCE_S, check=True)
    return server.seen, json.loads(reported.stdout)["status_codes"]["200"]


def test_both_send_every_prepared_request_once_and_as_it_was_prepared(
    vegeta: str, prepared: tuple[Asked, Path], tmp_path: Path
) -> None:
    asked, requests = prepared
    kinds = {parsed(content): kind for kind, content in requests_in(requests)[1]}
    wanted = Counter(parsed(content) for _, content in requests_in(requests)[1])
    by_native, begun = sent_by_native(asked, requests, tmp_path)
    by_vegeta, answered = sent_by_vegeta(vegeta, requests, tmp_path)
    assert Counter(by_native) == wanted
    assert Counter(by_vegeta) == wanted
    assert answered == COUNT
    assert Counter(kinds[asks] for asks in by_vegeta) == Counter(kinds[asks] for asks in by_native) == begun
    assert set(begun) == {"read", "list", "create"}
