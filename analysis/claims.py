"""Published figures beside measured ones: reproduced, not reproduced here, or impossible as stated."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeVar

from pydantic import Field, field_validator

from analysis import metric as m
from analysis.summary import BuildResult, ClaimResult, ContenderResult, Figure, WorkloadResult
from loadgen.strict import Strict, read_toml

ABOUT = 0.10
"""A measured figure within 10% of one published as "about" reproduces it."""
FASTER_CORE = 3.0
"""A claim is impossible only if it is out of reach of a core three times as fast as this one."""


Result = TypeVar("Result", ContenderResult, BuildResult)


class Claim(Strict):
    """One published figure. `value` has the metric's own unit; `as_published` is how it was written."""

    id: str
    contender: str
    workload: str | None = None
    metric: str
    value: Annotated[float, Field(gt=0, strict=False)]
    at_most: bool = False
    as_published: str

    @field_validator("metric")
    @classmethod
    def _is_a_metric(cls, name: str) -> str:
        if name not in m.BY_NAME:
            raise ValueError(f"expected one of {', '.join(m.BY_NAME)}")
        return name


class PublishedSet(Strict):
    """The contents of a file in results/published/."""

    schema_version: Literal[1] = Field(alias="schema")
    name: str
    title: str
    command: str
    claims: list[Claim]


class Bound(NamedTuple):
    """What arithmetic allows at most (throughput) or at least (latency), how it follows, and what the claim would take."""

    limit: float
    broken: bool
    derivation: str
    would_take: str


def read_published(folder: Path) -> list[PublishedSet]:
    """Every set of published figures in the folder, by file name; raise Trouble for one that is wrong."""
    return [read_toml(path, PublishedSet) for path in sorted(folder.glob("*.toml"))]


def audit(
    published: Sequence[PublishedSet], workloads: Sequence[WorkloadResult], builds: Sequence[BuildResult]
) -> list[ClaimResult]:
    """Each claim beside what this run measured of it."""
    return [_audited(claim, one.name, workloads, builds) for one in published for claim in one.claims]


def _audited(
    claim: Claim, published_by: str, workloads: Sequence[WorkloadResult], builds: Sequence[BuildResult]
) -> ClaimResult:
    workload = next((one for one in workloads if one.name == claim.workload), None)
    result = _nearest(claim.contender, workload.contenders if workload else [])
    built = _nearest(claim.contender, builds)
    source = built if claim.workload is None else result
    figure = source.figures[claim.metric] if source else None
    bound = _bound(claim, workload, result) if workload and result else None
    return ClaimResult(
        claim=claim.id,
        published_by=published_by,
        contender=source.label if source else claim.contender,
        workload=claim.workload or "build",
        metric=claim.metric,
        published=claim.value,
        measured=figure,
        bound=bound.limit if bound else None,
        derivation=bound.derivation if bound else None,
        verdict=_verdict(claim, figure, bound),
        would_take=bound.would_take if bound else None,
    )


def _nearest(name: str, results: Sequence[Result]) -> Result | None:
    """The contender in the published code if the run has it, else the service as it is."""
    by_label = {one.label: one for one in results}
    return by_label.get(f"{name}:published", by_label.get(name))


def _verdict(
    claim: Claim, figure: Figure | None, bound: Bound | None
) -> Literal["reproduced", "not reproduced here", "impossible as stated", "not measured"]:
    if figure is None or figure.value is None:
        return "not measured"
    if _reproduced(claim, figure):
        return "reproduced"
    return "impossible as stated" if bound and bound.broken else "not reproduced here"


def _reproduced(claim: Claim, figure: Figure) -> bool:
    assert figure.value is not None
    low = figure.interval.low if figure.interval else figure.value
    high = figure.interval.high if figure.interval else figure.value
    if claim.at_most:
        return high <= claim.value
    return low <= claim.value * (1 + ABOUT) and high >= claim.value * (1 - ABOUT)


def _bound(claim: Claim, workload: WorkloadResult, result: ContenderResult) -> Bound | None:
    cpu_us = result.figures[m.CPU_PER_REQUEST.name].value
    if cpu_us is None:
        return None
    cost = f"a request for n={workload.n:,} takes {m.CPU_PER_REQUEST.write(cpu_us)} µs of CPU here"
    if claim.metric == m.GOODPUT.name:
        return _throughput_bound(claim.value, workload.connections, cpu_us / 1e6, cost)
    if claim.metric in {metric.name for metric in m.LATENCIES}:
        return _latency_bound(claim.value, cpu_us / 1e3, cost)
    return None


def _throughput_bound(claimed: float, connections: int, cpu_s: float, cost: str) -> Bound:
    limit = connections / cpu_s
    cores = claimed * cpu_s
    return Bound(
        limit=limit,
        broken=claimed > limit * FASTER_CORE,
        derivation=(
            f"{cost} and is calculated on one core; {connections} connections keep at most {connections} requests in "
            f"flight, so no number of cores gives more than {m.GOODPUT.write(limit)} requests/s"
        ),
        would_take=f"{m.GOODPUT.write(cores)} cores like this one, and as many connections",
    )


def _latency_bound(claimed_ms: float, cpu_ms: float, cost: str) -> Bound:
    return Bound(
        limit=cpu_ms,
        broken=claimed_ms < cpu_ms / FASTER_CORE,
        derivation=f"{cost}, so no answer can come sooner than {m.LATENCY_MEAN.write(cpu_ms)} ms after its request",
        would_take=f"a core {cpu_ms / claimed_ms:.1f} times as fast as this one, and no waiting",
    )
