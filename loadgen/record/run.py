"""The records of a run: the one thing that `loadgen` and `analysis` share. docs/records.md describes every field.

`run.json` is written when the run starts and again when it ends, `trials.jsonl` gets one line a trial as soon as that trial
ends. Units are the last part of a name.
"""

import json
import os
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from pydantic import Field, JsonValue, ValidationError

from loadgen.errors import Trouble
from loadgen.strict import Strict, explain

SCHEMA_VERSION: Literal[1] = 1
MICROBENCH = "microbench"
INSTRUCTIONS = "instructions"
"""The workloads of trials that put no load on a server."""

DIGEST = "sha256:"
"""Begins what stands for the content of a file."""

Comparison = Literal["change", "relinked", "slowed"]


class BuildRecord(Strict):
    """How an artefact was made. Times are wall seconds on the machine that built it, downloads excluded.

    `environment` and `configuration` are what can change the result and was set there: variables, and the configuration of
    tools, by name, as text or digest. Where sources came from is in neither, nor is any password.
    """

    service: str
    key: str
    built_at: str
    tools: dict[str, str]
    clean_build_s: float
    incremental_build_s: list[float]
    binary_bytes: int
    environment: dict[str, str] = {}
    configuration: dict[str, str] = {}

    @property
    def built_with(self) -> list[str]:
        """Return what was set for this build, and files that configured its tools; empty on a machine as it was installed."""
        settings = {**self.environment, **self.configuration}
        return [name if value.startswith(DIGEST) else f"{name}={value}" for name, value in settings.items()]


class CoreGroup(Strict):
    """Physical cores that are alike: of one kind, on one NUMA node, behind one last-level cache.

    Each of `cores` lists the CPU numbers of its hardware threads, of those that the process may use ("0-1", "3,35").
    `speed_class` is 0 for the fastest kind of the machine and counts up; `speed` is the kernel's own measure (capacity of 1024,
    or kHz), `shared_cache` the CPU numbers behind that cache. None where the kernel does not tell.
    """

    kind: str | None
    speed_class: int
    speed: int | None
    package: int | None
    node: int | None
    shared_cache: str | None
    cores: list[str]


class Machine(Strict):
    """What the run was measured on, as far as the kernel tells. `cores` are CPU numbers that the process may use.

    `hypervisor` and `product` are names by the firmware: of a virtual machine often its type. `cpu_id` is the processor by
    numbers (family, model and stepping), `quota_cores` the CPU time per time that the cgroup allows.
    """

    fingerprint: str
    cpu_model: str
    cores: int
    threads_per_core: int | None
    hypervisor: str | None
    governor: str | None
    turbo: bool | None
    memory_bytes: int
    kernel: str
    system: str
    mitigations: dict[str, str]
    load_average_1m: float
    product: str | None = None
    board: str | None = None
    architecture: str | None = None
    cpu_id: str | None = None
    microcode: str | None = None
    smt: bool | None = None
    frequency_max_mhz: int | None = None
    frequency_limit_mhz: int | None = None
    quota_cores: float | None = None
    isolated: str | None = None
    core_groups: list[CoreGroup] = []


class Rate(Strict):
    """An open loop's rate: `share` of the capacity that the closed loop `of` finds in the same run.

    `whose` capacity: each service's "own", or the lowest of all services, which makes the rate "common" to them.
    """

    share: Annotated[float, Field(gt=0, le=1, strict=False)]
    of: str
    whose: Literal["own", "common"] = "own"


def load_in_words(connections: int, rate: Rate | None) -> str:
    """A closed loop by its connections, an open one by its rate."""
    if rate is None:
        return f"{connections} connection" + ("" if connections == 1 else "s")
    whose = "each service's own capacity" if rate.whose == "own" else "the lowest capacity"
    return f"open loop at {rate.share:.0%} of {whose} ({rate.of})"


