"""The conformance suite of a task from TOML."""

from typing import Protocol

from loadgen.conformance import Case, Response, Suite
from loadgen.conformance.case import Check, Receive, Send
from loadgen.conformance.http import GoodRequest, GoodRequests, http_cases
from loadgen.task.task import VERIFIED, Drawn, Ready, Values
from loadgen.task.task import Task as AnyTask

_PROBED_DEADLINE_S = 10.0
_SLOW_BODY_BYTES = 64


class Task(AnyTask, Protocol):
    """A task whose parameters have usual values."""

    @property
    def cases(self) -> tuple[str, ...]:
        """Return the kinds of request that are cases by themselves."""

    def usual(self, kind: str, values: Values) -> Drawn:
        """Return a request of the kind with usual parameters and the next data."""


def suite_of(task: Task, seed: int) -> Suite:
    """A core case for each kind of request that stands for itself, on a connection of its own, and the level of HTTP. The seed
    draws the data.
    """
    values = task.values(seed, VERIFIED)
    core = tuple(_core(task, task.usual(kind, values)) for kind in task.cases)
    ready: Ready = task.ready
    statuses = range(200, 600) if ready.status is None else [ready.status]
    plain = GoodRequest("GET", ready.path, (), b"", Receive(frozenset(statuses)), ready.request.host)
    good = (task.usual(kind, values) for kind in task.weights if task.is_endless(kind))
    with_body = next((_good(task, drawn) for drawn in good if drawn.request.body), None)
    return Suite(core, http_cases(GoodRequests(plain, with_body)), (), (Send(plain.whole("Connection: close")), plain.right))


def _core(task: Task, drawn: Drawn) -> Case:
    return Case(
        id=f"task-{drawn.kind}",
        group="request",
        title=f"{drawn.request.method} {task.shown_request(drawn.kind, {}).target}: as the task expects it",
        source=f'request "{drawn.kind}" of the task {task.name}',
        steps=(Send(drawn.request.to_bytes()), _right(task, drawn)),
        deadline_s=_PROBED_DEADLINE_S,
    )


def _right(task: Task, drawn: Drawn) -> Receive:
    return Receive(frozenset(task.statuses(drawn.kind)), (_checking(task, drawn),), drawn.request.method)


def _checking(task: Task, drawn: Drawn) -> Check:
    def check(response: Response) -> str | None:
        return task.check(response, drawn.kind, drawn.parameters)

    return check


def _good(task: Task, drawn: Drawn) -> GoodRequest:
    """A request with a body; white space behind JSON makes it long enough for a client that sends it slowly."""
    request = drawn.request
    is_json = any(name.lower() == "content-type" and "json" in value.lower() for name, value in request.headers)
    body = request.body.ljust(_SLOW_BODY_BYTES) if is_json else request.body
    return GoodRequest(request.method, request.target, request.fields, body, _right(task, drawn), request.host)
