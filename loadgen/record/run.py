"""The records of a run: the one thing that `loadgen` and `analysis` share. docs/reference/records.md has every field.

`run.json` is written when the run starts and again when it ends, `trials.jsonl` gets one line a trial as soon as that trial
ends. Units are the last part of a name.
"""

from typing import Literal

from pydantic import Field, JsonValue

from loadgen.record.contender import ContenderRecord, MicrobenchRecord
from loadgen.record.curve import CurveRecord
from loadgen.record.machine import Machine
from loadgen.record.pilot import Pilot
from loadgen.record.regress import RegressRecord
from loadgen.record.workload import WorkloadRecord
from loadgen.strict import Strict
from loadgen.task.work import BenchmarkRoles


class PlanRecord(Strict):
    """What was asked for, as scenarios.toml has it: all that is needed to go on with a run that was interrupted."""

    services: list[str]
    """The services, as they were named; folders are absolute."""
    task: str
    """The task that they serve."""
    profile: dict[str, JsonValue]
    """The profile, as scenarios.toml has it."""
    workloads: dict[str, dict[str, JsonValue]]
    """The workloads, as scenarios.toml has them."""
    cross_check: dict[str, dict[str, JsonValue]] = {}
    """The loads by which generators are checked by each other, likewise."""
    cluster: str = ""
    """Campaign only: the hosts.toml, or the address of the scheduler. Services and task are then as seen from the project."""
    generator_hosts: list[str] = Field(default=[], exclude_if=lambda names: not names)
    """The hosts that put the load, where those are not the server's; not there otherwise."""
    parcel: str = ""
    """Campaign only: a digest of the project's files, which the machines got."""


class Resumption(Strict):
    """A run that was interrupted went on: when, and with which state of this program."""

    at: str
    """When it went on."""
    trials_before: int
    """How many trials there were."""
    commit: str | None
    """The checkout's commit then."""
    dirty: bool | None
    """Whether the checkout differed from it."""


class DirectPair(Strict):
    """Two services that are measured beside each other under a workload, neither of them the first one."""

    workload: str
    """The workload's name."""
    service: str
    """The label of one."""
    beside: str
    """The label of the other."""

    @property
    def in_words(self) -> str:
        """Return both, and the workload."""
        return f"{self.service} beside {self.beside} ({self.workload})"


class RunRecord(Strict):
    """`run.json`: everything about a run but its trials."""

    schema_version: Literal[2]
    """The version of what this file can say."""
    run_id: str
    """The folder's name: UTC time, profile, commit."""
    profile: str
    """The profile's name."""
    task: str
    """The name of what was asked."""
    task_digest: str
    """A digest of the task and of all files that belong to it."""
    benchmark_roles: BenchmarkRoles | None = None
    """What the task says about scenarios of microbenchmarks."""
    seed: int
    """Draws the order of trials and the data of requests."""
    rounds: int
    """How many were planned."""
    started: str
    """When it started (UTC)."""
    ended: str | None
    """When it ended; null while it runs and if it was killed."""
    end_reason: str | None
    """How it ended: `finished`, or what ended it."""
    commit: str | None
    """The commit of the repository that the project is, or is a part of; null outside git."""
    dirty: bool | None
    """Whether the project, or that part, differed from that commit."""
    primebench_version: str
    """The version of primebench."""
    generator: str
    """The load generator, with its version."""
    load_command: list[str]
    """A command line of the generator."""
    server_cores: list[int]
    """The CPU numbers that the server had."""
    generator_cores: list[int]
    """The CPU numbers that the generator had."""
    sidecar_cores: list[int] = []
    """The CPU numbers that side services had."""
    pinned: bool
    """Server and generator were kept on these."""
    server_threads: int
    """The number of threads that services were started with."""
    machine: Machine
    """What it was measured on; of a campaign the first of its `machines`."""
    machines: dict[str, Machine] = {}
    """Campaign only: the machines that whole rounds were measured on, by the names that its trials have."""
    generator_machines: dict[str, Machine] = Field(default={}, exclude_if=lambda machines: not machines)
    """Where generators were on other hosts than the server, those hosts by their names; not there otherwise."""
    workloads: dict[str, WorkloadRecord]
    """The workloads, by name."""
    contenders: list[ContenderRecord]
    """What was measured, or was to be."""
    microbenches: list[MicrobenchRecord] = []
    """The microbenchmarks of these."""
    plan: PlanRecord | None = None
    """What was asked for: all that `--resume` needs."""
    half_width: float | None = None
    """As in the profile."""
    noise_limit: float | None = None
    """As in the profile."""
    stopped_early: dict[str, int] = {}
    """By workload the rounds after which its intervals were narrow enough."""
    given_up: list[str] = []
    """What was left out of the profile to keep to a budget."""
    direct_pairs: list[DirectPair] = Field(default=[], exclude_if=lambda pairs: not pairs)
    """What was measured in the time that was left, for its order was not told by pairs with the first service; not there
    otherwise."""
    pilots: dict[str, dict[str, Pilot]] = {}
    """By what was asked (a workload's `label`) and contender how fast it is and when it settled."""
    resumed: list[Resumption] = []
    """Each time that the run went on after an interruption."""
    load_average_1m_after: float | None = None
    """The load average of one minute when it ended."""
    regress: RegressRecord | None = None
    """Regression check only: what it compares, and by which settings."""
    curve: CurveRecord | None = None
    """Curves only: what was asked for."""

    @property
    def is_campaign(self) -> bool:
        """Return whether its rounds are of several machines."""
        return len(self.machines) > 1
