"""The cross-check of the generators: what each of them found of the same load on one service, and whether they agree. Pure."""

from collections.abc import Mapping, Sequence

from analysis.checks.affected import doubts_on, with_doubts
from analysis.checks.load import AGREEMENT, generators_differ
from analysis.checks.trial import merged
from analysis.model.summary import CrossCheckResult, WorkloadResult
from analysis.pipeline.compared import Analysed, compare
from analysis.pipeline.workload import build_workload
from loadgen.record.contender import ContenderRecord
from loadgen.record.run import RunRecord
from loadgen.record.workload import is_cross_check


def cross_check(
    run: RunRecord,
    contenders: Sequence[ContenderRecord],
    analysed: Mapping[tuple[str, str], list[Analysed]],
    failed: Mapping[tuple[str, str], int],
) -> CrossCheckResult | None:
    """Return what both generators found; None if the run has no such trials.

    `analysed` and `failed` are by workload and contender, as `build_workload` has them.
    """
    names = [name for name in run.workloads if is_cross_check(name)]
    put = [contender for contender in contenders if any((name, contender.label) in {*analysed, *failed} for name in names)]
    if not put:
        return None
    loads = {run.workloads[name].sending.generator or name: name for name in names}
    sides = [
        with_doubts(build_workload(run, name, put, analysed, failed)).contenders[0].replace(label=generator, title=generator)
        for generator, name in loads.items()
    ]
    trials = {generator: analysed.get((name, put[0].label), []) for generator, name in loads.items()}
    native, other = sides
    doubted = [*native.flags, *other.flags]
    comparisons = [compare(metric, native, other, trials).replace(doubts=doubts_on(metric, doubted)) for metric in AGREEMENT]
    flag = generators_differ(comparisons, [index for side in sides for index in side.trial_indices])
    return CrossCheckResult(
        service=put[0].title,
        label=run.workloads[names[0]].label,
        connections=run.workloads[names[0]].connections,
        contenders=sides,
        comparisons=comparisons,
        flags=[flag] if flag else [],
    )


def flagged_by(found: CrossCheckResult | None, workload: WorkloadResult) -> WorkloadResult:
    """Return the workload with the flags of the cross-check, if the generator that is checked has put it."""
    if found is None or not found.flags or workload.sending.generator != found.contenders[0].label:
        return workload
    contenders = [
        contender.replace(
            flags=merged([*contender.flags, *(flag.replace(trials=contender.trial_indices) for flag in found.flags)])
        )
        for contender in workload.contenders
    ]
    return workload.replace(contenders=contenders)
