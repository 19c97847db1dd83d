"""What is said of a server that does not become ready: what came instead, where it listens, and what it wrote."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadgen.config.service import Contender, find_contender
from loadgen.system.connect import Address, free_port
from loadgen.trial.server import HOST, ServerFailedError, await_ready
from loadgen.trial.server_log import LINE_CHARACTERS, last_words
from tests.serving import Server, serving

HELLO = Path(__file__).parents[1] / "hello"
LISTENING = (
    "import socket, time; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); time.sleep(600)"
)
SILENT = "import time; print(0, flush=True); time.sleep(600)"


def started(program: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Yield a process of the program and the number that it prints."""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
        process.kill()


@pytest.fixture
def listening() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A process that listens at a port of its own choice and answers nobody; the port."""
    yield from started(LISTENING)


@pytest.fixture
def silent() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A process that does not listen."""
    yield from started(SILENT)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "stderr").touch()
    return tmp_path / "stderr"


def message(process: subprocess.Popen[bytes], port: int, log: Path, contender: Contender | None = None) -> str:
    """What is said when the time is over."""
    with pytest.raises(ServerFailedError) as raised:
        await_ready(process, Address(HOST, port), contender or find_contender(str(HELLO), {}), log, 0.0)
    return str(raised.value)


def test_where_it_listens_instead_is_said_and_what_to_do(listening: tuple[subprocess.Popen[bytes], int], log: Path) -> None:
    (process, port), wanted = listening, free_port(HOST)
    assert message(process, wanted, log) == (
        f"hello: no response from GET / within 0 s; it listens on port {port}, not on {wanted}: "
        "start.command or start.environment has to tell it {port}"
    )


def test_that_it_listens_nowhere_is_said(silent: tuple[subprocess.Popen[bytes], int], log: Path) -> None:
    log.write_text("config: no database\n")
    found = message(silent[0], free_port(HOST), log)
    assert "; it listens on no TCP port, not on " in found
    assert found.endswith(": config: no database")


def test_another_status_than_that_of_a_ready_server_is_said(
    silent: tuple[subprocess.Popen[bytes], int], log: Path, tmp_path: Path
) -> None:
    text = (
        (HELLO / "primebench.toml").read_text().replace("[[task.requests]]", "[task.ready]\nstatus = 204\n\n[[task.requests]]")
    )
    (tmp_path / "primebench.toml").write_text(text)

    async def answer(_server: Server, _head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    with serving(answer) as server:
        found = message(silent[0], server.port, log, find_contender(str(tmp_path), {}))
    assert found == "hello: no 204 from GET / within 0 s; the last response was 404"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", ""),
        ("\n\n", ""),
        ("one\n", ": one"),
        ("  all is\n  indented\n", ": all is | indented"),
        ("usage: x HOST PORT\nexample:\n    x 0.0.0.0 80\n", ": usage: x HOST PORT | example:"),
        (
            "node:net:1\n      throw er;\nError: listen EADDRINUSE: :::80\n    at Server (node:net:2)\n}\nNode.js v20\n",
            ": node:net:1 | Error: listen EADDRINUSE: :::80 | } | Node.js v20",
        ),
        ("\x1b[1;31mERROR\x1b[m no port\n\x1b[0m\n", ": ERROR no port"),
        ("".join(f"line {number}\n" for number in range(9)), ": line 5 | line 6 | line 7 | line 8"),
        ("x" * 1000, f": {'x' * LINE_CHARACTERS}"),
    ],
)
def test_the_last_lines_are_shown_without_those_of_stack_traces(log: Path, written: str, shown: str) -> None:
    log.write_text(written)
    assert last_words(log) == shown
