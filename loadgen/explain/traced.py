"""A service under a tool that counts (callgrind, strace): started behind it, asked, and ended so that the tool can write."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from loadgen.config.service import Contender
from loadgen.errors import Error
from loadgen.explain.requests import ask
from loadgen.machine.cores import Cores
from loadgen.microbench.callgrind import CALLGRIND, GO_RUNTIME
from loadgen.record.workload import Sending
from loadgen.system.process import ending, tree
from loadgen.task.task import Asked
from loadgen.trial.load import ENDED_AS_ASKED
from loadgen.trial.server import Server, running
from loadgen.trial.server_log import last_words

SLOWER = 30.0
"""So many times as long may a service take to be ready and to end under a tool."""
END_S = 120.0
SETTLE_S = 0.2
"""So long it has to take note that its connections are closed: always, or never, and not now and then."""


@dataclass(frozen=True)
class Explained:
    """What is counted: a service as it was built, and what it is asked how."""

    contender: Contender
    artefact: Path
    asked: Asked
    sending: Sending
    seed: int
    cores: Cores

    def behind(self, tool: Sequence[str], environment: dict[str, str]) -> Contender:
        """Return the contender that is started by a tool."""
        service = self.contender.service
        start = service.file.start
        traced = start.replace(command=[*tool, *start.command], environment=environment | start.environment)
        return self.contender.replace(service=service.replace(file=service.file.replace(start=traced)))


Asking = Callable[[Server, Iterator[int]], int]
"""Asks a server, and returns how many requests were answered."""


def asked_behind(
    explained: Explained, tool: Sequence[str], at_once: int, asking: Asking, is_done: Callable[[Server], bool] = lambda _: False
) -> int:
    """Start the service behind the tool, let it be asked, and end it; return what asking did. If the tool `is_done` then, the
    service is killed, else it is asked to end.

    Raises Error if it does not start, answer and end well.
    """
    environment = GO_RUNTIME if tool[:1] == [CALLGRIND[0]] else {}
    contender = explained.behind(tool, environment)
    with running(contender, explained.artefact, explained.cores, explained.sending, slower=SLOWER) as server:
        with closing(_turns(explained, server, at_once)) as turns:
            try:
                done = asking(server, turns)
            except Error as error:
                server.check_alive()
                raise Error(f"{server.label}: {error}") from error
        time.sleep(SETTLE_S)
        server.check_alive()
        if not is_done(server):
            _end(server)
    return done


def _turns(explained: Explained, server: Server, at_once: int) -> Generator[int, None, None]:
    return ask(server.reached_at, explained.asked, explained.sending, explained.seed, at_once)


def _end(server: Server) -> None:
    """End the service, not the tool that it is behind, which has to write what it counted."""
    pids = tree(server.process.pid)
    os.kill(pids[1] if len(pids) > 1 else pids[0], signal.SIGTERM)
    try:
        code = server.process.wait(END_S)
    except subprocess.TimeoutExpired as error:
        raise Error(f"{server.label}: did not end within {END_S:g} s of SIGTERM") from error
    if code not in ENDED_AS_ASKED:
        raise Error(f"{server.label}: ended with {ending(code)}{last_words(server.stderr)}")


def check_there(program: str, package: str) -> None:
    """Raise Error that says what to install if the program is not there."""
    if shutil.which(program) is None:
        raise Error(f"{program} not found: install the package {package}")
