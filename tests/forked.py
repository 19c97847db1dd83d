"""primebench's commands by a fork of an interpreter that has imported everything: a new one takes 0.5 s to be ready.

What a command does, says, writes and ends with is the same, and so is a process of its own. What belongs to a start (signals
that are ignored, limits, streams that are closed, another Python) wants a real one: for that, tests start it by themselves.
"""

import functools
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from tests.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[1]
LAUNCH = (sys.executable, str(ROOT / "tests" / "end_to_end" / "launch.py"))
PRIMEBENCH = (sys.executable, "-m", "primebench")
PACKAGES = ("loadgen", "analysis", "primebench")
NOT_BEFORE_ASKED = ("matplotlib", "distributed", "duckdb")
"""What a command imports only if it draws, goes to other hosts, or queries: the forks must do so, too."""
OF_A_START = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "OPENBLAS_", "OMP_")
"""Variables that are read as an interpreter starts, or as libraries are loaded."""
LARGEST_MESSAGE = 200_000


def run(
    command: Sequence[str], environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return what it said, as text: see run_raw."""
    done = run_raw(command, environment, folder)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def run_raw(
    command: Sequence[str], environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end in a folder, by a fork if it is primebench's, with nothing before it and an ordinary start."""
    whole = dict(os.environ if environment is None else environment)
    starts = {name: value for name, value in whole.items() if name.startswith(OF_A_START)}
    script = next((start for start in (LAUNCH, PRIMEBENCH) if tuple(command[: len(start)]) == start), None)
    if script is None or starts != {name: value for name, value in os.environ.items() if name.startswith(OF_A_START)}:
        return subprocess.run(command, env=whole, cwd=folder, capture_output=True, timeout=PATIENCE_S, check=False)
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        code = _forked([*script[1:], *command[len(script) :]], whole, folder or Path.cwd(), (stdout, stderr))
        return subprocess.CompletedProcess(command, code, _content(stdout), _content(stderr))


def _content(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


def _forked(arguments: list[str], environment: dict[str, str], folder: Path, outputs: Sequence[IO[bytes]]) -> int:
    connection = _interpreter()
    message = json.dumps([arguments, environment, str(folder)]).encode("utf-8", "surrogateescape")
    socket.send_fds(connection, [message], [output.fileno() for output in outputs])
    child = int(connection.recv(LARGEST_MESSAGE))
    connection.settimeout(PATIENCE_S)
    try:
        return int(connection.recv(LARGEST_MESSAGE))
    except TimeoutError as error:
        os.kill(child, signal.SIGKILL)
        connection.recv(LARGEST_MESSAGE)  # how it ended: the next command's answers come after it
        raise subprocess.TimeoutExpired(arguments, PATIENCE_S) from error


@functools.cache
def _interpreter() -> socket.socket:
    """Start the interpreter that forks; it ends with this process, whose end closes the connection."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        subprocess.Popen(
            [sys.executable, "-m", "tests.forked", str(theirs.fileno())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    return ours


def _import_all() -> None:
    for name in NOT_BEFORE_ASKED:
        sys.modules[name] = None  # type: ignore[assignment]
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}.", onerror=lambda _: None):
            if not module.name.endswith("__main__"):
                try:
                    importlib.import_module(module.name)
                except ImportError:
                    continue  # it needs what is not imported before it is asked for
    for name in NOT_BEFORE_ASKED:
        del sys.modules[name]


def _serve(connection: socket.socket) -> None:
    """Fork for each message, until none comes: what a fork gets is to be run as the whole of the program."""
    _import_all()
    gc.collect()
    gc.freeze()
    while True:
        message, outputs, _, _ = socket.recv_fds(connection, LARGEST_MESSAGE, 2)
        if not message:
            return
        if (child := os.fork()) == 0:
            connection.close()
            arguments, environment, folder = json.loads(message)
            _become(arguments, environment, folder, outputs)
            return
        for output in outputs:
            os.close(output)
        connection.send(str(child).encode())
        _, status = os.waitpid(child, 0)
        connection.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(arguments: list[str], environment: dict[str, str], folder: str, outputs: Sequence[int]) -> None:
    for number, output in enumerate(outputs, 1):
        os.dup2(output, number)
        os.close(output)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