class WorkloadRecord(Strict):
    """A workload as it was run: a closed loop, or an open one at a `rate`. `left_out` are contenders that the profile keeps
    from it.
    """

    title: str
    n: int
    connections: int
    warm_up_s: float
    load_s: float
    rate: Rate | None = None
    left_out: list[str] = []


class Disassembly(Strict):
    """Divisions in a built artefact by `objdump`, or why they were not counted: packed ones ((v)divps, (v)divpd), and those of
    single integers (div, idiv). `packed_in` has those functions with the most packed ones; a stripped program names sections.
    """

    packed_divisions: int | None
    integer_divisions: int | None
    packed_in: dict[str, int]
    not_measured: str | None


class ContenderRecord(Strict):
    """A contender as it was run, or the reason why it was not (`not_measured`).

    `twin_of` names the contender that this one is once more, under another name: the A/A control, which is a control, too.
    `disassembly` is there if the profile asked for it. `environment` is what it inherited that can change what is measured.
    """

    label: str
    title: str
    language: str
    tier: str
    control: bool = False
    twin_of: str | None = None
    build: BuildRecord | None
    start_command: list[str]
    environment: dict[str, str] = {}
    known_deviations: dict[str, str]
    contract_cases_passed: int | None
    not_measured: str | None
    disassembly: Disassembly | None = None


class MicrobenchRecord(Strict):
    """A service's microbenchmarks as they were run, in one build of them, or the reason why not (`not_measured`).

    `variant` names a build of what is served with other compilers or flags, `over` the build that it is set over; both are None
    for the whole of the benchmarks. `titles` and `tiers` belong to the names of contenders.
    """

    label: str
    service: str
    language: str
    variant: str | None
    over: str | None
    title: str
    build: BuildRecord | None
    commands: list[list[str]]
    titles: dict[str, str]
    tiers: dict[str, str]
    not_measured: str | None


class PlanRecord(Strict):
    """What was asked for, as scenarios.toml has it: all that is needed to go on with a run that was interrupted."""

    services: list[str]
    profile: dict[str, JsonValue]
    workloads: dict[str, dict[str, JsonValue]]


class Side(Strict):
    """One side of a regression check: what was `asked` for, and what that was.

    `commit` is None for a folder outside git; `changed` are the files of a working tree that differ from that commit. `built`
    maps each service, and its microbenchmarks, to the key of the build: sides with the same keys are the same. `folder`: it was
    measured where it lies, not in a worktree.
    """

    asked: str
    commit: str | None
    changed: list[str] = []
    built: dict[str, str] = {}
    folder: bool = False


class Planned(Strict):
    """What a regression check set out to measure pairs of."""

    service: str
    workload: str


class RegressRecord(Strict):
    """What a regression check was asked for: its sides, the table [regress] as used, and the command that repeats it.

    `merge_base` says that the base is where head's history left that of what was asked for. `measured_s` is the time that
    measuring took, `ended_because` why it ended. `notes` are what of base and head could not be set beside each other.
    """

    base: Side
    head: Side
    merge_base: bool
    gate: dict[str, JsonValue]
    command: list[str]
    planned: list[Planned] = []
    notes: list[str] = []
    measured_s: float | None = None
    ended_because: str | None = None


class Resumption(Strict):
    """A run that was interrupted went on: when, and with which state of this program."""

    at: str
    trials_before: int
    commit: str | None
    dirty: bool | None


class RunRecord(Strict):
    """`run.json`: everything about a run but its trials. `ended` is None while it runs and if it was killed.

    `stopped_early` maps workloads to the rounds after which their intervals were narrow enough; `given_up` says what was left
    out of the profile to keep to a budget.
    """

    schema_version: Literal[1]
    run_id: str
    profile: str
    seed: int
    rounds: int
    started: str
    ended: str | None
    end_reason: str | None
    commit: str | None
    dirty: bool | None
    primebench_version: str
    oha_version: str
    load_command: list[str]
    server_cores: list[int]
    generator_cores: list[int]
    pinned: bool
    server_threads: int
    machine: Machine
    workloads: dict[str, WorkloadRecord]
    contenders: list[ContenderRecord]
    microbenches: list[MicrobenchRecord] = []
    plan: PlanRecord | None = None
    half_width: float | None = None
    noise_limit: float | None = None
    stopped_early: dict[str, int] = {}
    given_up: list[str] = []
    resumed: list[Resumption] = []
    load_average_1m_after: float | None = None
    regress: RegressRecord | None = None


