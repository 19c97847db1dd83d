"""Starting a contender: a free port, a fresh process, readiness, and proof that it is this process that answers."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loadgen.build.toolchain import programs_of
from loadgen.config.service import Contender
from loadgen.conformance.exchange import Exchange, NoAnswer
from loadgen.errors import Error
from loadgen.machine.cores import Cores, cores_beside
from loadgen.placeholder import filled
from loadgen.record.workload import Sending
from loadgen.system.connect import Address, free_port
from loadgen.system.environment import changing_service, service_environment, shown
from loadgen.system.proc import listener_pids, listening_ports
from loadgen.system.process import ending, spawned, tree
from loadgen.system.scratch import scratch_folder, socket_path
from loadgen.task.task import Ready
from loadgen.trial.certificate import made_certificate
from loadgen.trial.server_log import last_words
from loadgen.trial.sidecars import Sidecars, run_command, sidecars_of

HOST = "127.0.0.1"
PLAINLY = Sending()
READY_WITHIN_S = 10.0
"""Unless the task says otherwise."""
_POLL_S = 0.005


class ServerFailedError(Error):
    """The server did not start, died or hung; the message names the contender and shows what it wrote on stderr."""


@dataclass(frozen=True)
class Server:
    """A running server that showed that it is ready, where the workload asks it; `began_s` is when its process was started, by
    time.monotonic().
    """

    process: subprocess.Popen[bytes]
    reached_at: Address
    began_s: float
    ready_s: float
    label: str
    stderr: Path
    sidecars: Sidecars = field(default_factory=Sidecars)

    @property
    def port(self) -> int:
        """The port that it was given."""
        return self.reached_at.port

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self.reached_at.host, self.port

    def check_alive(self) -> None:
        """Raise ServerFailedError if the process has ended."""
        if (code := self.process.poll()) is not None:
            raise ServerFailedError(f"{self.label}: the server died ({ending(code)}){last_words(self.stderr)}")
        self.sidecars.check_alive()


def _values(contender: Contender, artefact: Path, port: int, threads: int, host: str) -> dict[str, str]:
    """What placeholders in arguments and environment stand for."""
    return {
        "artefact": str(artefact),
        "built": str(_above(artefact, len(Path(contender.service.file.build.artefact).parts))),
        "host": host,
        "port": str(port),
        "threads": str(threads),
        **contender.service.start_values,
    }


def start_command(
    contender: Contender, artefact: Path, port: int, threads: int, *, tls: bool = False, socket: str = "", host: str = HOST
) -> list[str]:
    """The argument list that starts the contender; raise Error if it is to serve TLS or to listen on a Unix socket, and its
    service does not say how.
    """
    values = _values(contender, artefact, port, threads, host)
    start, extra = contender.service.file.start, contender.variant.arguments if contender.variant else []
    arguments = [*start.command, *extra]
    if tls:
        arguments += _said(contender, start.tls, "serves TLS (start.tls)")
        made = made_certificate()
        values |= {"certificate": str(made.certificate), "key": str(made.key)}
    if socket:
        arguments += _said(contender, start.unix, "listens on a Unix socket (start.unix)")
        values["socket"] = socket
    return [filled(argument, values) for argument in arguments]


def _said(contender: Contender, arguments: list[str], what: str) -> list[str]:
    if not arguments:
        raise Error(f"{contender.label}: nothing says how it {what}")
    return arguments


def _above(path: Path, levels: int) -> Path:
    return path if levels == 0 else _above(path.parent, levels - 1)


def start_environment(contender: Contender, artefact: Path, port: int, threads: int, host: str = HOST) -> dict[str, str]:
    """The environment that the contender starts with: every service's, what it inherits, its own, the variant's."""
    start, values = contender.service.file.start, _values(contender, artefact, port, threads, host)
    own = start.environment | (contender.variant.environment if contender.variant else {})
    filled_in = {name: filled(value, values) for name, value in own.items()}
    return service_environment(_programs(contender), start.inherit) | filled_in


def inherited_environment(contender: Contender) -> dict[str, str]:
    """Return the user's variables among it that can change what is measured, as a record may keep them."""
    start, own = contender.service.file.start, contender.variant.environment if contender.variant else {}
    inherited = changing_service(_programs(contender), start.inherit)
    return shown({name: value for name, value in inherited.items() if name not in start.environment | own})


