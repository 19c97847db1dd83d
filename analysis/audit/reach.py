"""The value of a parameter at which this machine reaches a published figure, by the fit of CPU time against work. Pure."""

from collections.abc import Callable, Sequence

from analysis.model import metric as m
from analysis.model.audit import Reach
from analysis.model.flag import GENERATOR_BOUND
from analysis.model.microbench import FitResult
from analysis.model.summary import WorkloadResult
from analysis.stats.interval import Interval
from loadgen.task.work import Scale


def largest_value(most: float, amount: Callable[[int], float], low: int, high: int) -> int | None:
    """Return the largest value of low..high with no more work than `most`; None if not even `low` has."""
    if amount(low) > most:
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if amount(middle) <= most:
            low = middle
        else:
            high = middle - 1
    return low


def reach_goodput(
    per_s: float, label: str, fits: Sequence[FitResult], workloads: Sequence[WorkloadResult], scale: Scale
) -> Reach | None:
    """Where the contender's goodput is so much; None without a fit of its CPU time, or figures to tell how many cores it uses.

    Goodput = busy cores / (overhead + work x cost). The busy cores are those of the closed loop whose goodput is nearest.
    """
    fit = next((fit for fit in fits if fit.label == label), None)
    busy = _busy_cores(per_s, label, workloads)
    if fit is None or busy is None or fit.overhead_us.value is None or fit.cost_per_unit_ns.value is None:
        return None
    cores, under = busy
    values = [residual.value for residual in fit.residuals if residual.value is not None]
    swept = min(values), max(values)
    budget_us = cores * 1e6 / per_s
    overhead_us, cost_ns = fit.overhead_us.value, fit.cost_per_unit_ns.value
    derivation = (
        f"{m.GOODPUT.write(per_s)} requests/s leave {m.CPU_PER_REQUEST.write(budget_us)} µs of CPU for each on the {cores:.2f} "
        f"cores that {label} kept busy under {under}; its overhead is {m.CPU_PER_REQUEST.write(overhead_us)} µs"
    )
    if cost_ns <= 0:
        return None
    left_us = budget_us - overhead_us
    most = left_us * 1e3 / cost_ns
    name, value = scale.parameter, largest_value(most, scale.amount, *swept)
    if value is None:
        derivation += f", so no {name} of {swept[0]:,} to {swept[1]:,} reaches it"
    elif most >= scale.amount(swept[1] + 1):
        value, derivation = None, f"{derivation}: it is reached even beyond {name} = {swept[1]:,}, the largest that was swept"
    else:
        derivation += (
            f", and the {m.CPU_PER_REQUEST.write(left_us)} µs left are {most:,.0f} {scale.unit} of {cost_ns:.2f} ns: "
            f"{name} = {value:,} has {scale.amount(value):,}"
        )
    ends = _ends(budget_us, fit.overhead_us.interval, fit.cost_per_unit_ns.interval, swept, scale) if value else None
    low, high = ends or (None, None)
    return Reach(label=label, parameter=name, value=value, low=low, high=high, swept=list(swept), derivation=derivation)


def _ends(
    budget_us: float, overhead: Interval | None, cost: Interval | None, swept: tuple[int, int], scale: Scale
) -> tuple[int, int] | None:
    """The values at the far ends of both intervals, kept to what was swept; None without intervals."""
    if overhead is None or cost is None or cost.low <= 0:
        return None
    low, high = (
        largest_value(max(0.0, budget_us - overhead_us) * 1e3 / cost_ns, scale.amount, *swept)
        for overhead_us, cost_ns in ((overhead.high, cost.high), (overhead.low, cost.low))
    )
    return (low or swept[0], high or swept[0])


def _busy_cores(per_s: float, label: str, workloads: Sequence[WorkloadResult]) -> tuple[float, str] | None:
    """Cores that the contender kept busy (goodput x CPU per request) under the closed loop that is nearest, and its name.

    Where the generator was the limit, they are the generator's doing, not the contender's.
    """
    candidates = []
    for workload in workloads if per_s > 0 else ():
        contender = next((contender for contender in workload.contenders if contender.label == label), None)
        if contender is None or workload.rate is not None or any(flag.check == GENERATOR_BOUND for flag in contender.flags):
            continue
        goodput, cpu_us = (contender.figures[metric.name].value for metric in (m.GOODPUT, m.CPU_PER_REQUEST))
        if goodput and cpu_us:
            candidates.append((max(goodput / per_s, per_s / goodput), goodput * cpu_us / 1e6, workload.name))
    return min(candidates)[1:] if candidates else None