class MemoryReading(Strict):
    """Memory of a process tree at one moment, from smaps_rollup (RSS, PSS, anonymous) and status (peak: VmHWM)."""

    rss_bytes: int
    pss_bytes: int | None
    anonymous_bytes: int | None
    peak_rss_bytes: int


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
    beside_server_cpu_s: float = 0.0
    beside_generator_cpu_s: float = 0.0


class Answers(Strict):
    """What a slow client of its own saw while the load ran: answers checked, and what was wrong with the wrong ones.

    `under_load` of them came before the load's end. Of each right answer that states its duration as the contract has it: that
    duration, the time that the answer took, and which of the client's connections it came on. `idle_latencies_us` are rounds
    over all connections once the load was over: one latency a connection.
    """

    checked: int
    wrong: list[str]
    under_load: int | None = None
    durations_us: list[float] = []
    latencies_us: list[float] = []
    connections: list[int] = []
    idle_latencies_us: list[list[float]] = []


class Load(Strict):
    """What the generator reported: rows by status, errors by kind, and where every row is kept.

    `answered_in_window` counts status 200. `closed_by_server` are connections that the server closed while the load ran, by the
    kernel's table of sockets. `reported` is the generator's own summary, which no figure is made from. `server_cpu_s` is the
    CPU time of the server from before the first request to after the last answer; `witnessed` right answers to the harness's
    own client cost some of it. Both are there in a regression check only.
    """

    wall_s: float
    statuses: dict[str, int]
    errors: dict[str, int]
    rows_file: str
    rows: int
    answered_in_window: int | None = None
    closed_by_server: int | None = None
    reported: dict[str, float] = {}
    server_cpu_s: float | None = None
    witnessed: int = 0


def benchmark_name(scenario: str, contender: str, case: str) -> str:
    """Return the name that the program gives it: scenario/contender/case, or the case alone if the name has another form."""
    return f"{scenario}/{contender}/{case}" if scenario else case


