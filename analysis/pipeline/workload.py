"""One workload of a run before anything is decided: contenders with figures and flags, and what each pair differs by."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from analysis.checks.contender import (
    FEWEST_TRIALS,
    aa_differs,
    fairness,
    hidden_stall,
    restart_variance,
    unfair,
    unsettled,
    warming,
    wide_pairs,
)
from analysis.checks.load import beside_ceiling
from analysis.checks.trial import merged
from analysis.model import metric as m
from analysis.model.comparison import Comparison, Figure
from analysis.model.figure_of import figure_of, refused
from analysis.model.flag import GENERATOR_BOUND, Flag
from analysis.model.summary import (
    ContenderResult,
    KindResult,
    WorkloadResult,
    over_twins,
)
from analysis.pipeline.compared import Analysed, compare
from analysis.stats.interval import Interval, median_interval
from analysis.trial.memory import memory_timeline
from analysis.trial.metrics import QUANTILES
from analysis.trial.tail import tail_of
from analysis.verdicts.verdicts import AA_CONTROLS
from loadgen.record.contender import ContenderRecord
from loadgen.record.pilot import Pilot
from loadgen.record.run import RunRecord
from loadgen.record.trial import Answers
from loadgen.record.workload import Share, WorkloadRecord

SEVERAL = "of several machines"
"""Why a contender of a campaign has no figure: there is one of each machine."""
OVER_CONTROLS = (m.GOODPUT, m.CPU_PER_REQUEST)


def build_workload(
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
    trials = {contender.label: analysed.get((name, contender.label), []) for contender in contenders}
    failures = {contender.label: failed.get((name, contender.label), 0) for contender in contenders}
    put = [
        contender
        for contender in contenders
        if trials[contender.label]
        or failures[contender.label]
        or not (contender.control or contender.label in workload.left_out)
    ]
    results = [_contender(run, name, contender, analysed, failures[contender.label]) for contender in put]
    if workload.rate is None:
        limits = [compare(m.GOODPUT, a, b, trials) for a in results for b in results if b.control and a is not b]
        results = [flag_generator_bound(result, limits, results, trials[result.label]) for result in results]
    services, controls = ([result for result in results if result.control is control] for control in (False, True))
    over = [compare(metric, a, b, trials) for a in services for b in controls for metric in _set_over(a, b, workload)]
    return WorkloadResult.from_fields_of(
        workload,
        name=name,
        stopped_after=run.stopped_early.get(name),
        contenders=[*services, *controls],
        comparisons=[
            compare(metric, a, b, trials) for a, b in combinations(services, 2) for metric in _compared(workload, services)
        ],
        over_controls=over,
        kinds=[_kind(run, share, services, trials) for share in workload.mix],
    )


def _kind(run: RunRecord, kind: Share, services: Sequence[ContenderResult], trials: Mapping[str, list[Analysed]]) -> KindResult:
    """One kind of request of a mix: what each service needs for it, and what each pair differs by."""
    name = kind.request.kind
    of_kind = {label: [analysed.kinds[name] for analysed in of if name in analysed.kinds] for label, of in trials.items()}
    results = [
        service.replace(**_own_figures(run, of_kind[service.label], _fatal(service.flags), m.OF_A_KIND)) for service in services
    ]
    latencies = [metric for metric in m.OF_A_KIND if metric != m.GOODPUT]
    return KindResult(
        name=name,
        share=kind.share,
        figures={result.label: result.figures for result in results},
        comparisons=[compare(metric, a, b, of_kind) for a, b in combinations(results, 2) for metric in latencies],
    )


def _compared(workload: WorkloadRecord, services: Sequence[ContenderResult]) -> list[m.Metric]:
    """The metrics in which services differ by themselves: in an open loop goodput is the rate that they were given; what is
    rare only where they have it.
    """
    metric_names = {
        name
        for service in services
        for figures in (service.figures, *service.machines.values())
        for name, figure in figures.items()
        if figure.value is not None
    }
    return [
        metric
        for metric in m.ALL_COMPARED
        if (workload.rate is None or metric != m.GOODPUT) and (not metric.rare or metric.name in metric_names)
    ]


def _fatal(flags: Sequence[Flag]) -> str | None:
    return next((flag.check for flag in flags if flag.fatal), None)


def _set_over(service: ContenderResult, control: ContenderResult, workload: WorkloadRecord) -> Sequence[m.Metric]:
    """The metrics in which a service is set over a control: all over itself, none over the twin of another."""
    if control.twin_of is None:
        return OVER_CONTROLS
    return _compared(workload, [service]) if control.twin_of == service.label else ()


def _with_aa_flags(workload: WorkloadResult, analysed: Mapping[tuple[str, str], list[Analysed]]) -> WorkloadResult:
    """The workload, each contender that differs from its own twin flagged, and the twin with it."""
    contenders = []
    for contender in workload.contenders:
        of_itself = [*over_twins(workload), *(comparison for comparison in workload.paired if comparison.family == AA_CONTROLS)]
        own = [comparison for comparison in of_itself if contender.label in (comparison.numerator, comparison.denominator)]
        flag = aa_differs(own, [run.trial.index for run in analysed.get((workload.name, contender.label), [])])
        contenders.append(contender.replace(flags=merged([*contender.flags, flag])) if flag else contender)
    return workload.replace(contenders=contenders)


def flag_generator_bound(
    contender: ContenderResult, over: Sequence[Comparison], others: Sequence[ContenderResult], trials: Sequence[Analysed]
) -> ContenderResult:
    """The contender, flagged `generator_bound` if it reaches nearly the goodput of a control that had time to spare.

    `over` are goodputs over those of controls. A twin does what its original does: it is no ceiling.
    """
    if any(flag.check == GENERATOR_BOUND for flag in contender.flags):
        return contender
    ceilings = [other for other in others if other.control and other.twin_of is None]
    idle = {ceiling.label for ceiling in ceilings if any(flag.check == GENERATOR_BOUND for flag in ceiling.flags)}
    for comparison in over:
        if comparison.numerator == contender.label and comparison.denominator in idle:
            flag = beside_ceiling(comparison.ratio, comparison.denominator, [trial.trial.index for trial in trials])
            return contender.replace(flags=[*contender.flags, *([flag] if flag else [])])
    return contender


def _contender(
    run: RunRecord, workload: str, contender: ContenderRecord, analysed: Mapping[tuple[str, str], list[Analysed]], failed: int
) -> ContenderResult:
    trials = analysed.get((workload, contender.label), [])
    flags = merged([*(flag for trial in trials for flag in trial.flags), *_over_trials(run, workload, contender, analysed)])
    fatal = _fatal(flags)
    return ContenderResult.from_fields_of(
        contender,
        trials=len(trials),
        failed_trials=failed,
        **_own_figures(run, trials, fatal),
        flags=flags,
        trial_indices=[trial.trial.index for trial in trials],
        rounds=[trial.trial.round for trial in trials],
        tail=None if fatal or run.is_campaign else tail_of([trial.latencies_ms for trial in trials]),
        memory=None if fatal or run.is_campaign else memory_timeline([trial.trial for trial in trials]),
        fairness=None if fatal else fairness(_answers(trials)),
    )


def _over_trials(
    run: RunRecord, workload: str, contender: ContenderRecord, analysed: Mapping[tuple[str, str], list[Analysed]]
) -> list[Flag]:
    """Flags that no single trial can raise. A contender and its twin are one service: no neighbours of each other."""
    own = analysed.get((workload, contender.label), [])
    others = [other for other in run.contenders if _original(other) != _original(contender)]
    neighbours = [trials for other in others if _steady(trials := analysed.get((workload, other.label), []))]
    rounds = {trial.trial.index: trial.trial.round for trials in (own, *neighbours) for trial in trials}
    figures, *beside = ({trial.trial.index: trial.figures for trial in trials} for trials in (own, *neighbours))
    flags = [
        warming(figures),
        unfair(_answers(own)),
        restart_variance(figures, beside, rounds),
        None if run.noise_limit is None else wide_pairs(figures, beside, rounds, run.noise_limit),
        _hidden_stall(run, workload, contender.label, analysed),
        unsettled(_pilot(run, workload, contender), list(figures)),
    ]
    return [flag for flag in flags if flag is not None]


def _pilot(run: RunRecord, workload: str, contender: ContenderRecord) -> Pilot | None:
    """The pilot of what the workload asks."""
    return run.pilots.get(run.workloads[workload].label, {}).get(_original(contender))


def _answers(trials: Sequence[Analysed]) -> dict[int, Answers]:
    return {trial.trial.index: trial.trial.answers for trial in trials if trial.trial.answers is not None}


def _steady(trials: Sequence[Analysed]) -> bool:
    """Whether others can be compared with these: enough trials, and figures that count."""
    return len(trials) >= FEWEST_TRIALS and not any(flag.fatal for trial in trials for flag in trial.flags)


def _original(contender: ContenderRecord) -> str:
    return contender.twin_of or contender.label


def _hidden_stall(run: RunRecord, workload: str, label: str, analysed: Mapping[tuple[str, str], list[Analysed]]) -> Flag | None:
    """An open loop's tail beside that of the closed loop whose capacity its rate is a share of, by the same generator."""
    rate = run.workloads[workload].rate
    of = None if rate is None or rate.of is None else run.workloads.get(rate.of)
    if rate is None or rate.of is None or of is None or of.sending.generator != run.workloads[workload].sending.generator:
        return None
    closed, opened = analysed.get((rate.of, label), []), analysed.get((workload, label), [])
    if not closed or not opened:
        return None
    closed_ms, open_ms = (np.concatenate([trial.latencies_ms for trial in trials]) for trials in (closed, opened))
    return hidden_stall(closed_ms, open_ms, rate.of, [analysed.trial.index for analysed in opened])


