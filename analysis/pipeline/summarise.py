"""From a run's records to its summary. Reads raw rows; decides nothing that is not in `check`, `interval` or `claims`."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal

import numpy as np

from analysis.audit.audit import audit_figures, audit_rest, logs_asked_for
from analysis.audit.cause import Evidence
from analysis.audit.gctrace import TracedTrial
from analysis.audit.model import PublishedSet
from analysis.checks.affected import with_doubts
from analysis.checks.contender import (
    FEWEST_TRIALS,
    aa_differs,
    fairness,
    hidden_stall,
    restart_variance,
    unfair,
    warming,
    wide_pairs,
)
from analysis.checks.load import beside_ceiling
from analysis.checks.trial import check_trial, merged
from analysis.microbench.summary import Asked, CpuPerRequest, summarise_microbench
from analysis.model import metric as m
from analysis.model.figure_of import figure_of, refused
from analysis.model.flag import GENERATOR_BOUND, Flag
from analysis.model.summary import (
    SUMMARY_SCHEMA_VERSION,
    BuildResult,
    Comparison,
    ContenderResult,
    Figure,
    HarnessResult,
    NotMeasured,
    Summary,
    WorkloadResult,
    over_twins,
)
from analysis.stats.arrays import Floats, usable
from analysis.stats.detectable import minimum_detectable_effect
from analysis.stats.interval import FEWEST_PAIRS, Interval, median_interval, ratio_of_pairs
from analysis.trial.memory import memory_course
from analysis.trial.metrics import QUANTILES, figures_of
from analysis.trial.rows import read_rows
from analysis.trial.tail import tail_of
from analysis.trial.timeline import course_of
from analysis.verdicts.verdicts import decided
from loadgen.errors import Trouble
from loadgen.record.contender import ContenderRecord
from loadgen.record.folder import load_run
from loadgen.record.run import RunRecord
from loadgen.record.trial import Answers, LoadTrial
from loadgen.record.workload import WorkloadRecord
from loadgen.task.work import Scale

LIMITED_BY_GENERATOR = frozenset(metric.name for metric in (m.GOODPUT, *m.LATENCIES))
"""Metrics that say nothing of the server once the generator is the limit."""
OVER_CONTROLS = (m.GOODPUT, m.CPU_PER_REQUEST)


ScaleOf = Callable[[RunRecord], Scale | None]
"""How the work of a run's task grows with a parameter; None where nobody knows."""


@dataclass(frozen=True)
class Analysed:
    """A finished trial with its figures, its latencies in the window, and its flags."""

    trial: LoadTrial
    figures: Mapping[str, float]
    latencies_ms: Floats
    flags: list[Flag]


def summarise(run_folder: Path, published: Sequence[PublishedSet], scale_of: ScaleOf) -> Summary:
    """Analyse the run in `run_folder`; raise Trouble if its records or rows are missing or damaged.

    `scale_of` tells how the work of a run's task grows with a parameter, None where nobody knows.
    """
    run, trials = load_run(run_folder)
    scale = scale_of(run)
    published = [one for one in published if one.task == run.task]
    analysed: dict[tuple[str, str], list[Analysed]] = defaultdict(list)
    failed: dict[tuple[str, str], int] = defaultdict(int)
    for trial in trials:
        place = (trial.workload, trial.contender)
        if not isinstance(trial, LoadTrial):
            continue
        if trial.failure:
            failed[place] += 1
        else:
            analysed[place].append(_analyse(run_folder, run, trial))
    measured = [one for one in run.contenders if one.not_measured is None]
    workloads = [
        with_doubts(_with_aa_flags(workload, analysed))
        for workload in decided([put_together(run, name, measured, analysed, failed) for name in run.workloads])
    ]
    builds = [_build(contender) for contender in measured if contender.build]
    microbench = summarise_microbench(run, trials, _cpu_by_round(run, analysed, scale), scale)
    evidence = Evidence(
        disassemblies={one.label: one.disassembly for one in measured if one.disassembly is not None},
        traces={place: traced(run_folder, analysed[place]) for place in logs_asked_for(published) if place in analysed},
        benches=microbench.benches if microbench else (),
        roles=run.benchmark_roles,
    )
    return Summary(
        schema_version=SUMMARY_SCHEMA_VERSION,
        **{
            name: getattr(run, name)
            for name in (
                *("run_id", "profile", "task", "started", "ended", "end_reason", "commit", "dirty", "seed", "rounds"),
                *("pinned", "server_threads", "generator", "machine", "load_command", "half_width", "given_up", "resumed"),
            )
        },
        start_commands={one.label: one.start_command for one in measured},
        tools={one.label: one.build.tools for one in measured if one.build},
        built_with=_built_with(run),
        started_with={
            one.label: [f"{name}={value}" for name, value in one.environment.items()] for one in measured if one.environment
        },
        harness=_harness([trial for trial in trials if isinstance(trial, LoadTrial)]),
        workloads=workloads,
        builds=builds,
        not_measured=_not_measured(run),
        known_deviations={one.label: one.known_deviations for one in measured},
        claims=audit_figures(published, workloads, builds, microbench.fits if microbench else (), scale) if workloads else [],
        microbench=microbench,
        audit=audit_rest(published, run, workloads, builds, evidence, scale) if workloads and published else None,
    )


