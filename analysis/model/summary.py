"""summary.json: the analysed run. Everything that tables, plots and the report show is read from it."""

from pathlib import Path
from typing import Literal

from pydantic import JsonValue, ValidationError

from analysis.model.flag import Flag
from analysis.stats.interval import Interval
from loadgen.errors import Trouble
from loadgen.record.folder import read_json
from loadgen.record.machine import Machine
from loadgen.record.migrate import migrate_summary
from loadgen.record.run import Resumption
from loadgen.record.workload import Rate, RequestRecord
from loadgen.strict import Strict, explain
from loadgen.task.work import BenchmarkRoles, Work

SUMMARY_SCHEMA_VERSION: Literal[2] = 2


class Figure(Strict):
    """One figure of one contender: the value, its uncertainty, or the reason why there is none.

    `value` is the median over trials, for latency quantiles the quantile of all rows pooled. `each` has one value a trial.
    `interval` is None when there are too few trials for one; `refused` names why there is no value. `doubts` are the names of
    the flags that cast doubt on this figure; the contender's `flags` say why.
    """

    value: float | None
    interval: Interval | None
    each: list[float]
    refused: str | None
    doubts: list[str] = []


class Tail(Strict):
    """Latency at quantiles from the median up: that of all rows pooled, and between which ends the trials' own lie."""

    quantiles: list[float]
    latency_ms: list[float]
    low_ms: list[float]
    high_ms: list[float]


class MemoryCourse(Strict):
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
    `rounds` are those of its finished trials, in the order of each figure's `each`.
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
    memory: MemoryCourse | None = None
    fairness: Fairness | None = None


class Comparison(Strict):
    """A metric of one contender over another's, from pairs of the same round.

    `verdict`: "higher" or "lower" if the ratio differs from 1 at an error of 5% shared by all comparisons of the run, and by no
    less than the minimum detectable effect; else "tie", or "cannot tell" where there is nothing to test, with a `reason`.
    `p_value` is two-sided, the larger of Yuen's and Student's; `adjusted_p_value` is Holm's, None where a comparison belongs to
    no family (that with a control other than an A/A control).
    `minimum_detectable_effect` is relative, 0.02 for 2%: of an A/A control its own, of services that of the workload's A/A
    control; None without one. `each` has one ratio a round, in the order of rounds; empty where nothing was set over anything,
    and in files from before it was kept.
    """

    metric: str
    numerator: str
    denominator: str
    pairs: int
    ratio: float | None
    interval: Interval | None
    verdict: Literal["higher", "lower", "tie", "cannot tell"]
    reason: str | None
    p_value: float | None = None
    adjusted_p_value: float | None = None
    minimum_detectable_effect: float | None = None
    doubts: list[str] = []
    each: list[float] = []


class HarnessResult(Strict):
    """What measuring itself took: share of one core during the windows, and seconds of a trial beside load and readings."""

    busy_share: Figure
    outside_s: Figure


class WorkloadResult(Strict):
    """All contenders under one workload, controls last; each pair of services compared, each service set over each control.

    An open loop has a `rate`. `stopped_after` is the number of rounds after which its intervals were narrow enough.
    Over an A/A control only its own original is set. `ranks`: metric -> label -> rank among the services, 1 is the best; a
    metric in which some pair cannot be told has none.
    """

    name: str
    title: str
    label: str
    request: RequestRecord
    parameters: dict[str, JsonValue]
    work: Work | None
    connections: int
    rate: Rate | None = None
    warm_up_s: float | None = None
    load_s: float | None = None
    stopped_after: int | None = None
    contenders: list[ContenderResult]
    comparisons: list[Comparison]
    over_controls: list[Comparison] = []
    ranks: dict[str, dict[str, int]] = {}


class BuildResult(Strict):
    """What building a contender took and gave."""

    label: str
    title: str
    figures: dict[str, Figure]


