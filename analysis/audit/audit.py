"""Everything that others published beside everything that a run found of it. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from analysis.audit.cause import Evidence, audit_cause
from analysis.audit.cause import question_of as cause_asks
from analysis.audit.consistency import check_consistency
from analysis.audit.figure import as_asked, audit_figure
from analysis.audit.model import CollectorCause, Context, PublishedSet
from analysis.audit.ratio import Answer, Question, audit_ratio, detectable
from analysis.audit.ratio import question_of as ratio_asks
from analysis.model.audit import AuditResult, ClaimResult, Conditions, ContextResult
from analysis.model.comparison import Comparison
from analysis.model.invert import inverted
from analysis.model.microbench import FitResult
from analysis.model.summary import BuildResult, WorkloadResult
from analysis.verdicts.verdicts import judged_together
from loadgen.counted import counted
from loadgen.record.run import RunRecord
from loadgen.task.work import Scale


def audit_figures(
    published: Sequence[PublishedSet],
    workloads: Sequence[WorkloadResult],
    builds: Sequence[BuildResult],
    fits: Sequence[FitResult] = (),
    scale: Scale | None = None,
) -> list[ClaimResult]:
    """Each published figure beside what this run measured of it."""
    return [audit_figure(claim, source, workloads, builds, fits, scale) for source in published for claim in source.claims]


def audit_rest(
    published: Sequence[PublishedSet],
    run: RunRecord,
    workloads: Sequence[WorkloadResult],
    builds: Sequence[BuildResult],
    evidence: Evidence,
    scale: Scale | None,
) -> AuditResult:
    """Ratios, causes, published figures among themselves, variants to look at, and how all of it was measured.

    The comparisons that ratios and causes ask for are one family of their own: what a claim asks was fixed before the run.
    """
    same = {source.name: as_asked(source, workloads) for source in published}
    ratios = [(claim, source, ratio_asks(claim, workloads)) for source in published for claim in source.ratios]
    causes = [(cause, source, cause_asks(cause)) for source in published for cause in source.causes]
    asked: dict[str, list[Question]] = {source.name: [] for source in published}
    for _, source, question in (*ratios, *causes):
        asked[source.name] += [question] if question is not None else []
    answers = _answers(asked, same)
    return AuditResult(
        conditions=[conditions_of(source, run) for source in published],
        ratios=[audit_ratio(claim, ratio, question, answers[ratio.name], builds) for claim, ratio, question in ratios],
        causes=[
            audit_cause(cause, published, same[published.name], answers[published.name], evidence)
            for cause, published, _ in causes
        ],
        consistency=[rule for source in published for rule in check_consistency(source, scale)],
        context=[_context(row, source, same[source.name]) for source in published for row in source.context],
    )


def logs_asked_for(published: Iterable[PublishedSet]) -> set[tuple[str, str]]:
    """Workload and contender of every log that a cause has to read."""
    return {
        (cause.workload, cause.contender)
        for source in published
        for cause in source.causes
        if isinstance(cause, CollectorCause)
    }


def _answers(asked: Mapping[str, Sequence[Question]], workloads: Mapping[str, Sequence[WorkloadResult]]) -> dict[str, Answer]:
    """By set, the comparisons that it asks for, whichever way round its workloads have them: those of all sets judged together,
    each with what would have been seen among so many.
    """
    own = {
        name: {
            question: comparison for question in questions if (comparison := _compared(question, workloads[name])) is not None
        }
        for name, questions in asked.items()
    }
    comparisons = {question: comparison for of_set in own.values() for question, comparison in of_set.items()}
    judged = judged_together(list(comparisons.values()), least=True)
    family = max(1, sum(comparison.p_value is not None for comparison in judged))
    effects = (detectable(comparison, family) for comparison in judged)
    answered = {
        question: comparison.replace(minimum_detectable_effect=effect)
        for question, comparison, effect in zip(comparisons, judged, effects, strict=True)
    }
    return {name: {question: answered[question] for question in of_set}.get for name, of_set in own.items()}


def _compared(question: Question, workloads: Sequence[WorkloadResult]) -> Comparison | None:
    for comparison in next((workload.comparisons for workload in workloads if workload.name == question.workload), []):
        if comparison.metric != question.metric:
            continue
        if (comparison.numerator, comparison.denominator) == (question.numerator, question.denominator):
            return comparison
        if (comparison.numerator, comparison.denominator) == (question.denominator, question.numerator):
            return inverted(comparison)
    return None


def _context(row: Context, published: PublishedSet, workloads: Sequence[WorkloadResult]) -> ContextResult:
    """All that the run compares of the two under that workload."""
    metrics = dict.fromkeys(
        comparison.metric for workload in workloads if workload.name == row.workload for comparison in workload.comparisons
    )
    questions = [Question(row.workload, metric, row.variant, row.over) for metric in metrics]
    comparisons = [comparison for question in questions if (comparison := _compared(question, workloads)) is not None]
    command = f"primebench run --profile audit --service {row.variant},{row.over} --workload {row.workload}"
    return ContextResult.from_fields_of(
        row,
        published_by=published.name,
        comparisons=comparisons,
        command=None if comparisons else command,
    )


def conditions_of(published: PublishedSet, run: RunRecord) -> Conditions:
    """How the run measured beside how was published, and the command that repeats it where that is not the same."""
    differs = []
    for name, request in published.workloads.items():
        here = run.workloads.get(name)
        if here is None:
            differs.append(f"workload {name} was not measured")
            continue
        if (here.parameters, here.connections) != (request.parameters, request.connections):
            differs.append(f"{name}: {here.label} and {counted(here.connections, 'connection')}")
        if here.load_s != request.load_s:
            differs.append(f"{name}: {here.load_s:g} s of load after {here.warm_up_s:g} s, not {request.load_s:g} s")
    if run.pinned:
        differs.append(
            f"server on {counted(len(run.server_cores), 'core')} of its own, generator on {len(run.generator_cores)}"
        )
    code = {contender.label for contender in run.contenders if contender.not_measured is None}
    wanted = sorted({claim.contender for claim in published.claims})
    if reference := [name for name in wanted if name in code and f"{name}:published" not in code]:
        differs.append(f"{', '.join(reference)} in the reference code, not the published")
    return Conditions(
        published_by=published.name,
        title=published.title,
        command=published.command,
        differs=differs,
        repeat=f"primebench run --profile {published.profile}" if differs else None,
    )
