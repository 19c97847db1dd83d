"""One trial: a line of trials.jsonl."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from loadgen.conformance.shown import Shown
from loadgen.record.benchmark import InstructionCount, Timing
from loadgen.record.generators import GeneratorRecord, HostReadings
from loadgen.record.lengths import BodyLengths
from loadgen.strict import Strict
from loadgen.system.accept_queue import AcceptQueue
from loadgen.system.memory_reading import MemoryReading

SCHEMA_VERSION: Literal[2] = 2


MICROBENCH = "microbench"


INSTRUCTIONS = "instructions"
"""The workloads of trials that put no load on a server."""


Comparison = Literal["change", "relinked", "slowed"]


class Sample(Strict):
    """One look at the server and the generator."""

    at_s: float
    """Since the generator's start."""
    server_cpu_s: float
    """CPU time of the server's process tree so far."""
    generator_cpu_s: float
    """CPU time of the generator so far."""
    server_rss_bytes: int
    """Resident memory of the server's process tree."""


class CpuWindow(Strict):
    """CPU time spent between two readings near the edges of the measured window; cores as named in run.json.

    What is None, the kernel does not tell.
    """

    from_s: float
    """When the first reading was, since the generator's start."""
    to_s: float
    """When the last reading was."""
    server_cpu_s: float
    """CPU time of the server's process tree."""
    server_user_s: float
    """The part of it in the program."""
    server_system_s: float
    """The part of it in the kernel."""
    generator_cpu_s: float
    """CPU time of the generator."""
    voluntary_switches: int
    """How often the server's threads gave up a core to wait."""
    involuntary_switches: int
    """How often a core was taken from them."""
    others_on_server_cores_s: float | None
    """What other programs used on the server's cores."""
    stolen_s: float
    """What the hypervisor took of the server's cores."""
    witnessed: int
    """Right responses to the probe client in this time; they are not among the generator's rows."""
    generator_cores_idle_s: float | None = None
    """How long the generator's cores were idle, added up."""
    server_cores_idle_s: float | None = None
    """How long the server's cores were idle, added up."""
    harness_cpu_s: float | None = None
    """What primebench itself used: readings, and the probe client."""
    worker_cpu_s: float | None = None
    """Campaign only: what the cluster's worker on the machine used, which waits meanwhile."""
    server_major_faults: int | None = None
    """How often the server waited for a page from the disk."""
    memory_stalled_s: float | None = None
    """How long some program waited for memory (pressure stall information)."""
    memory_limit_hits: int | None = None
    """How often the memory cgroup reached its limit."""
    throttled_s: float | None = None
    """How long the CPU quota of the cgroup was used up."""
    thermal_events: int | None = None
    """How often a core was slowed down for its heat."""
    sidecar_cpu_s: dict[str, float] = {}
    """CPU time of side services, by name."""
    beside_server_cpu_s: float = 0.0
    """Of a paired trial the CPU time of the other server in the same window."""
    beside_generator_cpu_s: float = 0.0
    """Of a paired trial the CPU time of the other generator in the same window."""


class Answers(Strict):
    """What the probe client saw while the load ran."""

    checked: int
    """How many responses it checked."""
    wrong: list[str]
    """What was wrong with the wrong ones."""
    shown: Shown | None = None
    """The first of those, with its request."""
    under_load: int | None = None
    """How many of the checked ones came before the load's end."""
    durations_us: list[float] = []
    """Of each right response under load that states a duration as the task has it, that duration."""
    latencies_us: list[float] = []
    """The time that each of these took."""
    connections: list[int] = []
    """The number of the connection that each of these came on."""
    idle_latencies_us: list[list[float]] = []
    """Rounds over all connections once the load was over: a latency for each connection."""
    lengths: dict[str, BodyLengths] = {}
    """Those of right answers under load, by kind of request."""


class KindLoad(Strict):
    """What came of one kind of request."""

    begun: int
    """How many requests were begun."""
    statuses: dict[str, int]
    """Responses by status, in the window and outside."""
    right_statuses: list[int]
    """The statuses that are right."""
    answered_in_window: int
    """How many had a right status and came in the window."""


class Load(Strict):
    """What the generator reported."""

    wall_s: float
    """From its start to its end."""
    statuses: dict[str, int]
    """Responses by status."""
    errors: dict[str, int]
    """Requests without a response, by kind of error."""
    rows_file: str
    """Where every response is: `raw/NNNNN.parquet`."""
    rows: int
    """How many there are."""
    answered_in_window: int | None = None
    """Responses in the window with one of the right statuses."""
    right_statuses: list[int] = [200]
    """The statuses that are right."""
    closed_by_server: int | None = None
    """Connections that the server closed first during the load, by the kernel's table of sockets."""
    reported: dict[str, float] = {}
    """The generator's own summary, which no estimate uses."""
    server_cpu_s: float | None = None
    """Paired trials only: the server's CPU time from before the first request to after the last response."""
    sidecar_cpu_s: dict[str, float] = {}
    """Paired trials only: the CPU time of side services in the same time, by name."""
    witnessed: int = 0
    """Paired trials only: right responses to the probe client in the same time."""
    kinds: dict[str, KindLoad] = {}
    """By kind of request, in the order of the numbers in rows; empty where the generator asks one kind and does not tell."""
    generators: list[GeneratorRecord] = Field(default=[], exclude_if=lambda several: not several)
    """Each of several generators that put the load together; not there for one."""
    server_host: HostReadings | None = Field(default=None, exclude_if=lambda readings: readings is None)
    """What the server's host read, if generators were on others; not there otherwise."""


