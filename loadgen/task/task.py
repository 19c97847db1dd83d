"""What a task is: everything that measuring needs to know of the service's API."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import JsonValue

from loadgen.conformance import Response, Suite
from loadgen.task.request import Request
from loadgen.task.work import BenchmarkRoles, Scale, Work, WorkInstructions

Parameters = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Ready:
    """How a server that is ready answers GET `path`: with that status, or with any response (None)."""

    path: str = "/"
    status: int | None = None


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
    def ready(self) -> Ready:
        """Return how a server shows that it is ready."""

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

    def sample(self, source: random.Random) -> tuple[str, dict[str, JsonValue]]:
        """Return kind and parameters of a cheap request, drawn from all that a right service answers."""

    def suite(self, seed: int) -> Suite:
        """Return the conformance suite; the seed draws what its cases ask for."""

    def work(self, kind: str, parameters: Parameters) -> Work | None:
        """Return how much work the request is; None if the task cannot tell."""

    @property
    def scale(self) -> Scale | None:
        """Return how work grows with a parameter; None if the task cannot tell."""

    @property
    def benchmark_roles(self) -> BenchmarkRoles | None:
        """Return what the microbenchmarks of its services are of; None if the task does not say."""

    @property
    def work_instructions(self) -> Mapping[str, WorkInstructions]:
        """Return the instructions that do the work, by format of program as objdump names it; none if it is not looked for."""


@dataclass(frozen=True)
class Asked:
    """One kind of request of a task, with its parameters: what a workload asks again and again."""

    task: Task
    kind: str
    parameters: Parameters
    request: Request = field(init=False)

    def __post_init__(self) -> None:
        """Make the request once: nothing that differs between trials may depend on when it is made."""
        object.__setattr__(self, "request", self.task.request(self.kind, self.parameters))

    @property
    def shown(self) -> Request:
        """Return the request as records and reports may have it: a secret is its name."""
        return self.task.shown_request(self.kind, self.parameters)

    @property
    def statuses(self) -> list[int]:
        """Return the statuses of right responses."""
        return self.task.statuses(self.kind)

    @property
    def label(self) -> str:
        """Return a few words that tell this request from others of the task."""
        return self.task.label(self.kind, self.parameters)

    @property
    def work(self) -> Work | None:
        """Return how much work the request is; None if the task cannot tell."""
        return self.task.work(self.kind, self.parameters)

    def check(self, response: Response) -> str | None:
        """Return what is wrong with a response; None if nothing is."""
        return self.task.check(response, self.kind, self.parameters)

    def stated_us(self, response: Response) -> float | None:
        """Return the duration that a right response states of itself, in µs."""
        return self.task.stated_us(response)
