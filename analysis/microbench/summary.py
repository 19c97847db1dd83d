"""From timings to what they say: figures, ratios, and whether they explain the load runs. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from analysis.cost.fit import Fit, fit
from analysis.model.figure_of import figure_of
from analysis.model.summary import (
    BenchmarkResult,
    BenchResult,
    FitResult,
    Instructions,
    MicrobenchResult,
    Ratio,
    Reconciliation,
    Residual,
    Shares,
)
from analysis.stats.arrays import usable
from analysis.stats.interval import Interval, ratio_of_pairs
from loadgen.record.contender import MicrobenchRecord
from loadgen.record.run import RunRecord
from loadgen.record.trial import BenchmarkTrial, CountTrial, LoadTrial, Timing, Trial
from loadgen.task.work import BenchmarkRoles, Scale

SERVED = "served"
AGREEMENT = 0.05
"""A load run and a microbenchmark that differ by more than 5% do not measure the same thing."""
WORTH_RECONCILING = 0.01
"""Of the largest case's work: below that a calculation is lost in what a request costs beside it."""
REPEATABLE = 1e-5
NEARLY_REPEATABLE = 1e-2
"""Two counts of the same instructions differ by less: callgrind counts, it does not sample. Threads of a runtime add some."""

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


def summarise_microbench(
    run: RunRecord, trials: Sequence[Trial], cpu: Mapping[str, Sequence[CpuPerRequest]], scale: Scale | None
) -> MicrobenchResult | None:
    """The run's microbenchmarks beside its load trials; None for a run that has neither these nor a sweep of work."""
    roles = run.benchmark_roles
    times = _times(trials)
    counted = {
        (trial.contender, one.scenario, one.contender, one.case): one
        for trial in trials
        if isinstance(trial, CountTrial)
        for one in trial.instructions
    }
    benches = [
        _bench(
            record,
            times,
            {
                key[1:]: Instructions(each=one.instructions, again=one.again, exact=one.exact)
                for key, one in counted.items()
                if key[0] == record.label
            },
            roles,
            scale,
        )
        for record in run.microbenches
        if times.get(record.label)
    ]
    titles = {one.label: one.title for one in run.contenders} | {one.label: one.language for one in benches}
    fits = {label: found for label, of in cpu.items() if scale is not None and (found := _fits(of))}
    if not benches and not fits:
        return None
    return MicrobenchResult(
        benches=benches,
        fits=[
            _fit_result(label, titles[label], found, cpu[label], scale.unit if scale else "") for label, found in fits.items()
        ],
        reconciliations=[
            one
            for label, found in fits.items()
            if label in times
            if roles is not None and scale is not None
            for one in _reconciliations(label, titles[label], found, times[label], cpu[label], roles, scale)
        ],
        shares=[
            one
            for label, of in cpu.items()
            if roles is not None and (one := _shares(label, titles[label], of, times.get(label, {}), roles))
        ],
        roles=roles,
        unit=scale.unit if scale else None,
        notes=[*_absent(run), *_warnings(trials), *_untimed(trials), *_notes(trials)],
    )


def _times(trials: Sequence[Trial]) -> dict[str, dict[Key, dict[int, Timing]]]:
    """Label -> benchmark -> round -> timing."""
    found: dict[str, dict[Key, dict[int, Timing]]] = defaultdict(lambda: defaultdict(dict))
    for trial in trials:
        if isinstance(trial, BenchmarkTrial):
            for timing in trial.timings:
                if usable(timing.time_ns):
                    found[trial.contender][timing.scenario, timing.contender, timing.case][trial.round] = timing
    return found


def _absent(run: RunRecord) -> list[str]:
    """Builds that could not be measured; of a reason its first line."""
    return [
        f"{one.title}: not measured: {one.not_measured.splitlines()[0]}"
        for one in run.microbenches
        if one.not_measured is not None
    ]


def _warnings(trials: Sequence[Trial]) -> list[str]:
    """What the tools warned of, each once."""
    of_tools = ((trial.contender, text) for trial in trials if isinstance(trial, BenchmarkTrial) for text in trial.warnings)
    return list(dict.fromkeys(f"{contender}: the tool warns: {text}" for contender, text in of_tools))


def _untimed(trials: Sequence[Trial]) -> list[str]:
    """Benchmarks that a program skipped, that failed, or whose time is no time: each once, with the reason."""
    found: list[str] = []
    for trial in trials:
        if isinstance(trial, BenchmarkTrial):
            no_times = [timing for timing in trial.timings if not usable(timing.time_ns)]
            no_time = ((timing.name, f"its time is {timing.time_ns:g} ns") for timing in no_times)
            skipped = ((name, f"skipped: {reason}") for name, reason in trial.skipped.items())
            found += [f"{trial.contender}: {name}: not measured: {reason}" for name, reason in (*no_time, *skipped)]
        if isinstance(trial, BenchmarkTrial | CountTrial):
            found += [f"{trial.contender}: {name}: not measured: failed: {reason}" for name, reason in trial.failed.items()]
    return list(dict.fromkeys(found))


