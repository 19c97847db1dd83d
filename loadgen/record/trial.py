"""One trial: a line of trials.jsonl."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from loadgen.conformance.shown import Shown
from loadgen.record.lengths import BodyLengths
from loadgen.strict import Strict
from loadgen.system.memory_reading import MemoryReading

SCHEMA_VERSION: Literal[2] = 2


MICROBENCH = "microbench"


INSTRUCTIONS = "instructions"
"""The workloads of trials that put no load on a server."""


Comparison = Literal["change", "relinked", "slowed"]


class Sample(Strict):
    """One look at the server and the generator; `at_s` counts from the generator's start."""

    at_s: float
    server_cpu_s: float
    generator_cpu_s: float
    server_rss_bytes: int


class CpuWindow(Strict):
    """CPU time spent between two readings near the edges of the measured window; cores as named in run.json.

    `witnessed` answers to the harness's own client fell into the same time and are not among the generator's rows.
    `harness_cpu_s` is what this program itself used: sampling, and the client that checks answers. `memory_stalled_s` is how
    long some program waited for memory (pressure stall information), `memory_limit_hits` how often the memory cgroup reached
    its limit; `throttled_s` how long the CPU quota of the cgroup was used up, `thermal_events` how often a core was slowed down
    for its heat. All are None where the kernel does not tell.

    `sidecar_cpu_s` is that of side services, by name.

    `beside_server_cpu_s` and `beside_generator_cpu_s` are what the other half of a pair used, measured at the same time.
    """

    from_s: float
    to_s: float
    server_cpu_s: float
    server_user_s: float
    server_system_s: float
    generator_cpu_s: float
    voluntary_switches: int
    involuntary_switches: int
    others_on_server_cores_s: float | None
    stolen_s: float
    witnessed: int
    generator_cores_idle_s: float | None = None
    server_cores_idle_s: float | None = None
    harness_cpu_s: float | None = None
    server_major_faults: int | None = None
    memory_stalled_s: float | None = None
    memory_limit_hits: int | None = None
    throttled_s: float | None = None
    thermal_events: int | None = None
    sidecar_cpu_s: dict[str, float] = {}
    beside_server_cpu_s: float = 0.0
    beside_generator_cpu_s: float = 0.0


class Answers(Strict):
    """What a slow client of its own saw while the load ran: answers checked, what was wrong with the wrong ones, and
    the first of those with its request.

    `under_load` of them came before the load's end. Of each right answer that states its duration as the contract has it: that
    duration, the time that the answer took, and which of the client's connections it came on. `idle_latencies_us` are rounds
    over all connections once the load was over: one latency a connection. `lengths` are those of right answers under load,
    by kind of request.
    """

    checked: int
    wrong: list[str]
    shown: Shown | None = None
    under_load: int | None = None
    durations_us: list[float] = []
    latencies_us: list[float] = []
    connections: list[int] = []
    idle_latencies_us: list[list[float]] = []
    lengths: dict[str, BodyLengths] = {}


class KindLoad(Strict):
    """Of one kind of request how many were begun, all responses by status, and how many had a right one in the window."""

    begun: int
    statuses: dict[str, int]
    right_statuses: list[int]
    answered_in_window: int


class Load(Strict):
    """What the generator reported: rows by status, errors by kind, and where every row is kept.

    `answered_in_window` counts `right_statuses`. `closed_by_server` are connections that the server closed during the load, by
    the kernel's table of sockets. `reported` is the generator's own summary, which no figure is made from. `server_cpu_s` is
    the CPU time of the server from before the first request to after the last answer; `witnessed` right answers to the
    harness's own client cost some of it. Both are there in paired trials only. `kinds` are by name, in the order of the numbers
    in rows; empty where the generator asks one kind and does not tell.
    """

    wall_s: float
    statuses: dict[str, int]
    errors: dict[str, int]
    rows_file: str
    rows: int
    answered_in_window: int | None = None
    right_statuses: list[int] = [200]
    closed_by_server: int | None = None
    reported: dict[str, float] = {}
    server_cpu_s: float | None = None
    sidecar_cpu_s: dict[str, float] = {}
    witnessed: int = 0
    kinds: dict[str, KindLoad] = {}