def _built_with(run: RunRecord) -> dict[str, list[str]]:
    services = {one.label: one.build for one in run.contenders}
    benches = {f"microbenchmarks of {one.label}": one.build for one in run.microbenches}
    return {label: build.built_with for label, build in {**services, **benches}.items() if build and build.built_with}


def traced(run_folder: Path, trials: Sequence[Analysed]) -> list[TracedTrial]:
    """The logs of trials that have a P99, with the window as the server's own clock has it.

    A server that wrote nothing has an empty one; trials from before logs were kept are left out.
    """
    found = []
    for trial, figures in ((one.trial, one.figures) for one in trials if not any(flag.fatal for flag in one.flags)):
        if trial.load_began_s is None or m.LATENCY_P99.name not in figures:
            continue
        assert trial.window_from_s is not None
        assert trial.window_to_s is not None
        found.append(
            TracedTrial(
                log=_log_of(run_folder, trial),
                from_s=trial.load_began_s + trial.window_from_s,
                to_s=trial.load_began_s + trial.window_to_s,
                p50_ms=figures[m.LATENCY_P50.name],
                p99_ms=figures[m.LATENCY_P99.name],
            )
        )
    return found


def _log_of(run_folder: Path, trial: LoadTrial) -> str:
    """What the trial's server wrote on stderr; raise Trouble if the file is gone."""
    if trial.log_file is None:
        return ""
    path = run_folder / trial.log_file
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}; trial {trial.index} says that its server's log is there") from error


def _harness(trials: Sequence[LoadTrial]) -> HarnessResult | None:
    """What measuring took, in the trials that tell it."""
    shares = [
        one.cpu.harness_cpu_s / (one.cpu.to_s - one.cpu.from_s)
        for one in trials
        if one.failure is None and one.cpu is not None and one.cpu.harness_cpu_s is not None
    ]
    outside = [one.outside_s for one in trials if one.outside_s is not None]
    return HarnessResult(busy_share=figure_of(shares), outside_s=figure_of(outside)) if shares and outside else None


def _not_measured(run: RunRecord) -> list[NotMeasured]:
    return [
        NotMeasured(label=one.label, title=one.title, reason=one.not_measured)
        for one in run.contenders
        if one.not_measured is not None
    ]


def _cpu_by_round(
    run: RunRecord, analysed: Mapping[tuple[str, str], list[Analysed]], scale: Scale | None
) -> dict[str, list[CpuPerRequest]]:
    """Of each contender: CPU time per request against its work, in every trial that can tell it.

    One workload a request, the first closed loop: that others ask the same on other connections is another question.
    """
    found: dict[str, list[CpuPerRequest]] = defaultdict(list)
    closed = [(name, one) for name, one in reversed(run.workloads.items()) if one.rate is None and one.work is not None]
    firsts = {one.label: name for name, one in closed}
    twins = {one.label for one in run.contenders if one.twin_of is not None}
    for (workload, label), trials in analysed.items():
        for one in trials if workload in firsts.values() and label not in twins else ():
            figures = one.figures
            if (
                any(flag.fatal for flag in one.flags)
                or not {m.CPU_PER_REQUEST.name, m.KERNEL_PER_REQUEST.name} <= figures.keys()
            ):
                continue
            total_us, kernel_us = figures[m.CPU_PER_REQUEST.name], figures[m.KERNEL_PER_REQUEST.name]
            found[label].append(CpuPerRequest(one.trial.round, _asked(run.workloads[workload], scale), total_us, kernel_us))
    return found


