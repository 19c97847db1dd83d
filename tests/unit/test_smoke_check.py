"""The smoke check against small servers: connections that go on, that close after each response, that end in the middle."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from loadgen.task.find import find_task
from loadgen.trial import smoke_check as module
from loadgen.trial.smoke_check import smoke_check

ASKED = 30
TASK = """
schema = 1
name = "greeting"
title = "a greeting"

[[requests]]
name = "hello"
path = "/hello"
expect = { status = [200], body = "hello" }
"""


class Greeter(BaseHTTPRequestHandler):
    """Says hello; `asked` counts the requests of all connections, and decides what is said instead."""

    asked = 0
    wrong_from = ASKED + 1
    silent_from = ASKED + 1

    def do_GET(self) -> None:
        """Answer, or hang up."""
        type(self).asked += 1
        if self.asked >= self.silent_from:
            self.close_connection = True
            return
        body = b"hello" if self.asked < self.wrong_from else b"hi"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str | None]]:
    monkeypatch.setattr(module, "RESPONSES", ASKED)
    (tmp_path / "task.toml").write_text(TASK)
    servers = []

    def check(**behaviour: object) -> str | None:
        handler = type("Handler", (Greeter,), {"protocol_version": "HTTP/1.1"} | behaviour)
        server = HTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return smoke_check(("127.0.0.1", server.server_port), find_task(".", tmp_path), seed=1)

    yield check
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
def test_right_responses_are_right_whether_or_not_connections_go_on(checked: Callable[..., str | None], version: str) -> None:
    assert checked(protocol_version=version) is None


def test_wrong_responses_are_counted(checked: Callable[..., str | None]) -> None:
    fault = checked(wrong_from=ASKED - 2)
    assert fault is not None
    assert fault.startswith(f"wrong_answers: 3 of {ASKED} asked one after the other: expected ")


def test_a_response_that_does_not_come_is_an_error(checked: Callable[..., str | None]) -> None:
    fault = checked(silent_from=5)
    assert fault == "errors: expected an answer after 4, got a connection that closed without an answer"