class Ratio(Strict):
    """A figure over another's, from pairs of the same round; `over` names the other."""

    over: str
    value: float
    interval: Interval | None
    pairs: int


class Instructions(Strict):
    """Instructions of one operation, counted twice; not `exact` if the program's runtime has threads of its own."""

    each: float
    again: float
    exact: bool


class BenchmarkResult(Strict):
    """One contender on one case: time of one operation, with one value a round, and what it counted on the way."""

    scenario: str
    contender: str
    case: str
    title: str
    tier: str
    time_ns: Figure
    counters: dict[str, float]
    instructions: Instructions | None
    ratio: Ratio | None


class BenchResult(Strict):
    """The microbenchmarks of a service in one build. `variant` is None for the build that is served."""

    label: str
    service: str
    language: str
    variant: str | None
    title: str
    benchmarks: list[BenchmarkResult]


class Residual(Strict):
    """How far what was measured lies from a fit, measured / fitted - 1, at an `amount` of work: that of requests with `label`.

    `value` is that of the parameter by which the work grows, None where the task has none.
    """

    label: str
    amount: float
    value: int | None
    residual: float


class FitResult(Strict):
    """CPU per request = overhead + work x cost of a `unit` of it, fitted in each round; residuals are medians over rounds."""

    label: str
    title: str
    unit: str
    overhead_us: Figure
    cost_per_unit_ns: Figure
    residuals: list[Residual]


class Reconciliation(Strict):
    """One quantity by a load run and by a microbenchmark of the same run. `verdict`: "agree" if the whole interval of the ratio
    lies within 5% of 1, "differ" if it lies outside, else "cannot tell".
    """

    label: str
    title: str
    quantity: str
    unit: str
    load: Figure
    microbench: Figure
    ratio: Ratio
    verdict: Literal["agree", "differ", "cannot tell"]


class Shares(Strict):
    """Where the CPU time of the request with the least work goes, in µs; `http_us` is None where no benchmark tells it from the
    rest. `request` is that request's label.
    """

    label: str
    request: str
    title: str
    total_us: Figure
    kernel_us: Figure
    json_us: Figure
    http_us: Figure | None
    rest_us: Figure


class MicrobenchResult(Strict):
    """The contents of microbench.json, and a part of summary.json."""

    benches: list[BenchResult]
    fits: list[FitResult]
    reconciliations: list[Reconciliation]
    shares: list[Shares]
    roles: BenchmarkRoles | None = None
    unit: str | None = None
    notes: list[str]


class NotMeasured(Strict):
    """A contender that could not be measured, and why."""

    label: str
    title: str
    reason: str


AuditVerdict = Literal["reproduced", "not reproduced here", "impossible as stated", "not measured"]


class Reach(Strict):
    """The largest `value` of a parameter at which a contender still does as published, by the fit of its CPU time.

    `low` and `high` are at the far ends of the fit's intervals, None without them. `value` is None where it lies outside of the
    values that were `swept` (the smallest and the largest). `derivation` says how it follows.
    """

    label: str
    parameter: str
    value: int | None
    low: int | None
    high: int | None
    swept: list[int]
    derivation: str


class ClaimResult(Strict):
    """A published figure beside the measured one, whether it can be true, and what it would take.

    `published` is in the metric's own unit, `as_published` as it was written; `command` is the published one. `cores_needed`
    are cores like those of this machine. `reason` says why something was not measured.
    """

    claim: str
    published_by: str
    contender: str
    workload: str
    metric: str
    published: float
    measured: Figure | None
    bound: float | None
    derivation: str | None
    verdict: AuditVerdict
    would_take: str | None
    at_most: bool = False
    as_published: str = ""
    source: str = ""
    command: str = ""
    cores_needed: float | None = None
    reach: Reach | None = None
    reason: str | None = None