def _asked(workload: WorkloadRecord, scale: Scale | None) -> Asked:
    assert workload.work is not None
    value = workload.parameters.get(scale.parameter) if scale else None
    case = ",".join(f"{name}={parameter}" for name, parameter in workload.parameters.items())
    return Asked(workload.label, workload.work.amount, case, value if isinstance(value, int) else None)


def _analyse(run_folder: Path, run: RunRecord, trial: LoadTrial) -> Analysed:
    rows = read_rows(run_folder, trial)
    assert trial.window_from_s is not None
    assert trial.window_to_s is not None
    every = {**figures_of(run, trial, rows), **course_of(trial, rows)}
    figures = {name: value for name, value in every.items() if math.isfinite(value)}
    latencies = rows.latencies_ms(trial.window_from_s, trial.window_to_s)
    return Analysed(trial, figures, latencies, check_trial(run, trial, figures))


def put_together(
    run: RunRecord,
    name: str,
    contenders: Sequence[ContenderRecord],
    analysed: Mapping[tuple[str, str], list[Analysed]],
    failed: Mapping[tuple[str, str], int],
) -> WorkloadResult:
    """One workload of the run before anything is decided: contenders with figures and flags, and what each pair differs by.

    `analysed` and `failed` are by workload and contender; what has no entry did not run there.
    """
    workload = run.workloads[name]
    trials = {one.label: analysed.get((name, one.label), []) for one in contenders}
    failures = {one.label: failed.get((name, one.label), 0) for one in contenders}
    put = [
        one
        for one in contenders
        if trials[one.label] or failures[one.label] or not (one.control or one.label in workload.left_out)
    ]
    results = [_contender(run, name, one, analysed, failures[one.label]) for one in put]
    if workload.rate is None:
        limits = [compare(m.GOODPUT, a, b, trials) for a in results for b in results if b.control and a is not b]
        results = [at_the_limit(one, limits, results, trials[one.label]) for one in results]
    services, controls = ([one for one in results if one.control is control] for control in (False, True))
    over = [compare(metric, a, b, trials) for a in services for b in controls for metric in _set_over(a, b, workload)]
    return WorkloadResult(
        name=name,
        title=workload.title,
        label=workload.label,
        request=workload.request,
        parameters=workload.parameters,
        work=workload.work,
        connections=workload.connections,
        rate=workload.rate,
        warm_up_s=workload.warm_up_s,
        load_s=workload.load_s,
        stopped_after=run.stopped_early.get(name),
        contenders=[*services, *controls],
        comparisons=[compare(metric, a, b, trials) for a, b in combinations(services, 2) for metric in _compared(workload)],
        over_controls=over,
    )


def _compared(workload: WorkloadRecord) -> list[m.Metric]:
    """The metrics in which services differ by themselves: in an open loop goodput is the rate that they were given."""
    return [metric for metric in m.COMPARED if workload.rate is None or metric != m.GOODPUT]


def _set_over(service: ContenderResult, control: ContenderResult, workload: WorkloadRecord) -> Sequence[m.Metric]:
    """The metrics in which a service is set over a control: all over itself, none over the twin of another."""
    if control.twin_of is None:
        return OVER_CONTROLS
    return _compared(workload) if control.twin_of == service.label else ()


def _with_aa_flags(workload: WorkloadResult, analysed: Mapping[tuple[str, str], list[Analysed]]) -> WorkloadResult:
    """The workload, each contender that differs from its own twin flagged, and the twin with it."""
    contenders = []
    for one in workload.contenders:
        own = [each for each in over_twins(workload) if one.label in (each.numerator, each.denominator)]
        flag = aa_differs(own, [each.trial.index for each in analysed.get((workload.name, one.label), [])])
        contenders.append(one.replace(flags=merged([*one.flags, flag])) if flag else one)
    return workload.replace(contenders=contenders)


