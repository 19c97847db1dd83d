"""What every load generator can do: put a load on a server, and leave a row for each response."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import pyarrow as pa

from loadgen.task.request import Request


class Load(NamedTuple):
    """What is asked of the server at `origin` (http://host:port) and how: a closed loop, or with a rate an open one."""

    request: Request
    connections: int
    duration_s: float
    origin: str
    rate_per_s: int | None = None


@dataclass(frozen=True)
class Report:
    """What a generator left behind: `rows` as `loadgen.generator.rows` has them, requests without a response by kind, and what
    its own summary says.
    """

    rows: pa.Table
    errors: dict[str, int]
    reported: dict[str, float]


class Generator(Protocol):
    """A program that generates load. Its name and version are part of what a run measured with."""

    @property
    def name(self) -> str:
        """Return name and version, as records have them."""

    def find(self) -> Path:
        """Return the program, absolute: it is started in another folder. Raise Error if it is missing or another version."""

    def command(self, program: str, load: Load) -> list[str]:
        """Return the command line. The program runs in a folder of its own, and prints its report."""

    def environment(self, threads: int) -> dict[str, str]:
        """Return the environment for so many worker threads."""

    def read(self, folder: Path, report: Path) -> Report:
        """Return what it measured, of the folder that it ran in and what it printed; raise Error if that is not whole."""

    def is_out_of_space(self, message: str) -> bool:
        """Return whether its last words say that its rows did not fit on the disk."""