class AnyTrial(Strict):
    """What every line of trials.jsonl has. A failed trial has whatever was read before it failed."""

    schema_version: Literal[2]
    """The version of what this line can say."""
    index: int
    """Its number in the run, from 0; of two lines with the same one, the later counts."""
    round: int
    """Its round, from 0."""
    position: int
    """Its place in the round, from 0."""
    contender: str
    """The label of what was measured. In a regression check `cpp@base`, `cpp@head` or `cpp@slowed`, with `+relinked` in the
    second layout."""
    workload: str
    """Under which load."""
    started: str
    """When (UTC)."""
    failure: str | None
    """In one line why there is no measurement."""
    overhead_s: float | None = None
    """What the trial took beside the planned warm-up and load."""
    beside: list[str] = []
    """Of a paired trial the labels of what was measured at the same time on the same cores; empty for a solo trial."""
    machine: str | None = None
    """Campaign only: on which of the run's `machines`; a round is on one of them. Null: on the run's only one."""
    comparison: Comparison | None = None
    """Regression check only: what this is one half of. Base and head, or the base and a control; both halves have one round."""


class LoadTrial(AnyTrial):
    """A load on a fresh server."""

    kind: Literal["load"] = "load"
    """A load on a fresh server."""
    rate_per_s: int | None = None
    """Of an open loop the requests that were due per second."""
    ready_s: float | None = None
    """From starting the process to its first right response to the task's readiness request."""
    load_began_s: float | None = None
    """From starting the process to starting the generator: the server's own clock when the load begins."""
    window_from_s: float | None = None
    """Where the measured window begins, since the generator's start."""
    window_to_s: float | None = None
    """Where it ends."""
    load: Load | None = None
    """What the generator reported."""
    cpu: CpuWindow | None = None
    """CPU time, and what else happened to cores and memory, in the window."""
    answers: Answers | None = None
    """What the probe client saw."""
    idle: MemoryReading | None = None
    """Memory before the load."""
    idle_busy_share: float | None = None
    """Which share of a core the server used in the 0.1 s before the first request (1 is a core); solo trials only."""
    loaded: MemoryReading | None = None
    """Memory near the load's end."""
    after: MemoryReading | None = None
    """Memory after the load."""
    sidecars: dict[str, MemoryReading] = {}
    """Memory of side services near the load's end, by name."""
    server_threads: int | None = None
    """The server's threads after the load."""
    open_files: int | None = None
    """The server's open files after the load."""
    accept_queue: AcceptQueue | None = Field(default=None, exclude_if=lambda queue: queue is None)
    """Where connections wait until the server accepts them, after the load; not there where the kernel does not tell."""
    samples: list[Sample] = []
    """Readings every 0.2 s."""
    exit_code: int | None = None
    """The server's, after SIGTERM."""
    outside_s: float | None = None
    """What the trial took beside the load as it was, and readings: start, readiness, copying the rows, stop."""
    log_file: str | None = None
    """What the server wrote on stderr: `raw/NNNNN.log`."""


class BenchmarkTrial(AnyTrial):
    """One process of each program of a service's microbenchmarks."""

    kind: Literal["benchmark"] = "benchmark"
    """One process of each program of a service's microbenchmarks."""
    timings: list[Timing] = []
    """The time of each benchmark."""
    warnings: list[str] = []
    """What the tool warned of (frequency scaling, address randomisation, a debug build of its own library)."""
    skipped: dict[str, str] = {}
    """Benchmarks that were skipped, or have a result that is no time, with the reason."""
    failed: dict[str, str] = {}
    """Benchmarks that failed, with the reason."""


class CountTrial(AnyTrial):
    """Instructions of a service's microbenchmarks."""

    kind: Literal["count"] = "count"
    """Instructions of a service's microbenchmarks."""
    instructions: list[InstructionCount] = []
    """The instructions of each benchmark."""
    failed: dict[str, str] = {}
    """Benchmarks that could not be counted, with the reason."""


Trial = LoadTrial | BenchmarkTrial | CountTrial
TRIAL: TypeAdapter[Trial] = TypeAdapter(Annotated[Trial, Field(discriminator="kind")])
"""Reads a line of trials.jsonl as the kind that it says."""