def _own_figures(
    run: RunRecord, trials: Sequence[Analysed], fatal: str | None, metrics: Sequence[m.Metric] = m.TRIAL_METRICS
) -> dict[str, dict[str, Figure] | dict[str, dict[str, Figure]]]:
    """The figures of a contender, and of a campaign those of each machine in their place."""
    if not run.is_campaign:
        return {"figures": _figures(trials, fatal, metrics), "machines": {}}
    of_machine = {name: [trial for trial in trials if trial.trial.machine == name] for name in run.machines}
    return {
        "figures": {metric.name: refused(fatal or SEVERAL) for metric in metrics},
        "machines": {name: _figures(own, fatal, metrics) for name, own in of_machine.items() if own},
    }


def _figures(trials: Sequence[Analysed], fatal: str | None, metrics: Sequence[m.Metric] = m.TRIAL_METRICS) -> dict[str, Figure]:
    """All metrics; what no quantile of the pooled rows is, is the median of one value a trial."""
    pooled = np.concatenate([trial.latencies_ms for trial in trials]) if trials and not fatal else np.empty(0)
    quantiles = dict(zip(QUANTILES, np.quantile(pooled, list(QUANTILES.values())), strict=True)) if pooled.size else {}
    return {metric.name: _figure(metric, trials, fatal, quantiles) for metric in metrics}


def _figure(metric: m.Metric, trials: Sequence[Analysed], fatal: str | None, quantiles: Mapping[str, float]) -> Figure:
    if fatal:
        return refused(fatal)
    each = [trial.figures[metric.name] for trial in trials if metric.name in trial.figures]
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
