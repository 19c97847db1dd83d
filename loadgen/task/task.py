"""What a task is: everything that measuring needs to know of the service's API."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from pydantic import JsonValue

from loadgen.conformance import Response, Suite
from loadgen.task.request import Headers, Request
from loadgen.task.shares import in_shares
from loadgen.task.sidecar import Command, Sidecar
from loadgen.task.work import BenchmarkRoles, Scale, Work, WorkInstructions

Parameters = Mapping[str, JsonValue]
"""What a workload sets, by name; of a drawn request also the data that were drawn for it."""
VERIFIED, FLOWING, PROBED, WARMING, LOADED = range(5)
"""Who asks one process of a service: blocks of a task's data. Values that are unique differ between them."""


@dataclass(frozen=True, slots=True)
class Ready:
    """How a server that is ready answers GET `path` with these header fields, and how soon: with that status, or with any
    response (None).
    """

    path: str = "/"
    status: int | None = None
    within_s: float | None = None
    headers: Headers = ()

    @property
    def request(self) -> Request:
        """What it is asked."""
        return Request("GET", self.path, self.headers)


class Values(Protocol):
    """The data of a task, drawn request by request."""

    def draw(self, kind: str, parameters: Parameters) -> dict[str, JsonValue]:
        """Return the parameters with the data that the next request of the kind has."""


class Drawn(NamedTuple):
    """One request, with the parameters and data that its response is checked by."""

    kind: str
    parameters: Parameters
    request: Request


class NoValues:
    """Of a task whose requests have nothing but parameters."""

    def draw(self, _kind: str, parameters: Parameters) -> dict[str, JsonValue]:
        """Return the parameters."""
        return dict(parameters)


class Task(Protocol):
    """A kind of work that services are measured at.

    A task has one kind of request or several (`kinds`); parameters are what a workload sets, such as a size.
    """

    @property
    def name(self) -> str:
        """Return the name that services and scenarios refer to."""

    @property
    def place(self) -> str:
        """Return what finds it again, from any folder: its name, or the path of its file."""

    @property
    def digest(self) -> str:
        """Return what tells this task from another version of it."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the names of the kinds of request, the usual one first."""

    @property
    def weights(self) -> Mapping[str, float]:
        """Return the share of each kind that is asked by itself, relative to the others."""

    @property
    def ready(self) -> Ready:
        """Return how a server shows that it is ready."""

    @property
    def folder(self) -> Path:
        """Return where files lie that commands of the task may name."""

    @property
    def sidecars(self) -> Sequence[Sidecar]:
        """Return the side services that the service needs."""

    @property
    def reset_command(self) -> Command | None:
        """Return what brings the service's data back to where they began, before each trial; None if nothing does."""

    @property
    def start_values(self) -> Mapping[str, str]:
        """Return what placeholders of a service's start command stand for, beside the harness's own."""

    def complete(self, parameters: Parameters) -> dict[str, JsonValue]:
        """Return the parameters with defaults filled in; raise ValueError with what was expected."""

    def label(self, kind: str, parameters: Parameters) -> str:
        """Return a few words that tell this request from others of the task, such as "n = 10"."""

    def request(self, kind: str, parameters: Parameters) -> Request:
        """Return the request, byte for byte the same each time."""

    def shown_request(self, kind: str, parameters: Parameters) -> Request:
        """Return the request as records and reports may have it: a secret is its name."""

    def check(self, response: Response, kind: str, parameters: Parameters) -> str | None:
        """Return what is wrong with a response, as "expected ..., got ..."; None if nothing is."""

    def statuses(self, kind: str) -> list[int]:
        """Return the statuses of right responses."""

    def stated_us(self, response: Response) -> float | None:
        """Return the duration that a right response states of itself, in µs; None if it states none."""

    def varies(self, kind: str) -> bool:
        """Return whether two requests of the kind may differ: it has data."""

    def is_secret(self, kind: str) -> bool:
        """Return whether a request of the kind has a secret, which no command line may show."""

    def is_endless(self, kind: str) -> bool:
        """Return whether requests of the kind may be asked again: no value of theirs has to be unique."""

    def values(self, seed: int, block: int) -> Values:
        """Return the data in the order that the seed gives; the same each time."""

    def samples(self, seed: int) -> Iterator[Drawn]:
        """Return cheap requests without an end, drawn from all that a right service answers."""

    def flow_faults(self, ask: Callable[[Drawn], Response], seed: int) -> Iterator[str]:
        """Ask for what follows from earlier responses, such as reading back what was written; yield what is wrong."""

    def suite(self, seed: int) -> Suite:
        """Return the conformance suite; the seed draws what its cases ask for."""

    def work(self, kind: str, parameters: Parameters) -> Work | None:
        """Return how much work the request is; None if the task cannot tell."""

    @property
    def least_cpu_us(self) -> float | None:
        """Return the CPU time, in µs, that no right service needs less than for any request; None if the task cannot tell."""

    @property
    def scale(self) -> Scale | None:
        """Return how work grows with a parameter; None if the task cannot tell."""

    @property
    def benchmark_roles(self) -> BenchmarkRoles | None:
        """Return what the microbenchmarks of its services are of; None if the task does not say."""

    @property
    def work_instructions(self) -> Mapping[str, WorkInstructions]:
        """Return the instructions that do the work, by format of program as objdump names it; none if it is not looked for."""


