"""Why head is slower, as verdict.json has it."""

from typing import Literal

from loadgen.record.explain import Unit
from loadgen.strict import Strict

Kind = Literal["system calls", "allocations", "kernel", "section"]


class FunctionChange(Strict):
    """A function whose instructions changed. Figures are of one request, or of one operation of a benchmark."""

    name: str
    """The demangled name."""
    place: str
    """The file and line of head (of base, if head has no such function) that most of it is spent on; empty without debug
    information."""
    own: float
    """Instructions that were changed here: by the function's own code, and by how often it calls others."""
    exclusive: tuple[float, float]
    """Instructions of its own, on base and head."""
    inclusive: tuple[float, float]
    """With those of all that it calls."""
    calls: tuple[float, float]
    """How often it is called."""


class TimeChange(Strict):
    """A function whose own CPU time changed by more than it varies, in microseconds of a request, on base and head."""

    name: str
    """The demangled name."""
    exclusive_us: tuple[float, float]
    """Its own."""
    inclusive_us: tuple[float, float]
    """With that of all that it calls."""


class CountChange(Strict):
    """Anything else that was counted and changed: calls or events of a request, or bytes of a section."""

    kind: Kind
    """What was counted."""
    name: str
    """Of a system call, a function that allocates, an event, a section."""
    base: float
    """On base."""
    head: float
    """On head."""
    by: str = ""
    """Of a function that allocates: the one that calls it more or less often, most of all."""


class Explanation(Strict):
    """What changed in one service under the requests of one workload, or in one of its benchmarks."""

    service: str
    """The service's name."""
    workload: str
    """The workload whose requests were sent, or the benchmark."""
    unit: Unit = "request"
    """What figures are of: a request, or an operation of the benchmark."""
    requests: int
    """Of how many requests or operations instructions were counted."""
    instructions: tuple[float, float] | None
    """Of one of them, on base and head; null if they could not be counted."""
    functions: list[FunctionChange]
    """The ten that changed most, the most important first."""
    cpu_us: tuple[float, float] | None = None
    """The CPU time of a request while it was sampled, on base and head; null if it could not be."""
    times: list[TimeChange] = []
    """The ten functions whose own time changed most."""
    counts: list[CountChange]
    """What else changed."""
    flame_graphs: list[str]
    """Pages in the run's folder."""
    notes: list[str]
    """What could not be counted, and why."""