def benchmark_name(scenario: str, contender: str, case: str) -> str:
    """Return the name that the program gives it: scenario/contender/case, or the case alone if the name has another form."""
    return f"{scenario}/{contender}/{case}" if scenario else case


class Timing(Strict):
    """One operation of a microbenchmark, timed in one process: wall time, the median of its repetitions, and its counters.

    `cpu_ns` is the CPU time of the process in place of wall time, where the tool tells it.

    `iterations` are those of one repetition, 0 if the tool does not report them. A benchmark whose name is not of the form
    scenario/contender/case is a `case` by itself, without scenario and contender.

    Counters are what the tool reports beside the time: units of work, `allocations`, `allocated_bytes`, `bytes`.
    """

    scenario: str
    contender: str
    case: str
    iterations: int
    repetitions: int
    time_ns: float
    counters: dict[str, float]
    cpu_ns: float | None = None

    @property
    def name(self) -> str:
        """The benchmark's name, as its program has it."""
        return benchmark_name(self.scenario, self.contender, self.case)


class InstructionCount(Strict):
    """Instructions of one operation by callgrind: (of 2 x `times` operations - of `times`) / `times`, and once more.

    `exact`: the program does the same each time; without, its runtime's own threads are in the count.
    """

    scenario: str
    contender: str
    case: str
    times: int
    instructions: float
    again: float
    exact: bool

    @property
    def name(self) -> str:
        """The benchmark's name, as its program has it."""
        return benchmark_name(self.scenario, self.contender, self.case)


class AnyTrial(Strict):
    """What every line of trials.jsonl has. A failed trial names its `failure` and has whatever was read before it failed.

    `beside` are the labels of what was measured at the same time on the same cores: a paired trial; empty for a solo trial.
    In a regression check a trial is one half of a pair: of the `comparison` "change" (base and head), "relinked" or "slowed"
    (the base, and a control); the two halves have the same round.
    """

    schema_version: Literal[2]
    index: int
    round: int
    position: int
    contender: str
    workload: str
    started: str
    failure: str | None
    overhead_s: float | None = None
    beside: list[str] = []
    comparison: Comparison | None = None


class LoadTrial(AnyTrial):
    """A load on a fresh server.

    `load_began_s` is when the generator was started, counted from the start of the server's process; `log_file` is what the
    server wrote on stderr, None if it wrote nothing. `idle_busy_share` is which share of a core the server used before anybody
    asked, in solo trials. `sidecars` are side services by name: their memory under load.
    """

    kind: Literal["load"] = "load"
    rate_per_s: int | None = None
    ready_s: float | None = None
    load_began_s: float | None = None
    window_from_s: float | None = None
    window_to_s: float | None = None
    load: Load | None = None
    cpu: CpuWindow | None = None
    answers: Answers | None = None
    idle: MemoryReading | None = None
    idle_busy_share: float | None = None
    loaded: MemoryReading | None = None
    after: MemoryReading | None = None
    sidecars: dict[str, MemoryReading] = {}
    server_threads: int | None = None
    open_files: int | None = None
    samples: list[Sample] = []
    exit_code: int | None = None
    outside_s: float | None = None
    log_file: str | None = None


class BenchmarkTrial(AnyTrial):
    """One process of each program of a service's microbenchmarks, with the `warnings` of the tool.

    Benchmarks without a time are named with the reason: those that were `skipped`, or have a result that is no time, and those
    that `failed`.
    """

    kind: Literal["benchmark"] = "benchmark"
    timings: list[Timing] = []
    warnings: list[str] = []
    skipped: dict[str, str] = {}
    failed: dict[str, str] = {}


class CountTrial(AnyTrial):
    """Instructions of a service's microbenchmarks; `failed` are those that could not be counted, with the reason."""

    kind: Literal["count"] = "count"
    instructions: list[InstructionCount] = []
    failed: dict[str, str] = {}


Trial = LoadTrial | BenchmarkTrial | CountTrial
TRIAL: TypeAdapter[Trial] = TypeAdapter(Annotated[Trial, Field(discriminator="kind")])
"""Reads a line of trials.jsonl as the kind that it says."""