def at_the_limit(
    one: ContenderResult, over: Sequence[Comparison], others: Sequence[ContenderResult], trials: Sequence[Analysed]
) -> ContenderResult:
    """The contender, flagged `generator_bound` if it reaches nearly the goodput of a control that had time to spare.

    `over` are goodputs over those of controls. A twin does what its original does: it is no ceiling.
    """
    if any(flag.check == GENERATOR_BOUND for flag in one.flags):
        return one
    ceilings = [other for other in others if other.control and other.twin_of is None]
    idle = {ceiling.label for ceiling in ceilings if any(flag.check == GENERATOR_BOUND for flag in ceiling.flags)}
    for comparison in over:
        if comparison.numerator == one.label and comparison.denominator in idle:
            flag = beside_ceiling(comparison.ratio, comparison.denominator, [each.trial.index for each in trials])
            return one.replace(flags=[*one.flags, *([flag] if flag else [])])
    return one


def _contender(
    run: RunRecord, workload: str, contender: ContenderRecord, analysed: Mapping[tuple[str, str], list[Analysed]], failed: int
) -> ContenderResult:
    trials = analysed.get((workload, contender.label), [])
    flags = merged([*(flag for one in trials for flag in one.flags), *_over_trials(run, workload, contender, analysed)])
    fatal = next((flag.check for flag in flags if flag.fatal), None)
    return ContenderResult(
        label=contender.label,
        title=contender.title,
        tier=contender.tier,
        control=contender.control,
        twin_of=contender.twin_of,
        trials=len(trials),
        failed_trials=failed,
        figures=_figures(trials, fatal),
        flags=flags,
        trial_indices=[one.trial.index for one in trials],
        rounds=[one.trial.round for one in trials],
        tail=None if fatal else tail_of([one.latencies_ms for one in trials]),
        memory=None if fatal else memory_course([one.trial for one in trials]),
        fairness=None if fatal else fairness(_answers(trials)),
    )


def _over_trials(
    run: RunRecord, workload: str, contender: ContenderRecord, analysed: Mapping[tuple[str, str], list[Analysed]]
) -> list[Flag]:
    """Flags that no single trial can raise. A contender and its twin are one service: no neighbours of each other."""
    own = analysed.get((workload, contender.label), [])
    others = [one for one in run.contenders if _original(one) != _original(contender)]
    neighbours = [trials for one in others if _steady(trials := analysed.get((workload, one.label), []))]
    rounds = {one.trial.index: one.trial.round for trials in (own, *neighbours) for one in trials}
    figures, *beside = ({one.trial.index: one.figures for one in trials} for trials in (own, *neighbours))
    found = [
        warming(figures),
        unfair(_answers(own)),
        restart_variance(figures, beside, rounds),
        None if run.noise_limit is None else wide_pairs(figures, beside, rounds, run.noise_limit),
        _hidden_stall(run, workload, contender.label, analysed),
    ]
    return [flag for flag in found if flag is not None]


def _answers(trials: Sequence[Analysed]) -> dict[int, Answers]:
    return {one.trial.index: one.trial.answers for one in trials if one.trial.answers is not None}


def _steady(trials: Sequence[Analysed]) -> bool:
    """Whether others can be compared with these: enough trials, and figures that count."""
    return len(trials) >= FEWEST_TRIALS and not any(flag.fatal for one in trials for flag in one.flags)


def _original(contender: ContenderRecord) -> str:
    return contender.twin_of or contender.label


def _hidden_stall(run: RunRecord, workload: str, label: str, analysed: Mapping[tuple[str, str], list[Analysed]]) -> Flag | None:
    """An open loop's tail beside that of the closed loop whose capacity its rate is a share of."""
    rate = run.workloads[workload].rate
    if rate is None:
        return None
    closed, opened = analysed.get((rate.of, label), []), analysed.get((workload, label), [])
    if not closed or not opened:
        return None
    closed_ms, open_ms = (np.concatenate([one.latencies_ms for one in trials]) for trials in (closed, opened))
    return hidden_stall(closed_ms, open_ms, rate.of, [one.trial.index for one in opened])