def _programs(contender: Contender) -> list[str]:
    return [*programs_of(contender.build_plan), contender.service.file.start.command[0]]


@contextmanager
def running(
    contender: Contender, artefact: Path, cores: Cores, sending: Sending = PLAINLY, *, slower: float = 1.0, host: str = HOST
) -> Iterator[Server]:
    """Start the contender, its side services before it, and yield it once it is ready and its data are where they begin;
    whatever is left of them is killed when the block ends. It may be so many times `slower` to be ready as without a tool. It
    is to listen on the address `host`.
    """
    with (
        scratch_folder() as folder,
        sidecars_of(contender.task, cores_beside(cores)) as sidecars,
        _address(folder, sending, host) as address,
    ):
        stderr = folder / "stderr"
        port, threads = address.port, cores.server_threads
        environment = start_environment(contender, artefact, port, threads, host) | sidecars.gives
        command = start_command(contender, artefact, port, threads, tls=address.tls, socket=address.path, host=host)
        begin = time.monotonic()
        with (
            stderr.open("wb") as errors,
            spawned(
                command, cores=cores.server, environment=environment, stderr=errors, cwd=contender.service.folder
            ) as process,
        ):
            await_ready(process, address, contender, stderr, (contender.task.ready.within_s or READY_WITHIN_S) * slower)
            server = Server(process, address, begin, time.monotonic() - begin, contender.label, stderr, sidecars)
            if (reset := contender.task.reset_command) is not None:
                values = {"host": host, "port": str(address.port), "folder": str(contender.task.folder)}
                command = [filled(part, values) for part in reset]
                run_command(command, name=f"{contender.label}: reset", environment=environment, cwd=contender.task.folder)
            yield server


@contextmanager
def _address(folder: Path, sending: Sending, host: str) -> Iterator[Address]:
    """Where the service is asked: at a port that is free, or on a Unix socket below the folder."""
    port = free_port(host)
    if not sending.unix:
        yield Address(host, port, sending.tls)
        return
    with socket_path(folder) as path:
        yield Address(host, port, path=str(path))


def await_ready(
    process: subprocess.Popen[bytes], address: Address, contender: Contender, stderr: Path, within_s: float
) -> None:
    """Wait until the process answers there as its task says; raise ServerFailedError if it has not within so many seconds,
    or has ended.
    """
    label, ready = contender.label, contender.task.ready
    deadline = time.monotonic() + within_s
    while (status := _status(address, ready)) is None or ready.status not in (None, status):
        if (code := process.poll()) is not None:
            raise ServerFailedError(f"{label}: the server ended before it was ready ({ending(code)}){last_words(stderr)}")
        if time.monotonic() > deadline:
            expected = "response" if ready.status is None else str(ready.status)
            instead = _elsewhere(process, address) if status is None else f"; the last response was {status}"
            raise ServerFailedError(
                f"{label}: no {expected} from GET {ready.path} within {within_s:g} s{instead}{last_words(stderr)}"
            )
        time.sleep(_POLL_S)
    if not address.path and not listener_pids(address.port, tree(process.pid)):  # a socket of this trial's own is nobody else's
        raise ServerFailedError(f"{label}: another process answers on port {address.port}, not the server that was started")


def _status(address: Address, ready: Ready) -> int | None:
    """The status of the response that tells whether it is ready; None without one."""
    try:
        with Exchange(address, deadline_s=1.0) as exchange:
            exchange.send(ready.request.to_bytes())
            return exchange.receive("GET").status
    except NoAnswer:
        return None


def _elsewhere(process: subprocess.Popen[bytes], address: Address) -> str:
    """Where it listens, if not where it should, and what to do, as an addition to a message."""
    ports = listening_ports(tree(process.pid))
    if address.path or address.port in ports:
        return ""
    where = f"port {', '.join(map(str, sorted(ports)))}" if ports else "no TCP port"
    return f"; it listens on {where}, not on {address.port}: start.command or start.environment has to tell it {{port}}"
