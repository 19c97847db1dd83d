"""Side services: started fresh before the service, from a copy of what preparing them left, and ended after it."""

import atexit
import functools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loadgen.errors import Error
from loadgen.placeholder import filled
from loadgen.system.connect import free_port
from loadgen.system.environment import service_environment, tool_environment
from loadgen.system.memory_reading import MemoryReading
from loadgen.system.proc import cpu_time_s, memory
from loadgen.system.process import ending, spawned, stop, tree
from loadgen.system.scratch import scratch_folder
from loadgen.task.sidecar import Command, Sidecar
from loadgen.task.task import Task
from loadgen.trial.server_log import last_words

HOST = "127.0.0.1"
COMMAND_WITHIN_S = 120.0
_POLL_S = 0.02


@dataclass(frozen=True, eq=False)
class RunningSidecar:
    """A side service that is ready, with what its commands' placeholders stand for."""

    sidecar: Sidecar
    process: subprocess.Popen[bytes]
    values: Mapping[str, str]
    log: Path

    @property
    def pids(self) -> list[int]:
        """Its processes, at the moment."""
        return tree(self.process.pid)

    @property
    def gives(self) -> dict[str, str]:
        """Variables of the service's environment."""
        return {name: filled(value, self.values) for name, value in self.sidecar.gives.items()}

    def proof(self) -> float | None:
        """What its proof counts at the moment; None without one. Raise Error if the command prints no number."""
        if self.sidecar.proof is None:
            return None
        said = _run(self.sidecar, self.sidecar.proof.command, self.values)
        try:
            return float(said.strip())
        except ValueError as error:
            raise Error(f"{self.sidecar.name}: proof: expected a number, got {said.strip()[:80]!r}") from error

    def check_alive(self) -> None:
        """Raise Error if it has ended."""
        if (code := self.process.poll()) is not None:
            raise Error(f"{self.sidecar.name}: the side service died ({ending(code)}){last_words(self.log)}")


@dataclass(frozen=True)
class Sidecars:
    """All side services of one service."""

    running: Sequence[RunningSidecar] = field(default=())

    @property
    def gives(self) -> dict[str, str]:
        """Variables of the service's environment."""
        return {name: value for sidecar in self.running for name, value in sidecar.gives.items()}

    def cpu_s(self) -> dict[str, float]:
        """CPU time of each so far, by name."""
        return {sidecar.sidecar.name: cpu_time_s(sidecar.pids) for sidecar in self.running}

    def memory(self) -> dict[str, MemoryReading]:
        """Memory of each, by name."""
        return {sidecar.sidecar.name: memory(sidecar.pids) for sidecar in self.running}

    def check_alive(self) -> None:
        """Raise Error if one has ended."""
        for sidecar in self.running:
            sidecar.check_alive()


@contextmanager
def sidecars_of(task: Task, cores: Sequence[int]) -> Iterator[Sidecars]:
    """Start all that the task describes, in their order, on the cores; all that is left of them ends with the block."""
    with ExitStack() as stack:
        yield Sidecars([stack.enter_context(_started(sidecar, task.folder, cores)) for sidecar in task.sidecars])


@contextmanager
def _started(sidecar: Sidecar, folder: Path, cores: Sequence[int]) -> Iterator[RunningSidecar]:
    with scratch_folder() as scratch:
        home = scratch / "home"
        _copy(_prepared(sidecar.model_dump_json(), folder), home)
        _give_to(sidecar, scratch, home)
        values = {"port": str(free_port(HOST)), "scratch": str(home), "folder": str(folder)}
        log = scratch / "log"
        with (
            log.open("wb") as output,
            spawned(
                [filled(part, values) for part in sidecar.command],
                cores=cores,
                user=_user(sidecar),
                environment=_environment(sidecar, values),
                stdout=output,
                stderr=output,
                cwd=home,
            ) as process,
        ):
            running = RunningSidecar(sidecar, process, values, log)
            _await_ready(running)
            for command in sidecar.after:
                _run(sidecar, command, values)
            yield running
            stop(process)


