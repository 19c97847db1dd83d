"""The smoke check against small servers: connections that go on, that close after each response, that end in the middle."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from loadgen.task.find import find_task
from loadgen.trial import smoke_check as module
from loadgen.trial.smoke_check import Smoke, flow_check, smoke_check

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
def serving() -> Iterator[Callable[..., tuple[str, int]]]:
    """Starts greeters that behave as they are told; returns their addresses."""
    servers = []

    def serve(**behaviour: object) -> tuple[str, int]:
        handler = type("Handler", (Greeter,), {"protocol_version": "HTTP/1.1"} | behaviour)
        server = HTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return "127.0.0.1", server.server_port

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def checked(serving: Callable[..., tuple[str, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Smoke]:
    monkeypatch.setattr(module, "RESPONSES", ASKED)
    (tmp_path / "task.toml").write_text(TASK)
    return lambda **behaviour: smoke_check(serving(**behaviour), find_task(".", tmp_path), seed=1)


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
def test_right_responses_are_right_whether_or_not_connections_go_on(checked: Callable[..., Smoke], version: str) -> None:
    found = checked(protocol_version=version)
    assert found.fault is None
    assert [length for _, length in found.right["hello"]] == [len(b"hello")] * ASKED


def test_wrong_responses_are_counted(checked: Callable[..., Smoke]) -> None:
    fault, right = checked(wrong_from=ASKED - 2)
    assert len(right["hello"]) == ASKED - 3
    assert fault is not None
    assert fault.line.startswith(f"wrong_answers: 3 of {ASKED} asked one after the other: expected ")
    assert fault.shown is not None
    assert fault.shown.request == "GET /hello HTTP/1.1\nHost: primebench.test"
    assert fault.shown.response.split("\n")[-1] == "hi"


def test_a_response_that_does_not_come_is_an_error(checked: Callable[..., Smoke]) -> None:
    fault = checked(silent_from=5).fault
    assert fault is not None
    assert fault.line == "errors: expected an answer after 4, got a connection that closed without an answer"
    assert fault.shown is not None
    assert fault.shown.lines == ["> GET /hello HTTP/1.1", "> Host: primebench.test", "< nothing"]


FLOW = """
[[requests]]
name = "bye"
weight = 0
path = "/bye"
expect = { status = [200], body = "bye" }

[[flows]]
name = "hello-bye"
steps = [{ request = "hello" }, { request = "bye" }]
"""


def test_a_flow_shows_the_request_that_failed(serving: Callable[..., tuple[str, int]], tmp_path: Path) -> None:
    (tmp_path / "task.toml").write_text(TASK + FLOW)
    fault = flow_check(serving(), find_task(".", tmp_path), seed=1)
    assert fault is not None
    assert fault.line == "wrong_answers: hello-bye, bye: expected the body 'bye', got b'hello'"
    assert fault.shown is not None
    assert (fault.shown.lines[0], fault.shown.lines[-1]) == ("> GET /bye HTTP/1.1", "< hello")
