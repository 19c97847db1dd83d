"""Where the CPU time of a request goes: in the kernel, in the calculation, in HTTP and JSON. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from analysis.model import metric as m
from analysis.model.microbench import FitResult, Shares
from analysis.model.summary import ContenderResult, Summary, WorkloadResult

KERNEL = "kernel"
CALCULATION = "calculation"
JSON = "JSON"
HTTP = "HTTP"
REST = "rest of the program"
BOTH = "calculation and rest"
"""Where the fit's calculation takes more than the program has: the two cannot be told apart."""
PARTS = (KERNEL, CALCULATION, JSON, HTTP, REST, BOTH)


class Spent(NamedTuple):
    """The CPU time of one request of a contender under a workload, in µs: the whole, and its parts, which add up to it."""

    label: str
    total_us: float
    parts: dict[str, float]


def spent(summary: Summary, workload: WorkloadResult) -> list[Spent]:
    """Every service of the workload that has the figures; where benchmarks of the same run tell HTTP from JSON, with both."""
    fits = {fit.label: fit for fit in summary.microbench.fits} if summary.microbench else {}
    shares = {share.label: share for share in summary.microbench.shares} if summary.microbench else {}
    shares = {label: share for label, share in shares.items() if share.request == workload.label}
    amount = workload.work.amount if workload.work else None
    spent_by_service = (
        _spent(amount, service, fits.get(service.label), shares.get(service.label)) for service in services(workload)
    )
    return [spent for spent in spent_by_service if spent is not None]


def services(workload: WorkloadResult) -> Sequence[ContenderResult]:
    """Those that are no controls."""
    return [contender for contender in workload.contenders if not contender.control]


def _spent(amount: float | None, contender: ContenderResult, fit: FitResult | None, shares: Shares | None) -> Spent | None:
    total_us = contender.figures[m.CPU_PER_REQUEST.name].value
    kernel_us = contender.figures[m.KERNEL_PER_REQUEST.name].value if m.KERNEL_PER_REQUEST.name in contender.figures else None
    if total_us is None or kernel_us is None:
        return None
    parts = {KERNEL: kernel_us}
    if fit is not None and fit.cost_per_unit_ns.value is not None and amount is not None:
        calculation_us = max(amount * fit.cost_per_unit_ns.value / 1e3, 0.0)
        if kernel_us + calculation_us > total_us:
            return Spent(contender.label, total_us, parts | {BOTH: max(total_us - kernel_us, 0.0)})
        parts[CALCULATION] = calculation_us
    if shares is not None and shares.json_us.value is not None:
        measured = {JSON: shares.json_us.value}
        if shares.http_us is not None and shares.http_us.value is not None:
            measured[HTTP] = shares.http_us.value
        # measured by themselves, they may be more than there is room for
        if min(measured.values()) >= 0 and sum(parts.values()) + sum(measured.values()) <= total_us:
            parts |= measured
    parts[REST] = max(total_us - sum(parts.values()), 0.0)
    return Spent(contender.label, total_us, parts)