class RatioClaimResult(Strict):
    """A published ratio (`published`) or `order` beside the paired ratio of the run, or the quotient of two builds' figures.

    `reason` says what the verdict rests on.
    """

    claim: str
    published_by: str
    statement: str
    numerator: str
    denominator: str
    workload: str
    metric: str
    published: float | None
    order: Literal["lower", "higher"] | None
    measured: float | None
    interval: Interval | None
    pairs: int
    doubts: list[str]
    verdict: AuditVerdict
    reason: str


class CauseResult(Strict):
    """A published cause, how it was put to the `test`, and what was found. `measured` is a ratio, if the test is one.

    `command` measures what was not.
    """

    claim: str
    published_by: str
    statement: str
    test: str
    measured: float | None
    interval: Interval | None
    doubts: list[str]
    verdict: AuditVerdict
    evidence: str
    command: str | None


class ConsistencyResult(Strict):
    """Published figures set against each other by arithmetic alone."""

    published_by: str
    about: str
    derivation: str
    consistent: bool


class ContextResult(Strict):
    """A variant over its base that nothing was published of. `command` measures it if the run has not."""

    published_by: str
    variant: str
    over: str
    workload: str
    note: str
    comparisons: list[Comparison]
    command: str | None


class Conditions(Strict):
    """In what a run `differs` from what was published by that `command`; `repeat` repeats it here, None if nothing differs."""

    published_by: str
    title: str
    command: str
    differs: list[str]
    repeat: str | None


class AuditResult(Strict):
    """What was published beside single figures, and how the run measured all of it. Figures are the summary's `claims`."""

    conditions: list[Conditions]
    ratios: list[RatioClaimResult]
    causes: list[CauseResult]
    consistency: list[ConsistencyResult]
    context: list[ContextResult]


class Summary(Strict):
    """The contents of summary.json; its JSON Schema is docs/reference/summary.schema.json.

    `load_command` is the generator's for the first closed loop; `start_commands`, `tools` (name -> version), `built_with` and
    `started_with` (variables and configuration of the user's that can change what is built and measured) are by label.
    """

    schema_version: Literal[2]
    run_id: str
    profile: str
    task: str
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
    load_command: list[str] = []
    start_commands: dict[str, list[str]] = {}
    tools: dict[str, dict[str, str]] = {}
    built_with: dict[str, list[str]] = {}
    started_with: dict[str, list[str]] = {}
    half_width: float | None = None
    given_up: list[str] = []
    resumed: list[Resumption] = []
    harness: HarnessResult | None = None
    workloads: list[WorkloadResult]
    builds: list[BuildResult]
    not_measured: list[NotMeasured]
    known_deviations: dict[str, dict[str, str]]
    claims: list[ClaimResult]
    microbench: MicrobenchResult | None = None
    audit: AuditResult | None = None


def contender_of(workload: WorkloadResult, label: str) -> ContenderResult | None:
    """The contender, or None where it was not measured."""
    return next((one for one in workload.contenders if one.label == label), None)


def over_twins(workload: WorkloadResult) -> list[Comparison]:
    """The A/A controls' part of `over_controls`: contenders set over themselves."""
    twins = {one.label for one in workload.contenders if one.twin_of is not None}
    return [one for one in workload.over_controls if one.denominator in twins]


def fatal_lines(summary: Summary) -> list[str]:
    """One line for each contender whose figures under a workload are refused because a check found them worthless."""
    return [
        f"{workload.name}: {one.label}: {flag.check}: {flag.evidence}"
        for workload in summary.workloads
        for one in workload.contenders
        for flag in one.flags
        if flag.fatal
    ]


def write_summary(summary: Summary, path: Path) -> None:
    """Write summary.json."""
    path.write_text(summary.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_summary(path: Path) -> Summary:
    """Read summary.json, of this schema or an earlier one; raise Trouble if it is missing or of none."""
    try:
        return Summary.model_validate(migrate_summary(read_json(path)), strict=False)
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}; run: primebench report") from error
    except ValidationError as error:
        raise Trouble(f"{path}: {explain(error)}; run: primebench report") from error
