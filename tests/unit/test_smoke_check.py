"""The smoke check against small servers: connections that go on, that close after each response, that end in the middle."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loadgen.task.find import find_task
from loadgen.trial import smoke_check as module
from loadgen.trial.smoke_check import Smoke, flow_check, smoke_check
from tests.serving import Answer, Server, response, serving

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


def greeter(*, version: str = "HTTP/1.1", wrong_from: int = ASKED + 1, silent_from: int = ASKED + 1) -> Answer:
    """Says hello; the number of the request, of all connections, decides what is said instead."""

    async def answer(server: Server, _head: bytes, writer: asyncio.StreamWriter) -> None:
        asked = len(server.requests)
        if asked < silent_from:
            writer.write(response(b"hello" if asked < wrong_from else b"hi", version))
        if asked >= silent_from or version == "HTTP/1.0":
            writer.close()

    return answer


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Smoke]:
    """The smoke check of a greeter that behaves as it is told."""
    monkeypatch.setattr(module, "RESPONSES", ASKED)
    (tmp_path / "task.toml").write_text(TASK)

    def check(**behaviour: Any) -> Smoke:
        with serving(greeter(**behaviour)) as server:
            return smoke_check(("127.0.0.1", server.port), find_task(".", tmp_path), seed=1)

    return check


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
def test_right_responses_are_right_whether_or_not_connections_go_on(checked: Callable[..., Smoke], version: str) -> None:
    found = checked(version=version)
    assert found.fault is None
    assert [length for _, length in found.right["hello"]] == [len(b"hello")] * ASKED


def test_wrong_responses_are_counted(checked: Callable[..., Smoke]) -> None:
    fault, right = checked(wrong_from=ASKED - 2)
    assert len(right["hello"]) == ASKED - 3
    assert fault is not None
    assert fault.line.startswith(f"wrong_answers: 3 of {ASKED} asked one after the other: expected ")
    assert fault.shown is not None
    assert fault.shown.request == "GET /hello HTTP/1.1\nHost: localhost"
    assert fault.shown.response.split("\n")[-1] == "hi"


def test_a_response_that_does_not_come_is_an_error(checked: Callable[..., Smoke]) -> None:
    fault = checked(silent_from=5).fault
    assert fault is not None
    assert fault.line == "errors: expected an answer after 4, got a connection that closed without an answer"
    assert fault.shown is not None
    assert fault.shown.lines == ["> GET /hello HTTP/1.1", "> Host: localhost", "< nothing"]


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


def test_a_flow_shows_the_request_that_failed(tmp_path: Path) -> None:
    (tmp_path / "task.toml").write_text(TASK + FLOW)
    with serving(greeter()) as server:
        fault = flow_check(("127.0.0.1", server.port), find_task(".", tmp_path), seed=1)
    assert fault is not None
    assert fault.line == "wrong_answers: hello-bye, bye: expected the body 'bye', got b'hello'"
    assert fault.shown is not None
    assert (fault.shown.lines[0], fault.shown.lines[-1]) == ("> GET /bye HTTP/1.1", "< hello")
