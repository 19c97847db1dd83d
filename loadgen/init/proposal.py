"""What init proposes for a repository: what is built, how it is started, and what is not sure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from loadgen.init.listening import Port

_UNLIKELY = re.compile(
    r"migrat|seed|worker|tool|gen|test|bench|example|demo|script|client|lint|util|fuzz|repeat", re.IGNORECASE
)
_LIKELY = re.compile(r"server|serve|service|api|http|web|daemon", re.IGNORECASE)
NO_PORT = "nothing in the sources says how the port is taken; a guess: name the variable here, or put {port} into the command"


@dataclass(frozen=True)
class Start:
    """How it is started: command and variables with placeholders, where that was read, and what is to be looked at; whether
    connections go on behind a response.
    """

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    edit: str = ""
    keeps_alive: bool = True


@dataclass(frozen=True)
class Proposal:
    """A service that a repository seems to have. `place` is what it was made of, `build` the table [service.build]."""

    name: str
    language: str
    place: str
    build: Mapping[str, JsonValue]
    start: Start
    serves: bool = True
    others: Sequence[str] = ()
    build_edits: Mapping[str, str] = field(default_factory=dict)
    ready_within_s: int | None = None


def start_with(command: Sequence[str], port: Port | None) -> Start:
    """Return how a program is started that takes its port so; without, the usual variable and what to look at."""
    if port is None:
        return Start(command, {"PORT": "{port}"}, edit=NO_PORT)
    return Start([*command, *port.arguments], port.environment, comment=f"as {port.found_in} reads it")


def doubt(name: str) -> int:
    """Return how unlikely a program is to be the service, by what one can tell of a name or place: 0, 1 or 2."""
    return 2 if _UNLIKELY.search(name) else 0 if _LIKELY.search(name) else 1
