"""Ratios over the machines of an archive: each machine's own, and all of them pooled. Values are never pooled. Pure.

A machine is whatever nothing tells apart: two of one description count as one, however many runs there are of them.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analysis.archive.place import ArchivedRun
from analysis.checks.affected import each_once
from analysis.compare.same_load import load_on_server
from analysis.model.comparison import Comparison
from analysis.model.invert import inverted
from analysis.model.summary import WorkloadResult
from analysis.stats.interval import ratio_of_log, ratio_of_pairs
from analysis.stats.random_effects import RandomEffects, random_effects
from loadgen.machine.same_machine import by_machine
from loadgen.record.machine import Machine
from loadgen.strict import Strict

FEWEST_MACHINES = 2


class MachineRatio(Strict):
    """What one machine says: its ratio with a 95% interval, or the reason why it says nothing. `runs` are its runs."""

    machine: Machine
    runs: list[str]
    ratio: float | None
    interval: tuple[float, float] | None
    reason: str | None
    doubts: list[str]


class PooledRatio(Strict):
    """One metric of a pair under one load: of every machine that has it, and pooled over those that say something.

    `side_by_side`: of paired trials. `commits` are those of the runs: what bears one name may have changed between them.
    """

    task: str
    workload: str
    load: str
    metric: str
    side_by_side: bool
    numerator: str
    denominator: str
    machines: list[MachineRatio]
    commits: list[str]
    pooled: RandomEffects | None


class Wanted(NamedTuple):
    """What to look at; None for everything."""

    task: str | None = None
    workload: str | None = None
    metric: str | None = None


class _Found(NamedTuple):
    """A comparison of one machine of one run."""

    run: ArchivedRun
    machine: Machine
    comparison: Comparison


class _Estimate(NamedTuple):
    """The logarithm of a ratio, its standard error, and the ends of its interval."""

    log: float
    error: float
    low: float
    high: float


class _Load(NamedTuple):
    """What makes two runs' ratios answers to one question."""

    task: str
    task_digest: str
    workload: str
    load: str
    seconds: float | None


class _Pair(NamedTuple):
    metric: str
    side_by_side: bool
    labels: tuple[str, str]


def pooled_ratios(runs: Iterable[ArchivedRun], wanted: Wanted) -> list[PooledRatio]:
    """Return every ratio that the runs have, in the order in which they come."""
    questions: dict[tuple[_Load, _Pair], list[_Found]] = {}
    for run in runs:
        if wanted.task not in (None, run.run.task):
            continue
        for workload in run.summary.workloads:
            if wanted.workload not in (None, workload.name):
                continue
            load = _load(run, workload)
            for side_by_side, comparisons in ((False, workload.comparisons), (True, workload.paired)):
                for comparison in comparisons:
                    if wanted.metric in (None, comparison.metric):
                        _put(questions, load, side_by_side, run, comparison)
    return [_pooled(load, pair, of) for (load, pair), of in questions.items()]


def _load(run: ArchivedRun, workload: WorkloadResult) -> _Load:
    return _Load(run.run.task, run.run.task_digest, workload.name, load_on_server(run.summary, workload), workload.load_s)


def _put(
    questions: dict[tuple[_Load, _Pair], list[_Found]],
    load: _Load,
    side_by_side: bool,
    run: ArchivedRun,
    comparison: Comparison,
) -> None:
    """File a comparison under its question, the way round in which the first run has it."""
    turned = (load, _Pair(comparison.metric, side_by_side, (comparison.denominator, comparison.numerator)))
    if turned in questions:
        questions[turned] += _by_machine(run, inverted(comparison))
        return
    own = (load, _Pair(comparison.metric, side_by_side, (comparison.numerator, comparison.denominator)))
    questions.setdefault(own, []).extend(_by_machine(run, comparison))


def _by_machine(run: ArchivedRun, comparison: Comparison) -> list[_Found]:
    """Return the comparison, of a campaign that of each machine."""
    if not comparison.machines:
        return [_Found(run, run.summary.machine, comparison)]
    each = {
        name: [ratio for ratio, of in zip(comparison.each, comparison.machines, strict=True) if of == name]
        for name in comparison.machines
    }
    return [
        _Found(run, run.summary.machines[name], comparison.replace(each=ratios, machines=[], pairs=len(ratios)))
        for name, ratios in sorted(each.items())
    ]


def _pooled(load: _Load, pair: _Pair, comparisons: Sequence[_Found]) -> PooledRatio:
    groups = by_machine(comparisons, lambda member: member.machine)
    estimates = [_estimate(group) for group in groups]
    usable = [estimate for estimate in estimates if estimate is not None]
    return PooledRatio(
        task=load.task,
        workload=load.workload,
        load=load.load,
        metric=pair.metric,
        side_by_side=pair.side_by_side,
        numerator=pair.labels[0],
        denominator=pair.labels[1],
        machines=[_of_machine(group, estimate) for group, estimate in zip(groups, estimates, strict=True)],
        commits=list(dict.fromkeys((host.run.run.commit or "none")[:12] for host in comparisons)),
        pooled=_over(usable) if len(usable) >= FEWEST_MACHINES else None,
    )


def _over(estimates: Sequence[_Estimate]) -> RandomEffects:
    return random_effects([estimate.log for estimate in estimates], [estimate.error for estimate in estimates])


def _estimate(group: Sequence[_Found]) -> _Estimate | None:
    """Return what the runs of one machine say together; None if none of them says anything.

    Runs of one machine differ, too: by the day and the build. They are pooled as machines are.
    """
    runs = [run for member in group if (run := _of_run(member.comparison)) is not None]
    if len(runs) < 2:
        return runs[0] if runs else None
    over = _over(runs)
    return _Estimate(over.mean, over.standard_error, over.low, over.high)


def _of_run(comparison: Comparison) -> _Estimate | None:
    if comparison.verdict == "cannot tell":
        return None
    paired_ratio = ratio_of_pairs(comparison.each, [1.0] * len(comparison.each)) if comparison.each else None
    if paired_ratio is None or paired_ratio.interval is None or paired_ratio.log_standard_error is None:
        return None
    low, high = math.log(paired_ratio.interval.low), math.log(paired_ratio.interval.high)
    return _Estimate(math.log(paired_ratio.ratio), paired_ratio.log_standard_error, low, high)


def _of_machine(group: Sequence[_Found], estimate: _Estimate | None) -> MachineRatio:
    reasons = [
        member.comparison.reason for member in group if member.comparison.verdict == "cannot tell" and member.comparison.reason
    ]
    return MachineRatio(
        machine=group[0].machine,
        runs=[member.run.run.run_id for member in group],
        ratio=None if estimate is None else ratio_of_log(estimate.log),
        interval=None if estimate is None else (ratio_of_log(estimate.low), ratio_of_log(estimate.high)),
        reason=None if estimate is not None else "; ".join(dict.fromkeys(reasons)) or "too few rounds",
        doubts=each_once(*(member.comparison.doubts for member in group)),
    )
