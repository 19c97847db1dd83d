"""Starting a contender: a free port, a fresh process, readiness, and proof that it is this process that answers."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadgen.build.toolchain import programs_of
from loadgen.config.service import Contender
from loadgen.conformance.exchange import Exchange, NoAnswer
from loadgen.errors import Error
from loadgen.machine.cores import Cores
from loadgen.placeholder import filled
from loadgen.system.environment import changing_service, service_environment, shown
from loadgen.system.proc import listener_pids
from loadgen.system.process import ending, spawned, tree
from loadgen.system.scratch import scratch_folder
from loadgen.task.request import Request
from loadgen.task.task import Ready

HOST = "127.0.0.1"
READY_WITHIN_S = 10.0
_POLL_S = 0.005


class ServerFailedError(Error):
    """The server did not start, died or hung; the message names the contender and shows what it wrote on stderr."""


@dataclass(frozen=True)
class Server:
    """A running server that showed that it is ready; `began_s` is when its process was started, by time.monotonic()."""

    process: subprocess.Popen[bytes]
    port: int
    began_s: float
    ready_s: float
    label: str
    stderr: Path

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return HOST, self.port

    def check_alive(self) -> None:
        """Raise ServerFailedError if the process has ended."""
        if (code := self.process.poll()) is not None:
            raise ServerFailedError(f"{self.label}: the server died ({ending(code)}){last_words(self.stderr)}")


def start_command(contender: Contender, artefact: Path, port: int, threads: int) -> list[str]:
    """The argument list that starts the contender."""
    values = {
        "artefact": str(artefact),
        "host": HOST,
        "port": str(port),
        "threads": str(threads),
        **contender.task.start_values,
    }
    extra = contender.variant.arguments if contender.variant else []
    return [filled(argument, values) for argument in [*contender.service.file.start.command, *extra]]


def start_environment(contender: Contender) -> dict[str, str]:
    """The environment that the contender starts with: every service's, what it inherits, its own, the variant's."""
    start, own = contender.service.file.start, contender.variant.environment if contender.variant else {}
    return service_environment(_programs(contender), start.inherit) | start.environment | own


def inherited_environment(contender: Contender) -> dict[str, str]:
    """Return the user's variables among it that can change what is measured, as a record may keep them."""
    start, own = contender.service.file.start, contender.variant.environment if contender.variant else {}
    inherited = changing_service(_programs(contender), start.inherit)
    return shown({name: value for name, value in inherited.items() if name not in start.environment | own})


def _programs(contender: Contender) -> list[str]:
    file = contender.service.file
    return [*programs_of(file.build), file.start.command[0]]


def free_port() -> int:
    """A TCP port on the loopback address that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(contender: Contender, artefact: Path, cores: Cores) -> Iterator[Server]:
    """Start the contender and yield it once it is ready; whatever is left of it is killed when the block ends."""
    with scratch_folder() as folder:
        stderr = folder / "stderr"
        port = free_port()
        begin = time.monotonic()
        with (
            stderr.open("wb") as errors,
            spawned(
                start_command(contender, artefact, port, cores.server_threads),
                cores=cores.server,
                environment=start_environment(contender),
                stderr=errors,
                cwd=contender.service.folder,
            ) as process,
        ):
            _await_ready(process, port, contender, stderr, begin + READY_WITHIN_S)
            yield Server(process, port, begin, time.monotonic() - begin, contender.label, stderr)


def _await_ready(process: subprocess.Popen[bytes], port: int, contender: Contender, stderr: Path, deadline: float) -> None:
    label, ready = contender.label, contender.task.ready
    expected = "response" if ready.status is None else str(ready.status)
    while not _is_ready(port, ready):
        if (code := process.poll()) is not None:
            raise ServerFailedError(f"{label}: the server ended before it was ready ({ending(code)}){last_words(stderr)}")
        if time.monotonic() > deadline:
            raise ServerFailedError(
                f"{label}: no {expected} from GET {ready.path} within {READY_WITHIN_S:g} s{last_words(stderr)}"
            )
        time.sleep(_POLL_S)
    if not listener_pids(port, tree(process.pid)):
        raise ServerFailedError(f"{label}: another process answers on port {port}, not the server that was started")


def _is_ready(port: int, ready: Ready) -> bool:
    try:
        with Exchange((HOST, port), deadline_s=1.0) as exchange:
            exchange.send(Request("GET", ready.path).to_bytes())
            return exchange.receive("GET").status == ready.status or ready.status is None
    except NoAnswer:
        return False


def last_words(stderr: Path) -> str:
    """The last line that a server wrote on stderr, as an addition to a message; empty if it wrote none."""
    lines = stderr.read_text(errors="replace").strip().splitlines()
    return f": {lines[-1][:200]}" if lines else ""
