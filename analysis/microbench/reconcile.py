"""Whether microbenchmarks explain the load runs, and where a request's CPU time goes. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from analysis.cost.fit import Fit
from analysis.model.figure_of import figure_of
from analysis.model.microbench import (
    Ratio,
    Reconciliation,
    Shares,
)
from analysis.stats.interval import Interval, ratio_of_pairs
from loadgen.record.benchmark import Timing
from loadgen.task.work import BenchmarkRoles, Scale

SERVED = "served"


AGREEMENT = 0.05
"""A load run and a microbenchmark that differ by more than 5% do not measure the same thing."""


WORTH_RECONCILING = 0.01
"""Of the largest case's work: below that a calculation is lost in what a request costs beside it."""


Key = tuple[str, str, str]


ByRound = Mapping[int, float]


class Asked(NamedTuple):
    """A request: its label, the amount of its work, the benchmarks' case of it, and the value of the parameter that scales."""

    label: str
    amount: float
    case: str
    value: int | None


class CpuPerRequest(NamedTuple):
    """CPU time per request of one trial in µs, and the kernel's part of it."""

    round: int
    request: Asked
    total_us: float
    kernel_us: float


def value_of(case: str) -> int | None:
    """Return the value of a case NAME=VALUE such as "size=10"; None of any other."""
    name, separator, digits = case.partition("=")
    return int(digits) if name and separator and digits.isascii() and digits.isdigit() else None


def ratio(a: ByRound, b: ByRound, over: str) -> Ratio | None:
    """a / b from the rounds that have both; None if none has."""
    rounds = sorted(a.keys() & b.keys())
    if not rounds:
        return None
    paired_ratio = ratio_of_pairs([a[number] for number in rounds], [b[number] for number in rounds])
    return Ratio(over=over, value=paired_ratio.ratio, interval=paired_ratio.interval, pairs=len(rounds))


def _reconciliations(
    label: str,
    title: str,
    fits: Mapping[int, Fit],
    times: Mapping[Key, Mapping[int, Timing]],
    cpu: Sequence[CpuPerRequest],
    roles: BenchmarkRoles,
    scale: Scale,
) -> list[Reconciliation]:
    reconciliations = []
    values = {value: case for scenario, _, case in times if scenario == roles.work and (value := value_of(case)) is not None}
    largest = max(values, default=0)
    loop = times.get((roles.work, SERVED, values.get(largest, "")))
    least = min((cost.request for cost in cpu), key=lambda request: request.amount)
    if loop:
        reconciliations.append(
            _reconciled(
                label,
                title,
                (f"{scale.unit}: cost of each", "ns"),
                {number: fit.cost_per_unit_ns for number, fit in fits.items()},
                {number: timing.time_ns / scale.amount(largest) for number, timing in loop.items()},
            )
        )
    reconciliations += [
        _reconciled(
            label,
            title,
            (f"calculation for {request.label}: CPU per request less that for {least.label}", "µs"),
            _less_than_least(cpu, request, least),
            {number: time.time_ns / 1e3 for number, time in times[roles.work, SERVED, request.case].items()},
        )
        for request in _by_amount(cpu)
        if request.amount >= WORTH_RECONCILING * scale.amount(largest) and (roles.work, SERVED, request.case) in times
    ]
    path = times.get((roles.request, SERVED, least.case))
    if path:
        reconciliations.append(
            _reconciled(
                label,
                title,
                (f"CPU at {least.label} outside the kernel, over the request path", "µs"),
                _at(least, cpu, lambda cost: cost.total_us - cost.kernel_us),
                {number: timing.time_ns / 1e3 for number, timing in path.items()},
            )
        )
    return [reconciliation for reconciliation in reconciliations if reconciliation is not None]


def _reconciled(label: str, title: str, quantity: tuple[str, str], load: ByRound, microbench: ByRound) -> Reconciliation | None:
    over_microbench = ratio(load, microbench, "microbenchmark")
    if over_microbench is None:
        return None
    return Reconciliation(
        label=label,
        title=title,
        quantity=quantity[0],
        unit=quantity[1],
        load=figure_of(list(load.values())),
        microbench=figure_of(list(microbench.values())),
        ratio=over_microbench,
        verdict=agreement(over_microbench.interval),
    )


def agreement(interval: Interval | None) -> Literal["agree", "differ", "cannot tell"]:
    """Whether a ratio's whole interval lies within 5% of 1, or all of it outside."""
    if interval is None:
        return "cannot tell"
    low, high = 1 / (1 + AGREEMENT), 1 + AGREEMENT
    if low <= interval.low and interval.high <= high:
        return "agree"
    return "differ" if interval.low > high or interval.high < low else "cannot tell"


def _by_amount(cpu: Sequence[CpuPerRequest]) -> list[Asked]:
    """The requests, each once, from the one with the least work up."""
    return sorted({cost.request for cost in cpu}, key=lambda request: request.amount)


def _less_than_least(cpu: Sequence[CpuPerRequest], request: Asked, least: Asked) -> dict[int, float]:
    """Round -> CPU time of the request less that of the least, in µs; without the rounds in which that is not positive."""
    own, other = (_at(asked, cpu, lambda cost: cost.total_us) for asked in (least, request))
    return {number: other[number] - own[number] for number in own.keys() & other.keys() if other[number] > own[number]}


def _at(request: Asked, cpu: Sequence[CpuPerRequest], value: Callable[[CpuPerRequest], float]) -> dict[int, float]:
    """Round -> value of the trials with that request."""
    by_round: dict[int, list[float]] = defaultdict(list)
    for cost in cpu:
        if cost.request == request:
            by_round[cost.round].append(value(cost))
    return {number: float(np.mean(values)) for number, values in by_round.items()}


def _shares(
    label: str,
    title: str,
    cpu: Sequence[CpuPerRequest],
    times: Mapping[Key, Mapping[int, Timing]],
    roles: BenchmarkRoles,
) -> Shares | None:
    """The parts of CPU per request with the least work, round by round; None without a codec's times in the same rounds."""
    least = _by_amount(cpu)[0]
    total, kernel = _at(least, cpu, lambda cost: cost.total_us), _at(least, cpu, lambda cost: cost.kernel_us)
    decode, encode = times.get((roles.decode, SERVED, roles.usual)), times.get((roles.encode, SERVED, roles.usual))
    path = times.get((roles.request, SERVED, least.case), {})
    if not decode or not encode:
        return None
    rounds = sorted(total.keys() & decode.keys() & encode.keys())
    if not rounds:
        return None
    json = {number: (decode[number].time_ns + encode[number].time_ns) / 1e3 for number in rounds}
    http = {number: path[number].time_ns / 1e3 - json[number] for number in rounds if number in path}
    rest = {number: total[number] - kernel[number] - json[number] - http.get(number, 0.0) for number in rounds}
    return Shares(
        label=label,
        request=least.label,
        title=title,
        total_us=figure_of([total[number] for number in rounds]),
        kernel_us=figure_of([kernel[number] for number in rounds]),
        json_us=figure_of([json[number] for number in rounds]),
        http_us=figure_of(list(http.values())) if len(http) == len(rounds) else None,
        rest_us=figure_of([rest[number] for number in rounds]),
    )