def _figures(trials: Sequence[Analysed], fatal: str | None) -> dict[str, Figure]:
    """All metrics; what no quantile of the pooled rows is, is the median of one value a trial."""
    pooled = np.concatenate([one.latencies_ms for one in trials]) if trials and not fatal else np.empty(0)
    quantiles = dict(zip(QUANTILES, np.quantile(pooled, list(QUANTILES.values())), strict=True)) if pooled.size else {}
    return {metric.name: _figure(metric, trials, fatal, quantiles) for metric in m.TRIAL_METRICS}


def _figure(metric: m.Metric, trials: Sequence[Analysed], fatal: str | None, quantiles: Mapping[str, float]) -> Figure:
    if fatal:
        return refused(fatal)
    each = [one.figures[metric.name] for one in trials if metric.name in one.figures]
    if not trials:
        return refused("no finished trial")
    if len(each) < len(trials):
        return refused("too few requests a trial" if metric.name in QUANTILES else "not readable here")
    if metric.name in QUANTILES:
        value = float(quantiles[metric.name])
        return Figure(value=value, interval=_around(median_interval(each), value), each=each, refused=None)
    return figure_of(each)


def _around(interval: Interval | None, value: float) -> Interval | None:
    """The interval, widened if need be to hold the pooled value: pooling and the median of trials are not quite the same."""
    if interval is None or interval.low <= value <= interval.high:
        return interval
    return interval.replace(low=min(interval.low, value), high=max(interval.high, value))


def compare(metric: m.Metric, a: ContenderResult, b: ContenderResult, trials: Mapping[str, Sequence[Analysed]]) -> Comparison:
    """The ratio a / b from the rounds in which both have the metric, and what can be said of these two alone."""
    by_round = [
        {one.trial.round: one.figures[metric.name] for one in trials[label] if usable(one.figures.get(metric.name, 0.0))}
        for label in (a.label, b.label)
    ]
    rounds = sorted(set(by_round[0]) & set(by_round[1]))
    reason = _why_not(metric, a, b, len(rounds))
    found, each = None, []
    if rounds and not (a.figures[metric.name].refused or b.figures[metric.name].refused):
        of_a, of_b = ([values[number] for number in rounds] for values in by_round)
        found, each = ratio_of_pairs(of_a, of_b), [of_each / over for of_each, over in zip(of_a, of_b, strict=True)]
    interval = found.interval if found else None
    if reason is None and interval is None:
        reason = f"{len(rounds)} round{'' if len(rounds) == 1 else 's'}; an interval needs {FEWEST_PAIRS}"
    return Comparison(
        metric=metric.name,
        numerator=a.label,
        denominator=b.label,
        pairs=len(rounds),
        ratio=found.ratio if found else None,
        interval=interval,
        verdict="cannot tell" if reason or interval is None else _verdict(interval),
        reason=reason,
        p_value=found.certain_p_value if found else None,
        minimum_detectable_effect=minimum_detectable_effect(found) if found and b.twin_of == a.label and not reason else None,
        each=each,
    )


def _verdict(interval: Interval) -> Literal["higher", "lower", "tie"]:
    if interval.low > 1:
        return "higher"
    return "lower" if interval.high < 1 else "tie"


def _why_not(metric: m.Metric, a: ContenderResult, b: ContenderResult, pairs: int) -> str | None:
    """Why nothing can be said of this pair, or None."""
    for one in (a, b):
        if (why := one.figures[metric.name].refused) is not None:
            return f"{one.label}: {why}"
    if pairs == 0:
        return "no round has both"
    limited = [one.label for one in (a, b) if any(flag.check == GENERATOR_BOUND for flag in one.flags)]
    if limited and metric.name in LIMITED_BY_GENERATOR:
        return f"generator_bound: {', '.join(limited)}"
    return None


def _build(contender: ContenderRecord) -> BuildResult:
    assert contender.build is not None
    build = contender.build
    incremental = build.incremental_build_s
    return BuildResult(
        label=contender.label,
        title=contender.title,
        figures={
            m.BINARY_SIZE.name: figure_of([build.binary_bytes]),
            m.CLEAN_BUILD.name: figure_of([build.clean_build_s]),
            m.INCREMENTAL_BUILD.name: figure_of(incremental) if incremental else refused("no build.edit"),
        },
    )
