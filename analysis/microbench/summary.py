"""From timings to what they say: figures, ratios, and whether they explain the load runs. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.cost.fit import Fit, fit
from analysis.microbench.reconcile import SERVED, CpuPerRequest, Key, _reconciliations, _shares, ratio, value_of
from analysis.model.figure_of import figure_of
from analysis.model.microbench import (
    BenchmarkResult,
    BenchResult,
    FitResult,
    Instructions,
    MicrobenchResult,
    Ratio,
    Residual,
)
from analysis.stats.arrays import usable
from loadgen.record.benchmark import Timing
from loadgen.record.contender import MicrobenchRecord
from loadgen.record.run import RunRecord
from loadgen.record.trial import BenchmarkTrial, CountTrial, LoadTrial, Trial
from loadgen.task.work import BenchmarkRoles, Scale

REPEATABLE = 1e-5
NEARLY_REPEATABLE = 1e-2
"""Two counts of the same instructions differ by less: callgrind counts, it does not sample. Threads of a runtime add some."""


def summarise_microbench(
    run: RunRecord, trials: Sequence[Trial], cpu: Mapping[str, Sequence[CpuPerRequest]], scale: Scale | None
) -> MicrobenchResult | None:
    """The run's microbenchmarks beside its load trials; None for a run that has neither these nor a sweep of work."""
    roles = run.benchmark_roles
    times = _times(trials)
    counted = {
        (trial.contender, instruction.scenario, instruction.contender, instruction.case): instruction
        for trial in trials
        if isinstance(trial, CountTrial)
        for instruction in trial.instructions
    }
    benches = [
        _bench(
            record,
            times,
            {
                key[1:]: Instructions(each=count.instructions, again=count.again, exact=count.exact)
                for key, count in counted.items()
                if key[0] == record.label
            },
            roles,
            scale,
        )
        for record in run.microbenches
        if times.get(record.label)
    ]
    titles = {contender.label: contender.title for contender in run.contenders} | {
        bench.label: bench.language for bench in benches
    }
    fits = {label: by_round for label, of in cpu.items() if scale is not None and (by_round := _fits(of))}
    if not benches and not fits:
        return None
    return MicrobenchResult(
        benches=benches,
        fits=[
            _fit_result(label, titles[label], by_round, cpu[label], scale.unit if scale else "")
            for label, by_round in fits.items()
        ],
        reconciliations=[
            reconciliation
            for label, by_round in fits.items()
            if label in times
            if roles is not None and scale is not None
            for reconciliation in _reconciliations(label, titles[label], by_round, times[label], cpu[label], roles, scale)
        ],
        shares=[
            shares
            for label, of in cpu.items()
            if roles is not None and (shares := _shares(label, titles[label], of, times.get(label, {}), roles))
        ],
        roles=roles,
        unit=scale.unit if scale else None,
        notes=[*_absent(run), *_warnings(trials), *_untimed(trials), *_notes(trials)],
    )


def _times(trials: Sequence[Trial]) -> dict[str, dict[Key, dict[int, Timing]]]:
    """Label -> benchmark -> round -> timing."""
    times: dict[str, dict[Key, dict[int, Timing]]] = defaultdict(lambda: defaultdict(dict))
    for trial in trials:
        if isinstance(trial, BenchmarkTrial):
            for timing in trial.timings:
                if usable(timing.time_ns):
                    times[trial.contender][timing.scenario, timing.contender, timing.case][trial.round] = timing
    return times


def _absent(run: RunRecord) -> list[str]:
    """Builds that could not be measured; of a reason its first line."""
    return [
        f"{program.title}: not measured: {program.not_measured.splitlines()[0]}"
        for program in run.microbenches
        if program.not_measured is not None
    ]


def _warnings(trials: Sequence[Trial]) -> list[str]:
    """What the tools warned of, each once."""
    of_tools = ((trial.contender, text) for trial in trials if isinstance(trial, BenchmarkTrial) for text in trial.warnings)
    return list(dict.fromkeys(f"{contender}: the tool warns: {text}" for contender, text in of_tools))


def _untimed(trials: Sequence[Trial]) -> list[str]:
    """Benchmarks that a program skipped, that failed, or whose time is no time: each once, with the reason."""
    notes: list[str] = []
    for trial in trials:
        if isinstance(trial, BenchmarkTrial):
            no_times = [timing for timing in trial.timings if not usable(timing.time_ns)]
            no_time = ((timing.name, f"its time is {timing.time_ns:g} ns") for timing in no_times)
            skipped = ((name, f"skipped: {reason}") for name, reason in trial.skipped.items())
            notes += [f"{trial.contender}: {name}: not measured: {reason}" for name, reason in (*no_time, *skipped)]
        if isinstance(trial, BenchmarkTrial | CountTrial):
            notes += [f"{trial.contender}: {name}: not measured: failed: {reason}" for name, reason in trial.failed.items()]
    return list(dict.fromkeys(notes))


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
    return BenchResult.from_fields_of(
        record,
        benchmarks=results,
    )


def _counters(key: Key, tier: str, timing: Timing, roles: BenchmarkRoles | None, scale: Scale | None) -> dict[str, float]:
    """The tool's own; of work alone that its tool does not count, that of its tier."""
    scenario, _, case = key
    value = value_of(case)
    if roles is None or scale is None or value is None or scenario != roles.work or tier not in roles.counted_tiers:
        return dict(timing.counters)
    return {scale.unit: float(scale.amount(value)), **timing.counters}


def largest_case(benches: Sequence[BenchResult], roles: BenchmarkRoles) -> str:
    """Return the case of the work alone with the largest value, "" if there is none."""
    cases = {benchmark.case for bench in benches for benchmark in bench.benchmarks if benchmark.scenario == roles.work}
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
    return {number: timing.time_ns for number, timing in timings.items()}


def _fits(of: Sequence[CpuPerRequest]) -> dict[int, Fit]:
    """Round -> fit, for the rounds in which work was varied enough."""
    by_round: dict[int, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for cost in of:
        by_round[cost.round][cost.request.amount].append(cost.total_us)
    means = {
        number: {amount: float(np.mean(values)) for amount, values in by_amount.items()}
        for number, by_amount in by_round.items()
    }
    return {number: own_fit for number, values in means.items() if (own_fit := fit(values))}


def _fit_result(label: str, title: str, fits: Mapping[int, Fit], cpu: Sequence[CpuPerRequest], unit: str) -> FitResult:
    by_amount = {cost.request.amount: cost.request for cost in cpu}
    amounts = sorted({amount for fit in fits.values() for amount in fit.residuals})
    return FitResult(
        label=label,
        title=title,
        unit=unit,
        overhead_us=figure_of([fit.overhead_us for fit in fits.values()]),
        cost_per_unit_ns=figure_of([fit.cost_per_unit_ns for fit in fits.values()]),
        residuals=[
            Residual(
                label=by_amount[amount].label,
                amount=amount,
                value=by_amount[amount].value,
                residual=float(np.median([fit.residuals[amount] for fit in fits.values() if amount in fit.residuals])),
            )
            for amount in amounts
        ],
    )
