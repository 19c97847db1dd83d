"""summary.json: the analysed run. Everything that tables, plots and the report show is read from it."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from analysis.model.audit import AuditResult, ClaimResult
from analysis.model.comparison import Comparison, Figure
from analysis.model.flag import Flag
from analysis.model.microbench import MicrobenchResult
from loadgen.conformance.findings import Finding
from loadgen.conformance.score import Score
from loadgen.errors import Error
from loadgen.record.folder import read_json
from loadgen.record.machine import Machine
from loadgen.record.migrate import migrate_summary
from loadgen.record.pilot import Pilot
from loadgen.record.run import DirectPair, Resumption
from loadgen.record.workload import WorkloadFacts
from loadgen.strict import Strict, explain

SUMMARY_SCHEMA_VERSION: Literal[2] = 2


class Tail(Strict):
    """Latency at quantiles from the median up: that of all rows pooled, and between which ends the trials' own lie."""

    quantiles: list[float]
    latency_ms: list[float]
    low_ms: list[float]
    high_ms: list[float]


class MemoryTimeline(Strict):
    """Resident memory against seconds since the load began: the median over trials and their range; idle before, and after."""

    window_from_s: float
    window_to_s: float
    at_s: list[float]
    rss_bytes: list[float]
    low_bytes: list[float]
    high_bytes: list[float]
    idle_bytes: float
    after_bytes: float


class Fairness(Strict):
    """How alike the connections of the harness's own client are served, `when`: "under load" or "once idle".

    `levels`: of each connection of each trial its mean latency over that of the trial (geometric means). `factor`: by how much
    slow connections differ from fast ones beyond chance; `p_value`: how often equal connections look so unequal (F test).
    """

    when: Literal["under load", "once idle"]
    levels: list[float]
    factor: float
    p_value: float


class ContenderResult(Strict):
    """One contender under one workload. A `control` is shown beside the services and not compared as one of them.

    `twin_of` is the label of the contender that this one is once more: it is the A/A control of that one. `trial_indices` and
    `rounds` are those of its finished trials, in the order of each figure's `each`. Of a campaign `machines` has the figures of
    each machine by its name, and `figures` are refused: values of several machines are never pooled.
    """

    label: str
    title: str
    tier: str
    control: bool = False
    twin_of: str | None = None
    trials: int
    failed_trials: int
    figures: dict[str, Figure]
    flags: list[Flag]
    trial_indices: list[int] = []
    rounds: list[int] = []
    tail: Tail | None = None
    memory: MemoryTimeline | None = None
    fairness: Fairness | None = None
    machines: dict[str, dict[str, Figure]] = {}


class HarnessResult(Strict):
    """What measuring itself took: share of one core during the windows, and seconds of a trial beside load and readings."""

    busy_share: Figure
    outside_s: Figure


class Compared(Strict):
    """Each pair of services compared, each service set over each control; over an A/A control only its own original.

    `paired`: CPU time per request of each pair of services, and of the first one over itself, from paired trials: of servers
    beside each other on the same cores. All other comparisons are of solo trials. `ranks`: metric -> label -> rank among the
    services, 1 is the best; a metric in which some pair cannot be told has none.
    """

    comparisons: list[Comparison]
    over_controls: list[Comparison] = []
    paired: list[Comparison] = []
    ranks: dict[str, dict[str, int]] = {}


class KindResult(Strict):
    """One kind of request of a mix: its share of all, figures of each service by metric, and what each pair differs by."""

    name: str
    share: float
    figures: dict[str, dict[str, Figure]]
    comparisons: list[Comparison]


class WorkloadResult(WorkloadFacts, Compared):
    """All contenders under one workload, controls last, and what they differ by.

    A mix has `kinds` of request. `stopped_after` is the number of rounds after which its intervals were narrow enough.
    """

    name: str
    warm_up_s: float | None = None
    load_s: float | None = None
    stopped_after: int | None = None
    contenders: list[ContenderResult]
    kinds: list[KindResult] = []


class CrossCheckResult(Strict):
    """The cross-check of the generators: the same closed loop by each of them on one `service`, in turns.

    `contenders` are the generators by name and version, with what each found; `comparisons` are of the first over the second,
    from pairs of the same round. `label` and `connections` are those of the load; `flags` say that the generators do not agree.
    """

    service: str
    label: str
    connections: int
    contenders: list[ContenderResult]
    comparisons: list[Comparison]
    flags: list[Flag] = []


