"""The records of a run: the one thing that `loadgen` and `analysis` share. docs/reference/records.md describes every field.

`run.json` is written when the run starts and again when it ends, `trials.jsonl` gets one line a trial as soon as that trial
ends. Units are the last part of a name.
"""

from typing import Literal

from pydantic import JsonValue

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
    task: str
    profile: dict[str, JsonValue]
    workloads: dict[str, dict[str, JsonValue]]
    cross_check: dict[str, dict[str, JsonValue]] = {}


class Resumption(Strict):
    """A run that was interrupted went on: when, and with which state of this program."""

    at: str
    trials_before: int
    commit: str | None
    dirty: bool | None


class RunRecord(Strict):
    """`run.json`: everything about a run but its trials. `ended` is None while it runs and if it was killed.

    `stopped_early` maps workloads to the rounds after which their intervals were narrow enough; `given_up` says what was left
    out of the profile to keep to a budget. `pilots` are by what was asked (a workload's `label`), and contender.
    """

    schema_version: Literal[2]
    run_id: str
    profile: str
    task: str
    task_digest: str
    benchmark_roles: BenchmarkRoles | None = None
    seed: int
    rounds: int
    started: str
    ended: str | None
    end_reason: str | None
    commit: str | None
    dirty: bool | None
    primebench_version: str
    generator: str
    load_command: list[str]
    server_cores: list[int]
    generator_cores: list[int]
    sidecar_cores: list[int] = []
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
    pilots: dict[str, dict[str, Pilot]] = {}
    resumed: list[Resumption] = []
    load_average_1m_after: float | None = None
    regress: RegressRecord | None = None
    curve: CurveRecord | None = None
