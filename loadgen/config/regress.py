"""What the regression check judges, and by which limits: the table [regress] of scenarios.toml or of a primebench.toml."""

from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from loadgen.errors import Error
from loadgen.record.trial import MICROBENCH
from loadgen.strict import Strict, explain

Share = Annotated[float, Field(ge=0, lt=1, strict=False)]
Layer = Literal["load", "microbench", "instructions", "size"]
LAYERS: tuple[Layer, ...] = ("load", "microbench", "instructions", "size")


class Limit(Strict):
    """What counts for one metric, as shares: 0.005 is 0.5%."""

    margin: Share
    """Worse by more is a regression."""
    exclude: Annotated[float, Field(gt=0, lt=1, strict=False)]
    """A pass rules out that it is worse by so much: more than the margin."""
    required: bool = True
    """False: it may be a regression, but is not waited for, and what it cannot tell does not block a pass."""

    @model_validator(mode="after")
    def _excludes_more_than_the_margin(self) -> "Limit":
        if self.exclude <= self.margin:
            raise ValueError(f"exclude: expected more than margin ({self.margin}), or most runs could only be inconclusive")
        return self


class ExactLimit(Strict):
    """What counts for a metric without noise, as a share."""

    margin: Annotated[float, Field(gt=0, lt=10, strict=False)]
    """Worse by so much or more is a regression, anything less a pass."""


class Limits(Strict):
    """The limits of every metric that the regression check judges; the key is the metric's name."""

    cpu_per_request_us: Limit = Limit(margin=0.005, exclude=0.01)
    """CPU time per request."""
    goodput_per_s: Limit = Limit(margin=0.01, exclude=0.02)
    """Right responses per second."""
    latency_p99_ms: Limit = Limit(margin=0.05, exclude=0.10, required=False)
    """The 99th percentile of latency."""
    rss_loaded_bytes: Limit = Limit(margin=0.10, exclude=0.20)
    """Resident memory under load."""
    sidecar_cpu_per_request_us: Limit = Limit(margin=0.05, exclude=0.10, required=False)
    """CPU time of side services per request."""
    time_ns: Limit = Limit(margin=0.01, exclude=0.03)
    """A benchmark's time."""
    instructions: ExactLimit = ExactLimit(margin=0.002)
    """A benchmark's instructions."""
    binary_bytes: ExactLimit = ExactLimit(margin=0.10)
    """The artefact's size."""


OF_TIME = ("cpu_per_request_us", "goodput_per_s", "time_ns")
LOAD_METRICS = (
    "cpu_per_request_us",
    "goodput_per_s",
    "latency_p99_ms",
    "rss_loaded_bytes",
    "sidecar_cpu_per_request_us",
)


class RegressConfig(Strict):
    """The table [regress]. Every key has a default."""

    profile: str = "regress"
    """The profile of scenarios.toml that has workloads, cores, and how long a pair is."""
    workloads: list[str] = []
    """Some of that profile's workloads, closed loops only; none: all of them."""
    leave_out: list[str] = []
    """Benchmarks whose time is not judged, with `*` and `?` for any text: those that relinking alone moves by more than the
    margin."""
    layers: Annotated[list[Layer], Field(min_length=1)] = list(LAYERS)
    """What is judged."""
    budget_s: Annotated[float, Field(gt=0, strict=False)] = 600.0
    """How long measuring may take; building and verifying come before."""
    family_error: Annotated[float, Field(gt=0, lt=0.5, strict=False)] = 0.01
    """The chance that a run without any slow-down says *regression*, at most. All looks share it equally."""
    looks: Annotated[list[int], Field(min_length=1)] = [20, 40, 80, 160]
    """The numbers of pairs after which the data are looked at; they go up, the first is at least 14."""
    slowed: Annotated[float, Field(gt=0, le=1, strict=False)] = 0.05
    """By how much the control that must be found is slower than the base: more than every margin of time."""
    limits: Limits = Limits()
    """What counts for each metric."""

    @model_validator(mode="after")
    def _looks_go_up(self) -> "RegressConfig":
        if self.looks[0] < FEWEST_PAIRS or sorted(set(self.looks)) != self.looks:
            raise ValueError(f"looks: expected numbers of pairs that go up, the first at least {FEWEST_PAIRS}")
        return self

    @model_validator(mode="after")
    def _the_control_can_be_found(self) -> "RegressConfig":
        widest = max(self.limit(metric).margin for metric in OF_TIME)
        if self.slowed <= widest:
            raise ValueError(f"slowed: expected more than every margin of time ({widest:g}), or it could never be found")
        return self

    @property
    def error_at_a_look(self) -> float:
        """The share of the family-wise error that one look may spend."""
        return self.family_error / len(self.looks)

    def limit(self, metric: str) -> Limit:
        """The limit of a metric with noise, by its name."""
        limit = getattr(self.limits, metric)
        assert isinstance(limit, Limit)
        return limit

    def layer_of(self, workload: str) -> Layer:
        """The layer that trials of this workload belong to."""
        return "microbench" if workload == MICROBENCH else "load"


FEWEST_PAIRS = 14
"""A signed-rank test of n pairs has no p-value below 2^-n: of 10 that is 0.001, which many metrics cannot share."""


def changed(
    gate: RegressConfig, *, layers: list[str], budget_s: float | None, margin: float | None, exclude: float | None
) -> RegressConfig:
    """The table with what the command line says in its place; raise Error if the two do not fit together.

    `margin` and `exclude` are those of what time is spent: CPU time, goodput and benchmarks. The control that must be found is
    slowed by at least twice that margin; a margin alone moves what a pass excludes to twice as much, where that was less.
    """
    values = gate.model_dump()
    if margin is not None:
        values["slowed"] = min(1.0, max(gate.slowed, 2 * margin))
    values |= ({"layers": layers} if layers else {}) | ({} if budget_s is None else {"budget_s": budget_s})
    own = {key: share for key, share in (("margin", margin), ("exclude", exclude)) if share is not None}
    for metric in OF_TIME:
        limit = values["limits"][metric]
        if margin is not None and exclude is None and 2 * margin < 1:
            own["exclude"] = max(limit["exclude"], 2 * margin)
        values["limits"][metric] = limit | own
    try:
        return RegressConfig.model_validate(values)
    except ValidationError as error:
        raise Error(f"regress: {explain(error)}") from error