def drawn(task: Task, kind: str, parameters: Parameters) -> Drawn:
    """Return the request of that kind."""
    return Drawn(kind, parameters, task.request(kind, parameters))


@dataclass(frozen=True)
class Asked:
    """What a workload asks again and again: one kind of request of a task, or a mix of several by their `weights`."""

    task: Task
    weights: Mapping[str, float]
    parameters: Parameters
    first: Drawn = field(init=False)

    def __post_init__(self) -> None:
        """Make a request once: nothing that differs between trials may depend on when it is made."""
        object.__setattr__(self, "first", next(self.draws(0, VERIFIED)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds, in the task's order."""
        return tuple(self.weights)

    @property
    def is_constant(self) -> bool:
        """Return whether all requests are the same."""
        return len(self.kinds) == 1 and not self.task.varies(self.kinds[0])

    @property
    def is_secret(self) -> bool:
        """Return whether a request has a secret, which no command line may show."""
        return any(self.task.is_secret(kind) for kind in self.kinds)

    @property
    def is_endless(self) -> bool:
        """Return whether prepared requests may be sent again, once all of them have been."""
        return all(self.task.is_endless(kind) for kind in self.kinds)

    @property
    def shares(self) -> dict[str, float]:
        """Return the share of each kind; they add up to 1."""
        total = sum(self.weights.values())
        return {kind: weight / total for kind, weight in self.weights.items()}

    def draws(self, seed: int, block: int) -> Iterator[Drawn]:
        """Return requests without an end: kinds in their shares in a shuffled order, with their data. The same each time."""
        values = self.task.values(seed, block)
        for kind in in_shares(self.shares, random.Random(f"{seed}/{block}/kinds")):
            yield drawn(self.task, kind, values.draw(kind, self.parameters))

    def shown(self, kind: str) -> Request:
        """Return a kind's request as records and reports may have it: a secret is its name, and so are data."""
        return self.task.shown_request(kind, self.parameters)

    @property
    def right(self) -> list[list[int]]:
        """Return the statuses of right responses, kind by kind."""
        return [self.task.statuses(kind) for kind in self.kinds]

    @property
    def statuses(self) -> list[int]:
        """Return the statuses of right responses, of whichever kind."""
        return sorted({status for kind in self.kinds for status in self.task.statuses(kind)})

    @property
    def label(self) -> str:
        """Return a few words that tell what is asked from other requests of the task."""
        if len(self.kinds) == 1:
            return self.task.label(self.kinds[0], self.parameters)
        shares = [f"{share:.3g}% {kind}" for kind, share in ((kind, 100 * share) for kind, share in self.shares.items())]
        return ", ".join([*shares, *(f"{name} = {value}" for name, value in self.parameters.items())])

    @property
    def work(self) -> Work | None:
        """Return how much work the request is; None if the task cannot tell, and for a mix."""
        return self.task.work(self.kinds[0], self.parameters) if len(self.kinds) == 1 else None

    def check(self, response: Response, drawn: Drawn) -> str | None:
        """Return what is wrong with a response to that request; None if nothing is."""
        return self.task.check(response, drawn.kind, drawn.parameters)

    def stated_us(self, response: Response) -> float | None:
        """Return the duration that a right response states of itself, in µs."""
        return self.task.stated_us(response)