def _notes(trials: Sequence[Trial]) -> list[str]:
    """What failed, and counts that differ from one run of the same program to the next."""
    notes = [
        f"{trial.workload}, round {trial.round + 1}: {trial.failure}"
        for trial in trials
        if trial.failure and not isinstance(trial, LoadTrial)
    ]
    notes += [
        f"{trial.contender}: {count.name}: counted {count.instructions:,.1f} and {count.again:,.1f} instructions: the program "
        "does not do the same each time"
        for trial in trials
        if isinstance(trial, CountTrial)
        for count in trial.instructions
        if not abs(count.again - count.instructions) <= (REPEATABLE if count.exact else NEARLY_REPEATABLE) * count.instructions
    ]
    return notes


def _bench(
    record: MicrobenchRecord,
    times: Mapping[str, Mapping[Key, Mapping[int, Timing]]],
    counted: Mapping[Key, Instructions],
    roles: BenchmarkRoles | None,
    scale: Scale | None,
) -> BenchResult:
    own = times[record.label]
    results = []
    for key in sorted(own, key=_order):
        scenario, contender, case = key
        of = own[key]
        results.append(
            BenchmarkResult(
                scenario=scenario,
                contender=contender,
                case=case,
                title=record.titles.get(contender, contender),
                tier=record.tiers.get(contender, ""),
                time_ns=figure_of([of[number].time_ns for number in sorted(of)]),
                counters=_counters(key, record.tiers.get(contender, ""), next(iter(of.values())), roles, scale),
                instructions=counted.get(key),
                ratio=_over_base(record, key, times, roles),
            )
        )
    return BenchResult(
        label=record.label,
        service=record.service,
        language=record.language,
        variant=record.variant,
        title=record.title,
        benchmarks=results,
    )


def _counters(key: Key, tier: str, timing: Timing, roles: BenchmarkRoles | None, scale: Scale | None) -> dict[str, float]:
    """The tool's own; of work alone that its tool does not count, that of its tier."""
    scenario, _, case = key
    value = value_of(case)
    if roles is None or scale is None or value is None or scenario != roles.work or tier not in roles.counted_tiers:
        return dict(timing.counters)
    return {scale.unit: float(scale.amount(value)), **timing.counters}


def value_of(case: str) -> int | None:
    """Return the value of a case NAME=VALUE such as "size=10"; None of any other."""
    name, separator, digits = case.partition("=")
    return int(digits) if name and separator and digits.isascii() and digits.isdigit() else None


def largest_case(benches: Sequence[BenchResult], roles: BenchmarkRoles) -> str:
    """Return the case of the work alone with the largest value, "" if there is none."""
    cases = {one.case for bench in benches for one in bench.benchmarks if one.scenario == roles.work}
    return max((case for case in cases if value_of(case) is not None), key=lambda case: value_of(case) or 0, default="")


def _order(key: Key) -> tuple[str, str, int, str]:
    """By name, but 2 before 10."""
    scenario, contender, case = key
    return scenario, contender, value_of(case) or 0, case


def _over_base(
    record: MicrobenchRecord,
    key: Key,
    times: Mapping[str, Mapping[Key, Mapping[int, Timing]]],
    roles: BenchmarkRoles | None,
) -> Ratio | None:
    """Over what people would compare it with: a build over its base, work alone over the published form of it, a codec over
    the one that is served.
    """
    scenario, contender, case = key
    if record.over is not None:
        base = times.get(record.over, {}).get(key)
        if base is None or record.over == record.label:
            return None
        return ratio(_values(times[record.label][key]), _values(base), record.over)
    published = next((name for name, tier in record.tiers.items() if tier == "published"), None)
    over = published if roles is not None and scenario == roles.work else SERVED
    base = times[record.label].get((scenario, over or "", case))
    if base is None or over == contender:
        return None
    return ratio(_values(times[record.label][key]), _values(base), record.titles.get(over or "", over or ""))


def _values(timings: Mapping[int, Timing]) -> dict[int, float]:
    return {number: one.time_ns for number, one in timings.items()}


