"""What was counted after a verdict, so that it can be said why head is slower: explain.json of a run."""

from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import ValidationError

from loadgen.errors import Error
from loadgen.strict import Strict, explain

EXPLAIN_FILE = "explain.json"
UNNAMED = "(no name, in "
"""What a function is called that has none, before its program's name."""
Unit = Literal["request", "operation"]
"""Of a workload and of a benchmark."""


class Wanted(NamedTuple):
    """What is to be explained of a service: a request of a workload, or an operation of a benchmark.

    `names` has one workload, or benchmarks, of which the first is explained that can be counted.
    """

    service: str
    unit: Unit
    names: tuple[str, ...]


class FunctionCost(Strict):
    """What one function costs a request, or an operation of a benchmark, in instructions."""

    exclusive: float
    """Instructions of its own."""
    inclusive: float
    """With those of all that it calls."""
    calls: float
    """How often it is called."""
    place: str = ""
    """The file and line that most of it is spent on, where there is debug information."""


class Call(Strict):
    """What one function calls another for, a request."""

    caller: str
    """The function that calls."""
    callee: str
    """The function that is called."""
    calls: float
    """How often."""
    inclusive: float
    """Instructions of the callee and of all that it calls."""


class Profile(Strict):
    """The instructions of a request by function, and who calls whom."""

    functions: dict[str, FunctionCost]
    """By demangled name, without what differs between builds."""
    calls: list[Call]
    """Without calls of a function by itself."""

    @property
    def instructions(self) -> float:
        """All instructions of a request."""
        return sum(function.exclusive for function in self.functions.values())

    @property
    def unnamed_share(self) -> float:
        """The share of them that is spent in functions without names."""
        unnamed = sum(function.exclusive for name, function in self.functions.items() if name.startswith(UNNAMED))
        return unnamed / self.instructions if self.instructions else 0.0


class FunctionTime(Strict):
    """The CPU time that one function takes a request, in microseconds, as perf samples it."""

    exclusive_us: float
    """Its own."""
    inclusive_us: float
    """With that of all that it calls."""


class SideCounts(Strict):
    """What one side of a regression check needs for a request. What could not be counted is empty."""

    profiles: list[Profile] = []
    """Counted once, or twice of the base: what the two differ by no change can be blamed for."""
    times: list[dict[str, FunctionTime]] = []
    """By function, of each time that it was sampled."""
    system_calls: list[dict[str, float]] = []
    """Calls a request by name, of each time that they were counted."""
    kernel: list[dict[str, float]] = []
    """Page faults and context switches a request, of each time that they were counted."""
    sections: dict[str, int] = {}
    """The bytes of the artefact's sections, by name."""


class ExplainedService(Strict):
    """Both sides of a service under the requests of one workload, or of one of its benchmarks."""

    service: str
    """The service's name."""
    workload: str
    """The workload whose requests were sent, or the benchmark."""
    unit: Unit = "request"
    """What counts are of: a request, or an operation of the benchmark."""
    requests: int = 0
    """So many requests or operations, and twice as many, were counted under callgrind."""
    base: SideCounts = SideCounts()
    """What was."""
    head: SideCounts = SideCounts()
    """What is judged."""
    flame_graphs: list[str] = []
    """Pages in the run's folder."""
    notes: list[str] = []
    """What could not be counted, and why."""


class ExplainRecord(Strict):
    """The contents of explain.json."""

    schema_version: Literal[1] = 1
    """The version of this file."""
    services: list[ExplainedService]
    """In the order in which they were judged."""


def read_explain(folder: Path) -> ExplainRecord | None:
    """Return what explain.json in the folder has; None without one. Raise Error if it is not of this schema."""
    path = folder / EXPLAIN_FILE
    if not path.exists():
        return None
    try:
        return ExplainRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise Error(f"{path}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise Error(f"{path}: {explain(error)}") from error