class BuildResult(Strict):
    """What building a contender took and gave."""

    label: str
    title: str
    figures: dict[str, Figure]


class NotMeasured(Strict):
    """A contender that could not be measured, and why."""

    label: str
    title: str
    reason: str


class RunFacts(Strict):
    """Where figures come from: the run, and the machine that they are of."""

    run_id: str
    profile: str
    started: str
    ended: str | None
    end_reason: str | None
    commit: str | None
    dirty: bool | None
    seed: int
    rounds: int
    pinned: bool
    server_threads: int
    generator: str
    machine: Machine
    given_up: list[str] = []
    direct_pairs: list[DirectPair] = Field(default=[], exclude_if=lambda pairs: not pairs)


class Summary(RunFacts):
    """The contents of summary.json; its JSON Schema is docs/reference/summary.schema.json.

    `load_command` is the generator's for the first closed loop; `start_commands`, `tools` (name -> version), `built_with` and
    `started_with` (variables and configuration of the user's that can change what is built and measured) are by label.
    `machines` are those of a campaign by name; `machine` is the first of them then. `findings` are by label what failed cases
    of the conformance level http mean, the most severe first. `workers` has by machine the mean share of one core that the
    cluster's worker used during the windows.
    """

    schema_version: Literal[2]
    task: str
    machines: dict[str, Machine] = {}
    load_command: list[str] = []
    start_commands: dict[str, list[str]] = {}
    tools: dict[str, dict[str, str]] = {}
    built_with: dict[str, list[str]] = {}
    started_with: dict[str, list[str]] = {}
    half_width: float | None = None
    pilots: dict[str, dict[str, Pilot]] = {}
    resumed: list[Resumption] = []
    harness: HarnessResult | None = None
    workers: dict[str, Figure] = {}
    cross_check: CrossCheckResult | None = None
    workloads: list[WorkloadResult]
    builds: list[BuildResult]
    not_measured: list[NotMeasured]
    deviations: dict[str, dict[str, str]]
    conformance: dict[str, dict[str, Score]] = {}
    findings: dict[str, list[Finding]] = {}
    claims: list[ClaimResult]
    microbench: MicrobenchResult | None = None
    audit: AuditResult | None = None

    @property
    def is_campaign(self) -> bool:
        """Return whether its rounds are of several machines."""
        return len(self.machines) > 1


def contender_of(workload: WorkloadResult, label: str) -> ContenderResult | None:
    """The contender, or None where it was not measured."""
    return next((contender for contender in workload.contenders if contender.label == label), None)


def over_twins(workload: WorkloadResult) -> list[Comparison]:
    """The A/A controls' part of `over_controls`: contenders set over themselves."""
    twins = {contender.label for contender in workload.contenders if contender.twin_of is not None}
    return [over_control for over_control in workload.over_controls if over_control.denominator in twins]


def paired_between(workload: WorkloadResult) -> list[Comparison]:
    """What paired trials say of services: without that of the first one over itself."""
    labels = {label for comparison in workload.comparisons for label in (comparison.numerator, comparison.denominator)}
    return [comparison for comparison in workload.paired if {comparison.numerator, comparison.denominator} <= labels]


def between_services(workload: WorkloadResult) -> list[Comparison]:
    """The comparisons between services, CPU per request of paired trials where there are any."""
    paired = {
        (comparison.metric, comparison.numerator, comparison.denominator): comparison for comparison in paired_between(workload)
    }
    return [
        paired.get((comparison.metric, comparison.numerator, comparison.denominator), comparison)
        for comparison in workload.comparisons
    ]


def fatal_lines(summary: Summary) -> list[str]:
    """One line for each contender whose figures under a workload are refused because a check found them worthless."""
    return [
        f"{workload.name}: {contender.label}: {flag.check}: {flag.evidence}"
        for workload in summary.workloads
        for contender in workload.contenders
        for flag in contender.flags
        if flag.fatal
    ]


def write_summary(summary: Summary, path: Path) -> None:
    """Write summary.json."""
    path.write_text(summary.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_summary(path: Path) -> Summary:
    """Read summary.json, of this schema or an earlier one; raise Error if it is missing or of none."""
    try:
        return Summary.model_validate(migrate_summary(read_json(path)), strict=False)
    except OSError as error:
        raise Error(f"{path}: {error.strerror}; run: primebench report") from error
    except ValidationError as error:
        raise Error(f"{path}: {explain(error)}; run: primebench report") from error
