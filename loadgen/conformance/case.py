"""What a conformance suite consists of: cases, each the steps of one conversation and what each must lead to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from loadgen.conformance.response import Response

Check: TypeAlias = Callable[[Response], str | None]
"""Looks at one answer; None if it is right, else one line "expected ..., got ..."."""

Comparison: TypeAlias = Callable[[Sequence[Response]], str | None]
"""Looks at all answers of the conversation so far, in order; result as for `Check`."""


@dataclass(frozen=True, slots=True)
class Send:
    """Write the bytes at once. A connection that the service has closed ends the writing; the next step judges it."""

    data: bytes


@dataclass(frozen=True, slots=True)
class SendInPieces:
    """Write `size` bytes at a time with a pause after each, until all is written or the service closes."""

    data: bytes
    size: int
    pause_s: float


@dataclass(frozen=True, slots=True)
class SendUntilAnswered:
    """Write as much as it takes for an answer to begin, as a client does that watches for errors (RFC 9112 9.5)."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Idle:
    """Keep the connection open without writing."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Receive:
    """Read one final answer; it must have one of the statuses and satisfy every check."""

    statuses: frozenset[int]
    checks: tuple[Check, ...] = ()
    method: str = "GET"
    """The request's method: an answer to HEAD ends with its header (RFC 9112 6.3)."""


@dataclass(frozen=True, slots=True)
class ReceiveContinue:
    """Read one interim answer, `100 (Continue)`."""


@dataclass(frozen=True, slots=True)
class SendIfContinued:
    """Write the bytes if a `100 (Continue)` comes first; nothing if the final answer does."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """The service closes the connection and writes nothing more."""


@dataclass(frozen=True, slots=True)
class ClosedOr:
    """Either the service closes the connection, or its next answer is the right one."""

    otherwise: Receive


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The service closes the connection within the time, with a `408` before that or without."""

    within_s: float


@dataclass(frozen=True, slots=True)
class Compare:
    """Compare the answers received so far with each other."""

    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Alive:
    """The service lives on: it answers the suite's `liveness` on a new connection."""


Step: TypeAlias = (
    Send
    | SendInPieces
    | SendUntilAnswered
    | Idle
    | Receive
    | ReceiveContinue
    | SendIfContinued
    | Closed
    | ClosedOr
    | TimedOut
    | Compare
    | Alive
)

QUICK_DEADLINE_S = 4.0
"""Below the contract's 5 s for slow clients: an answer that comes because the service gave up waiting is too late."""


@dataclass(frozen=True, slots=True)
class Case:
    """One rule of the contract and the conversation that shows whether a service keeps it."""

    id: str
    group: str
    title: str
    source: str
    """Where the rule stands: "RFC 9112 6.1", or a heading of the task's own contract."""
    steps: tuple[Step, ...]
    deadline_s: float = QUICK_DEADLINE_S
    """For the whole conversation; what is then still missing is the evidence."""
    concurrent: bool = False
    """Mostly waits: run beside the others."""


class Level(StrEnum):
    """What it means for a service to fail a case."""

    CORE = "core"
    """What the task itself asks: a service that fails is not measured."""
    HTTP = "http"
    """RFC 9110 and 9112, taken with good requests of the task: a score."""
    STRICT = "strict"
    """Corners that the task leaves to good manners: a score; a reference server passes them whole."""


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of a task by level, and a conversation that shows whether a service lives on."""

    core: tuple[Case, ...]
    http: tuple[Case, ...]
    strict: tuple[Case, ...]
    liveness: tuple[Step, ...]

    @property
    def cases(self) -> tuple[Case, ...]:
        """All cases, level by level."""
        return (*self.core, *self.http, *self.strict)

    @property
    def levels(self) -> dict[str, Level]:
        """The level of each case, by id."""
        by_level = {Level.CORE: self.core, Level.HTTP: self.http, Level.STRICT: self.strict}
        return {case.id: level for level, cases in by_level.items() for case in cases}