@functools.cache
def _prepared(description: str, folder: Path) -> Path:
    """The folder that the commands of `prepare` have filled, once for as long as this program runs."""
    sidecar = Sidecar.model_validate_json(description)
    scratch = Path(tempfile.mkdtemp(prefix="primebench-sidecar-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    home = scratch / "home"
    home.mkdir()
    _give_to(sidecar, scratch, home)
    values = {"port": str(free_port(HOST)), "scratch": str(home), "folder": str(folder)}
    for command in sidecar.prepare:
        _run(sidecar, command, values)
    return home


def _copy(source: Path, target: Path) -> None:
    """With owners and modes, which databases look at; `cp` copies what is large faster than Python."""
    command = ["cp", "-a", "--reflink=auto", str(source), str(target)]
    subprocess.run(command, check=True, env=tool_environment(), stdin=subprocess.DEVNULL)


def _user(sidecar: Sidecar) -> str | None:
    return sidecar.user if os.geteuid() == 0 else None


def _give_to(sidecar: Sidecar, above: Path, home: Path) -> None:
    """Make the folder that of the side service's user, who has to get through the one above."""
    if (name := _user(sidecar)) is None:
        return
    try:
        user = pwd.getpwnam(name)
    except KeyError as error:
        raise Error(f"{sidecar.name}: user: there is no user '{name}' here") from error
    above.chmod(0o711)
    if home.owner() != name:
        os.chown(home, user.pw_uid, user.pw_gid)


def _environment(sidecar: Sidecar, values: Mapping[str, str]) -> dict[str, str]:
    own = {name: filled(value, values) for name, value in sidecar.environment.items()}
    return service_environment(sidecar.command[:1]) | own


def _await_ready(running: RunningSidecar) -> None:
    sidecar, deadline = running.sidecar, time.monotonic() + running.sidecar.ready.within_s
    while not _is_ready(running):
        running.check_alive()
        if time.monotonic() > deadline:
            raise Error(f"{sidecar.name}: not ready within {sidecar.ready.within_s:g} s{last_words(running.log)}")
        time.sleep(_POLL_S)


def _is_ready(running: RunningSidecar) -> bool:
    if running.sidecar.ready.command is None:
        with socket.socket() as client:
            return client.connect_ex((HOST, int(running.values["port"]))) == 0
    try:
        _run(running.sidecar, running.sidecar.ready.command, running.values)
    except Error:
        return False
    return True


def _run(sidecar: Sidecar, command: Command, values: Mapping[str, str]) -> str:
    """Run a command of the side service's to its end; what it printed. Raise Error with its last words if it fails."""
    return run_command(
        [filled(part, values) for part in command],
        name=sidecar.name,
        environment=_environment(sidecar, values),
        user=_user(sidecar),
        cwd=Path(values["scratch"]),
    )


def run_command(command: Command, *, name: str, environment: Mapping[str, str], cwd: Path, user: str | None = None) -> str:
    """Run a command of a task's to its end; what it printed. Raise Error with its last words if it fails or takes too long."""
    try:
        with (
            tempfile.TemporaryFile() as output,
            spawned(command, environment=environment, stdout=output, stderr=subprocess.STDOUT, cwd=cwd, user=user) as process,
        ):
            code = process.wait(COMMAND_WITHIN_S)
            output.seek(0)
            said = output.read().decode(errors="replace")
    except subprocess.TimeoutExpired as error:
        raise Error(f"{name}: {' '.join(command)} did not end within {COMMAND_WITHIN_S:g} s") from error
    if code != 0:
        words = said.strip().splitlines()[-1:]
        raise Error(f"{name}: {' '.join(command)} failed ({ending(code)}){': ' + words[0][:200] if words else ''}")
    return said
