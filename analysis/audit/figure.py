"""A published figure beside the measured one: the verdict, the bound of arithmetic, what would make it true. Pure."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from analysis.audit.model import Claim, PublishedSet
from analysis.audit.reach import reach_goodput
from analysis.model import metric as m
from analysis.model.audit import AuditVerdict, ClaimResult, Reach
from analysis.model.comparison import Figure
from analysis.model.microbench import FitResult
from analysis.model.summary import BuildResult, ContenderResult, WorkloadResult
from loadgen.counted import counted
from loadgen.task.work import Scale

FASTER_CORE = 3.0
"""A claim is impossible only if it is out of reach of a core three times as fast as this one."""

Result = TypeVar("Result", ContenderResult, BuildResult)


class Bound(NamedTuple):
    """What arithmetic allows at most (throughput) or at least (latency), how it follows, and what a claim beyond it would take.

    `broken`: a core three times as fast, at the cheapest that the interval of its CPU time allows, could not do the least that
    would count as a hit either.
    """

    limit: float
    broken: bool
    derivation: str
    would_take: str | None = None
    cores: float | None = None


def audit_figure(
    claim: Claim,
    published: PublishedSet,
    workloads: Sequence[WorkloadResult],
    builds: Sequence[BuildResult],
    fits: Sequence[FitResult],
    scale: Scale | None,
) -> ClaimResult:
    """The claim beside what this run measured of it."""
    workload = next((workload for workload in as_asked(published, workloads) if workload.name == claim.workload), None)
    result = nearest(claim.contender, workload.contenders if workload else [])
    built = nearest(claim.contender, builds)
    source = built if claim.workload is None else result
    figure = source.figures[claim.metric] if source else None
    bound = _bound(claim, workload, result) if workload and result else None
    verdict = _verdict(claim, figure, bound)
    return ClaimResult(
        claim=claim.id,
        published_by=published.name,
        contender=source.label if source else claim.contender,
        workload=claim.workload or "build",
        metric=claim.metric,
        published=claim.figure,
        at_most=claim.at_most,
        as_published=claim.as_published,
        source=claim.source or published.source,
        command=claim.command or published.command,
        measured=figure,
        bound=bound.limit if bound else None,
        derivation=bound.derivation if bound else None,
        verdict=verdict,
        would_take=bound.would_take if bound else None,
        cores_needed=bound.cores if bound else None,
        reach=_reach(claim, published, workloads, fits, scale),
        reason=_why_not_measured(claim, published, figure, workloads) if verdict == "not measured" else None,
    )


def nearest(name: str, results: Sequence[Result]) -> Result | None:
    """The contender in the published code if the run has it, else the service as it is."""
    by_label = {result.label: result for result in results}
    return by_label.get(f"{name}:published", by_label.get(name))


def as_asked(published: PublishedSet, workloads: Sequence[WorkloadResult]) -> list[WorkloadResult]:
    """The workloads less those that ask something else than was published under their name, or on more connections."""
    wanted = {name: (request.parameters, request.connections) for name, request in published.workloads.items()}
    return [
        workload
        for workload in workloads
        if wanted.get(workload.name, (workload.parameters, workload.connections)) == (workload.parameters, workload.connections)
    ]


def _why_not_measured(claim: Claim, published: PublishedSet, figure: Figure | None, workloads: Sequence[WorkloadResult]) -> str:
    if figure is not None and figure.refused is not None:
        return figure.refused
    other = next((workload for workload in workloads if workload.name == claim.workload), None)
    if other is not None and other not in as_asked(published, [other]):
        return f"{other.name} is {other.label} with {counted(other.connections, 'connection')} in this run"
    return f"this run has no such figure: primebench run --profile {published.profile}"


def _verdict(claim: Claim, figure: Figure | None, bound: Bound | None) -> AuditVerdict:
    if figure is None or figure.value is None:
        return "not measured"
    if _reproduced(claim, figure, figure.value):
        return "reproduced"
    return "impossible as stated" if bound and bound.broken else "not reproduced here"


def _reproduced(claim: Claim, figure: Figure, value: float) -> bool:
    """Of a claim of at most so much the whole interval must be a hit, of any other a part of it."""
    low, high = (figure.interval.low, figure.interval.high) if figure.interval else (min(figure.each), max(figure.each))
    low, high = min(low, value), max(high, value)
    least, most = claim.hit
    return high <= most if claim.at_most else low <= most and high >= least


def _bound(claim: Claim, workload: WorkloadResult, result: ContenderResult) -> Bound | None:
    figure = result.figures[m.CPU_PER_REQUEST.name]
    cpu_us = figure.value
    if cpu_us is None:
        return None
    cheapest_us = figure.interval.low if figure.interval else min(*figure.each, cpu_us)
    cost = f"a request ({workload.label}) takes {m.CPU_PER_REQUEST.write(cpu_us)} µs of CPU here"
    if claim.metric == m.GOODPUT.name:
        return _throughput_bound(claim, workload.connections, cpu_us / 1e6, cheapest_us / 1e6, cost)
    if claim.metric in {metric.name for metric in m.LATENCIES}:
        return _latency_bound(claim, cpu_us / 1e3, cheapest_us / 1e3, cost)
    return None


def _throughput_bound(claim: Claim, connections: int, cpu_s: float, cheapest_s: float, cost: str) -> Bound:
    limit, cores = connections / cpu_s, claim.figure * cpu_s
    beyond = claim.figure > limit
    return Bound(
        limit=limit,
        broken=claim.hit[0] > FASTER_CORE * connections / cheapest_s,
        derivation=(
            f"{cost} and is calculated on one core; {connections} connections keep at most {connections} requests in "
            f"flight, so no number of cores gives more than {m.GOODPUT.write(limit)} requests/s"
        ),
        would_take=f"{m.GOODPUT.write(cores)} cores like this one, and as many connections" if beyond else None,
        cores=cores if beyond else None,
    )


def _latency_bound(claim: Claim, cpu_ms: float, cheapest_ms: float, cost: str) -> Bound:
    faster = cpu_ms / claim.figure
    return Bound(
        limit=cpu_ms,
        broken=claim.hit[1] < cheapest_ms / FASTER_CORE,
        derivation=f"{cost}, so no answer can come sooner than {m.LATENCY_MEAN.write(cpu_ms)} ms after its request",
        would_take=f"a core {faster:.1f} times as fast as this one, and no waiting" if faster > 1 else None,
    )


def _reach(
    claim: Claim,
    published: PublishedSet,
    workloads: Sequence[WorkloadResult],
    fits: Sequence[FitResult],
    scale: Scale | None,
) -> Reach | None:
    """The parameter's value at which this machine does as published. A mean latency is a goodput, too (Little's law)."""
    if scale is None or claim.workload is None or claim.metric not in (m.GOODPUT.name, m.LATENCY_MEAN.name):
        return None
    connections = published.workloads[claim.workload].connections
    per_s = claim.figure if claim.metric == m.GOODPUT.name else connections / (claim.figure / 1e3)
    labels = (f"{claim.contender}:published", claim.contender)
    reaches = (reach_goodput(per_s, label, fits, workloads, scale) for label in labels)
    reach = next((reach for reach in reaches if reach is not None), None)
    if reach is None or claim.metric == m.GOODPUT.name:
        return reach
    first = (
        f"of {counted(connections, 'connection')}, each with a request under way for {m.LATENCY_MEAN.write(claim.figure)} "
        f"ms, come "
        f"{m.GOODPUT.write(per_s)} requests/s"
    )
    return reach.replace(derivation=f"{first}; {reach.derivation}")
