"""What every load generator can do: put a load on a server, and leave a row for each response."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

import pyarrow as pa

from loadgen.record.workload import Sending
from loadgen.task.request import Request

Say = Callable[[str], None]


class Part(NamedTuple):
    """Which of several generators that put a load together: their `number`, from 0, and how many there are.

    They begin at `start_at_ns` of the monotonic clock, where that is not 0.
    """

    number: int = 0
    of: int = 1
    start_at_ns: int = 0

    @property
    def label(self) -> str:
        """Return its name in rows and records."""
        return f"g{self.number + 1}"

    def share(self, total: int) -> int:
        """Return its share of a number, as even as it can be: the shares of all add up to it."""
        return total // self.of + (self.number < total % self.of)


class Load(NamedTuple):
    """What is asked of the server at `origin` (http://host:port), or at a Unix socket's path, and how: a closed loop, or with
    a rate an open one.

    `request` is the usual one; `requests`, a file of loadgen.generator.request_file, has all of them in their order. All of
    it is that of the generators that put it together; what one of them does is its `part`.
    """

    request: Request
    connections: int
    duration_s: float
    origin: str
    rate_per_s: int | None = None
    requests: Path | None = None
    sending: Sending = Sending()
    threads: int = 1
    own_cores: bool = False
    socket: str = ""
    part: Part = Part()


@dataclass(frozen=True)
class Report:
    """What a generator left behind: `rows` as `loadgen.generator.rows` has them, requests without a response by kind, and what
    its own summary says. `begun` are requests by kind, `connections` how many were made, and `began_s` is when the clock of its
    rows was at 0, by time.monotonic(), where the generator tells.
    """

    rows: pa.Table
    errors: dict[str, int]
    reported: dict[str, float]
    begun: dict[str, int] = field(default_factory=dict)
    connections: int | None = None
    began_s: float | None = None


class Generator(Protocol):
    """A program that generates load. Its name and version are part of what a run measured with."""

    @property
    def name(self) -> str:
        """Return name and version, as records have them."""

    @property
    def takes_a_file(self) -> bool:
        """Return whether it sends prepared requests from a file: several kinds, data, secrets."""

    @property
    def waits_to_start(self) -> bool:
        """Return whether it begins when its part says, not as soon as it is started."""

    def find(self, say: Say = ...) -> Path:
        """Return the program, absolute: it is started in another folder. Raise Error if it is missing or another version."""

    def command(self, program: str, load: Load) -> list[str]:
        """Return the command line. The program runs in a folder of its own, and prints its report."""

    def environment(self, threads: int) -> dict[str, str]:
        """Return the environment for so many worker threads."""

    def read(self, folder: Path, report: Path) -> Report:
        """Return what it measured, of the folder that it ran in and what it printed; raise Error if that is not whole."""

    def is_out_of_space(self, message: str) -> bool:
        """Return whether its last words say that its rows did not fit on the disk."""
