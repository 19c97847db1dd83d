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
    """What counts for one metric, as shares: 0.015 is 1.5%.

    Worse by more than `margin` is a regression; a pass rules out that it is worse by `exclude` or more. A metric that is not
    `required` may be a regression, but is not waited for: what it cannot tell keeps no run from passing.
    """

    margin: Share
    exclude: Annotated[float, Field(gt=0, lt=1, strict=False)]
    required: bool = True

    @model_validator(mode="after")
    def _excludes_more_than_the_margin(self) -> "Limit":
        if self.exclude <= self.margin:
            raise ValueError(f"exclude: expected more than margin ({self.margin}), or most runs could only be inconclusive")
        return self


class ExactLimit(Strict):
    """For a metric without noise: worse by `margin` or more is a regression, anything less a pass."""

    margin: Annotated[float, Field(gt=0, lt=10, strict=False)]


class Limits(Strict):
    """The limits of every metric that the regression check judges; the key is the metric's name."""

    cpu_per_request_us: Limit = Limit(margin=0.015, exclude=0.03)
    goodput_per_s: Limit = Limit(margin=0.015, exclude=0.03)
    latency_p99_ms: Limit = Limit(margin=0.05, exclude=0.10, required=False)
    rss_loaded_bytes: Limit = Limit(margin=0.10, exclude=0.20)
    sidecar_cpu_per_request_us: Limit = Limit(margin=0.05, exclude=0.10, required=False)
    time_ns: Limit = Limit(margin=0.01, exclude=0.03)
    instructions: ExactLimit = ExactLimit(margin=0.01)
    binary_bytes: ExactLimit = ExactLimit(margin=0.10)


OF_TIME = ("cpu_per_request_us", "goodput_per_s", "time_ns")
LOAD_METRICS = (
    "cpu_per_request_us",
    "goodput_per_s",
    "latency_p99_ms",
    "rss_loaded_bytes",
    "sidecar_cpu_per_request_us",
)


class RegressConfig(Strict):
    """The table [regress]. Every key has a default.

    `budget_s` is for measuring; building and verifying come before. `looks` are the numbers of pairs after which the data may
    be looked at: the family-wise error `family_error` is shared out equally over them. The control `slowed` is the base, slowed
    by that share, which must be found. `workloads` narrows those of the profile, empty for all. `leave_out` are benchmarks
    whose time is not judged, with * and ? for any: those that relinking alone moves by more than the margin.
    """

    profile: str = "regress"
    workloads: list[str] = []
    leave_out: list[str] = []
    layers: Annotated[list[Layer], Field(min_length=1)] = list(LAYERS)
    budget_s: Annotated[float, Field(gt=0, strict=False)] = 600.0
    family_error: Annotated[float, Field(gt=0, lt=0.5, strict=False)] = 0.01
    looks: Annotated[list[int], Field(min_length=1)] = [20, 40, 80, 160]
    slowed: Annotated[float, Field(gt=0, le=1, strict=False)] = 0.05
    limits: Limits = Limits()

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
        found = getattr(self.limits, metric)
        assert isinstance(found, Limit)
        return found

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
    slowed by at least twice that margin.
    """
    values = gate.model_dump()
    if margin is not None:
        values["slowed"] = min(1.0, max(gate.slowed, 2 * margin))
    values |= ({"layers": layers} if layers else {}) | ({} if budget_s is None else {"budget_s": budget_s})
    own = {key: share for key, share in (("margin", margin), ("exclude", exclude)) if share is not None}
    for metric in OF_TIME:
        values["limits"][metric] |= own
    try:
        return RegressConfig.model_validate(values)
    except ValidationError as error:
        raise Error(f"regress: {explain(error)}") from error
