"""The field as it is analysed and kept: standings.json. Everything that its screen, charts and pages show is read from it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from analysis.model.comparison import Comparison, Figure
from analysis.model.summary import RunFacts
from loadgen.conformance.findings import Finding
from loadgen.conformance.score import Score
from loadgen.strict import Strict

STANDINGS_SCHEMA_VERSION: Literal[1] = 1
ASKED_FILE, STANDINGS_FILE = "field.json", "standings.json"


TaskName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
"""The name of a task, after which files are called."""


class FieldFile(Strict):
    """field.json: the finished runs of a field, a run a task."""

    schema_version: Literal[1] = Field(alias="schema")
    """The version of what this file can say."""
    runs: dict[TaskName, str]
    """By the name of the task the run's folder, as seen from this file."""


class ColdStart(Strict):
    """What a service takes from its start until it is as fast as its figures say.

    `ready_ms`: from the start of a process to its first right response, over the run's solo trials. `load_s` and `cpu_s`:
    seconds under load and CPU time until CPU per request fell no more; None where the run has no pilots. `has_settled` is False
    where that was waited for in vain.
    """

    ready_ms: Figure
    load_s: float | None = None
    cpu_s: float | None = None
    has_settled: bool = True


class FieldService(Strict):
    """A service that was asked for under a task; with `not_measured`, the reason, nothing else is known of it."""

    label: str
    title: str
    language: str
    tier: str
    http: Score | None = None
    findings: list[Finding] = []
    cold_start: ColdStart | None = None
    not_measured: str | None = None


class Place(Strict):
    """A service under a workload.

    `best_rank` and `worst_rank` are the ranks that it may have: 1 + the services that are told to need less CPU per request,
    and all but those that are told to need more. Both are None where nothing is told of it. `ratio` is its CPU per request
    over the reference's; None for the reference. `beside` is the ratio of paired trials where that is another one than alone
    (intervals more than 1% apart), for one hinders the other more than the other it: `ratio` and all pairs of such a service
    are then of solo trials.
    """

    label: str
    best_rank: int | None
    worst_rank: int | None
    ratio: Comparison | None
    beside: Comparison | None = None
    figures: dict[str, Figure]


class FieldWorkload(Strict):
    """A workload: places, best first, and each pair of services, the one that stands first over the other.

    `pairs` are without the values of each round: those of services beside the reference are in the places' ratios. `paired`
    says that ratios come from servers side by side on the same cores.
    """

    name: str
    title: str
    label: str
    load: str
    reference: str
    paired: bool
    places: list[Place]
    pairs: list[Comparison]


class FieldTask(Strict):
    """A task: its services and its workloads, the main one first."""

    name: str
    run: RunFacts
    services: list[FieldService]
    workloads: list[FieldWorkload]


class FieldResult(Strict):
    """The contents of standings.json."""

    schema_version: Literal[1]
    tasks: list[FieldTask]


def service_of(task: FieldTask, label: str) -> FieldService:
    """Return the service of that label, which has to be there."""
    return next(service for service in task.services if service.label == label)