def ratio(a: ByRound, b: ByRound, over: str) -> Ratio | None:
    """a / b from the rounds that have both; None if none has."""
    rounds = sorted(a.keys() & b.keys())
    if not rounds:
        return None
    found = ratio_of_pairs([a[number] for number in rounds], [b[number] for number in rounds])
    return Ratio(over=over, value=found.ratio, interval=found.interval, pairs=len(rounds))


def _fits(of: Sequence[CpuPerRequest]) -> dict[int, Fit]:
    """Round -> fit, for the rounds in which work was varied enough."""
    by_round: dict[int, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in of:
        by_round[one.round][one.request.amount].append(one.total_us)
    means = {number: {amount: float(np.mean(values)) for amount, values in found.items()} for number, found in by_round.items()}
    return {number: found for number, values in means.items() if (found := fit(values))}


def _fit_result(label: str, title: str, fits: Mapping[int, Fit], cpu: Sequence[CpuPerRequest], unit: str) -> FitResult:
    by_amount = {one.request.amount: one.request for one in cpu}
    amounts = sorted({amount for one in fits.values() for amount in one.residuals})
    return FitResult(
        label=label,
        title=title,
        unit=unit,
        overhead_us=figure_of([one.overhead_us for one in fits.values()]),
        cost_per_unit_ns=figure_of([one.cost_per_unit_ns for one in fits.values()]),
        residuals=[
            Residual(
                label=by_amount[amount].label,
                amount=amount,
                value=by_amount[amount].value,
                residual=float(np.median([one.residuals[amount] for one in fits.values() if amount in one.residuals])),
            )
            for amount in amounts
        ],
    )


def _reconciliations(
    label: str,
    title: str,
    fits: Mapping[int, Fit],
    times: Mapping[Key, Mapping[int, Timing]],
    cpu: Sequence[CpuPerRequest],
    roles: BenchmarkRoles,
    scale: Scale,
) -> list[Reconciliation]:
    found = []
    values = {value: case for scenario, _, case in times if scenario == roles.work and (value := value_of(case)) is not None}
    largest = max(values, default=0)
    loop = times.get((roles.work, SERVED, values.get(largest, "")))
    least = min((one.request for one in cpu), key=lambda request: request.amount)
    if loop:
        found.append(
            _reconciled(
                label,
                title,
                (f"{scale.unit}: cost of each", "ns"),
                {number: one.cost_per_unit_ns for number, one in fits.items()},
                {number: one.time_ns / scale.amount(largest) for number, one in loop.items()},
            )
        )
    found += [
        _reconciled(
            label,
            title,
            (f"calculation for {request.label}: CPU per request less that for {least.label}", "µs"),
            _less_than_least(cpu, request, least),
            {number: one.time_ns / 1e3 for number, one in times[roles.work, SERVED, request.case].items()},
        )
        for request in _by_amount(cpu)
        if request.amount >= WORTH_RECONCILING * scale.amount(largest) and (roles.work, SERVED, request.case) in times
    ]
    path = times.get((roles.request, SERVED, least.case))
    if path:
        found.append(
            _reconciled(
                label,
                title,
                (f"CPU at {least.label} outside the kernel, over the request path", "µs"),
                _at(least, cpu, lambda one: one.total_us - one.kernel_us),
                {number: one.time_ns / 1e3 for number, one in path.items()},
            )
        )
    return [one for one in found if one is not None]


def _reconciled(label: str, title: str, quantity: tuple[str, str], load: ByRound, microbench: ByRound) -> Reconciliation | None:
    found = ratio(load, microbench, "microbenchmark")
    if found is None:
        return None
    return Reconciliation(
        label=label,
        title=title,
        quantity=quantity[0],
        unit=quantity[1],
        load=figure_of(list(load.values())),
        microbench=figure_of(list(microbench.values())),
        ratio=found,
        verdict=agreement(found.interval),
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
    return sorted({one.request for one in cpu}, key=lambda request: request.amount)


def _less_than_least(cpu: Sequence[CpuPerRequest], request: Asked, least: Asked) -> dict[int, float]:
    """Round -> CPU time of the request less that of the least, in µs; without the rounds in which that is not positive."""
    one, other = (_at(asked, cpu, lambda each: each.total_us) for asked in (least, request))
    return {number: other[number] - one[number] for number in one.keys() & other.keys() if other[number] > one[number]}


def _at(request: Asked, cpu: Sequence[CpuPerRequest], value: Callable[[CpuPerRequest], float]) -> dict[int, float]:
    """Round -> value of the trials with that request."""
    by_round: dict[int, list[float]] = defaultdict(list)
    for one in cpu:
        if one.request == request:
            by_round[one.round].append(value(one))
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
    total, kernel = _at(least, cpu, lambda one: one.total_us), _at(least, cpu, lambda one: one.kernel_us)
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
