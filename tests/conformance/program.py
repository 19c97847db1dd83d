"""A service's artefact as a program: its command line, the line that says where it listens, its process."""

import re
import select
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadgen.system.process import spawn, stopped_at_end
from tests.patience import PATIENCE_S

LISTENING = re.compile(
    r"(?P<name>\S+) listening on http://(?P<host>\[[0-9a-f:]+\]|[0-9.]+):(?P<port>\d+)"
    r" threads=(?P<threads>\d+) max_n=(?P<max_n>\d+)(?: [a-z_]+=\S+)*\n"
)


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[bytes]
    listening: re.Match[str]

    @property
    def address(self) -> tuple[str, int]:
        return self.listening["host"].strip("[]"), int(self.listening["port"])


@dataclass(frozen=True)
class Program:
    """The artefact itself with the contract's flags; a service.toml would add its own."""

    artefact: Path
    environment: dict[str, str]

    def run(self, *flags: str) -> subprocess.CompletedProcess[str]:
        """Run a command line that must end by itself."""
        command = [str(self.artefact), *flags]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)

    @contextmanager
    def serving(self, *flags: str, cores: Sequence[int] = (), under: Sequence[str] = ()) -> Iterator[Running]:
        """The program as a server; `under` is a command that becomes the program, as `prlimit` does."""
        command = [*under, str(self.artefact), *flags]
        process = spawn(command, cores=cores, environment=self.environment, stdout=subprocess.PIPE)
        with stopped_at_end(process):
            line = _first_line(process)
            listening = LISTENING.fullmatch(line)
            assert listening is not None, f"not the line of the contract: {line!r}"
            yield Running(process, listening)


def _first_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE_S)
    assert ready, f"no line on standard output within {PATIENCE_S:g} s"
    return process.stdout.readline().decode()