class Timing(Strict):
    """One operation of a microbenchmark, timed in one process: wall time, the median of its repetitions, and its counters.

    `cpu_ns` is the CPU time of the process in place of wall time, where the tool tells it.

    `iterations` are those of one repetition, 0 if the tool does not report them. A benchmark whose name is not of the form
    scenario/contender/case is a `case` by itself, without scenario and contender.

    Counters are what the tool reports beside the time: `divisions`, `allocations`, `allocated_bytes`, `bytes`.
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


class Trial(Strict):
    """One line of trials.jsonl. A failed trial names its `failure` and has whatever was read before it failed.

    A trial of the workload "microbench" is one process of a service's microbenchmarks and has `timings`, and the `warnings` of
    the tool; one of the workload "instructions" has `instructions`. Both name what they did not measure, with the reason:
    benchmarks that were `skipped`, or have a result that is no time, and that `failed`. All others put a load on a server.

    `load_began_s` is when the generator was started, counted from the start of the server's process; `log_file` is what the
    server wrote on stderr, None if it wrote nothing.

    In a regression check a trial is one half of a pair: of the `comparison` "change" (base and head), "relinked" or "slowed"
    (the base, and a control); the two halves have the same round.
    """

    schema_version: Literal[1]
    index: int
    round: int
    position: int
    contender: str
    workload: str
    started: str
    failure: str | None
    rate_per_s: int | None = None
    ready_s: float | None = None
    window_from_s: float | None = None
    window_to_s: float | None = None
    load: Load | None = None
    cpu: CpuWindow | None = None
    answers: Answers | None = None
    idle: MemoryReading | None = None
    loaded: MemoryReading | None = None
    after: MemoryReading | None = None
    server_threads: int | None = None
    open_files: int | None = None
    samples: list[Sample] = []
    exit_code: int | None = None
    overhead_s: float | None = None
    outside_s: float | None = None
    timings: list[Timing] = []
    warnings: list[str] = []
    instructions: list[InstructionCount] = []
    skipped: dict[str, str] = {}
    failed: dict[str, str] = {}
    comparison: Comparison | None = None
    load_began_s: float | None = None
    log_file: str | None = None


def append_line(file: BinaryIO, text: str) -> None:
    """Write one line at the end of a file, and force it to the disk; a line that did not fit is taken back.

    Around the file's own buffer, which would write what is left of such a line when the file is closed.
    """
    descriptor, left = file.fileno(), f"{text}\n".encode()
    before = file.seek(0, os.SEEK_END)
    try:
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, before)
        raise


def _written(record: Strict, indent: int | None = None) -> str:
    """The record as JSON that can be read back, whatever numbers and strings are in it.

    A number that is not finite is written NaN, Infinity or -Infinity. What is no Unicode text (a byte of a file name that is
    not UTF-8) is replaced by "?".
    """
    text = json.dumps(record.model_dump(), indent=indent, ensure_ascii=False)
    return text.encode(errors="replace").decode()


class RunFolder:
    """The files of one run. Writing raises OSError; the caller says what that means for the run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run_file = path / "run.json"
        self.trials_file = path / "trials.jsonl"
        self.raw = path / "raw"

    def create(self) -> None:
        """Make the folder; it must not be there yet."""
        self.raw.mkdir(parents=True)

    def write_run(self, run: RunRecord) -> None:
        """Replace run.json in one step: a reader sees the old one or the new one."""
        draft = self.run_file.with_suffix(".json.new")
        draft.write_bytes(_written(run, indent=2).encode() + b"\n")
        draft.replace(self.run_file)

    def drop_cut_line(self) -> None:
        """Take back a last line that a kill cut short: what is appended would continue it."""
        if self.trials_file.exists():
            os.truncate(self.trials_file, self.trials_file.read_bytes().rfind(b"\n") + 1)

    def append_trial(self, trial: Trial) -> None:
        """Append one line and force it to the disk; a line that did not fit is taken back."""
        with self.trials_file.open("ab") as file:
            append_line(file, _written(trial))

    def read_run(self) -> RunRecord:
        """Read run.json; raise Trouble if it is missing or not of this schema."""
        try:
            return RunRecord.model_validate_json(self.run_file.read_bytes())
        except OSError as error:
            raise Trouble(f"{self.run_file}: {error.strerror}; expected the folder of a run, as in results/runs/") from error
        except ValidationError as error:
            raise Trouble(f"{self.run_file}: {explain(error)}") from error

    def read_trials(self) -> list[Trial]:
        """Read every whole line of trials.jsonl; a last line cut short by a kill is passed over.

        A trial that was measured again when an interrupted run went on has two lines: the later one counts.
        """
        if not self.trials_file.exists():
            return []
        try:
            *whole, _ = self.trials_file.read_bytes().split(b"\n")
            read = [Trial.model_validate(json.loads(line)) for line in whole]
        except OSError as error:
            raise Trouble(f"{self.trials_file}: cannot be read: {error.strerror}") from error
        except ValidationError as error:
            raise Trouble(f"{self.trials_file}: {explain(error)}") from error
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise Trouble(f"{self.trials_file}: not JSON lines: {error}") from error
        return sorted({trial.index: trial for trial in read}.values(), key=lambda trial: trial.index)


def load_run(path: Path) -> tuple[RunRecord, list[Trial]]:
    """The run record and the finished trials in the folder `path`."""
    folder = RunFolder(path)
    return folder.read_run(), folder.read_trials()
