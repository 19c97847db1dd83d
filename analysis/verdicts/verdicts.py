"""Verdicts of a run: which of its differences are real, and which are large enough to be told from noise. Pure."""

from collections.abc import Sequence

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.summary import WorkloadResult, between_services, over_twins, paired_between
from analysis.stats.detectable import relative_difference
from analysis.stats.holm import holm
from analysis.stats.interval import Interval
from analysis.verdicts.ranks import ranks

FAMILY_ERROR = 0.05
HOLDS_ONE = "the interval holds 1"


PRIMARY = "primary"
AA_CONTROLS = "A/A controls"
KINDS = "kinds of request"


def decided(workloads: Sequence[WorkloadResult]) -> list[WorkloadResult]:
    """The workloads with verdicts and ranks; the rule is in docs/explanation/deciding.md.

    Each family has an error of 5% of its own. What is primary is known before anything is measured: CPU per request and goodput
    of each service against the first one, under every workload. The other comparisons of a metric are a family, and so are all
    latencies by kind of request, and all A/A controls: those ask about the run. Expects the minimum detectable effect of each
    A/A control to be in its comparison.
    """
    asked = [_with_families(workload) for workload in workloads]
    every = [
        other
        for workload in asked
        for other in (
            *(*workload.comparisons, *workload.paired, *workload.over_controls),
            *(comparison for kind in workload.kinds for comparison in kind.comparisons),
        )
    ]
    judged: dict[int, Comparison] = {}
    for family in dict.fromkeys(comparison.family for comparison in every if comparison.family is not None):
        members = [comparison for comparison in every if comparison.family == family]
        judged_members = judged_together(members, least=family != AA_CONTROLS)
        judged |= {id(member): verdict for member, verdict in zip(members, judged_members, strict=True)}

    def of(comparisons: Sequence[Comparison]) -> list[Comparison]:
        return [judged.get(id(comparison), comparison) for comparison in comparisons]

    verdicts = [
        workload.replace(
            comparisons=of(workload.comparisons),
            paired=of(workload.paired),
            over_controls=of(workload.over_controls),
            kinds=[kind.replace(comparisons=of(kind.comparisons)) for kind in workload.kinds],
        )
        for workload in asked
    ]
    return [workload.replace(ranks=ranks(between_services(workload))) for workload in verdicts]


def _with_families(workload: WorkloadResult) -> WorkloadResult:
    """Each comparison with its family and the least effect that the A/A control of its instrument could have shown."""
    first = workload.comparisons[0].numerator if workload.comparisons else None
    between = paired_between(workload)
    twins, twins_paired = over_twins(workload), [comparison for comparison in workload.paired if comparison not in between]
    of_pairs = (m.GOODPUT.name,) if between else (m.GOODPUT.name, m.CPU_PER_REQUEST.name)

    def solo(comparison: Comparison) -> Comparison:
        family = PRIMARY if comparison.numerator == first and comparison.metric in of_pairs else comparison.metric
        return _with_effect(comparison.replace(family=family), twins)

    def paired(comparison: Comparison) -> Comparison:
        if comparison not in between:
            return comparison.replace(family=AA_CONTROLS)
        return _with_effect(
            comparison.replace(family=PRIMARY if comparison.numerator == first else comparison.metric), twins_paired
        )

    return workload.replace(
        comparisons=[solo(comparison) for comparison in workload.comparisons],
        paired=[paired(comparison) for comparison in workload.paired],
        over_controls=[
            over_control.replace(family=AA_CONTROLS) if over_control in twins else over_control
            for over_control in workload.over_controls
        ],
        kinds=[
            kind.replace(comparisons=[_with_effect(comparison.replace(family=KINDS), twins) for comparison in kind.comparisons])
            for kind in workload.kinds
        ],
    )


def _with_effect(comparison: Comparison, over_itself: Sequence[Comparison]) -> Comparison:
    """With the largest of the effects that A/A controls could have shown in this metric."""
    effects = [
        other.minimum_detectable_effect
        for other in over_itself
        if other.metric == comparison.metric and other.minimum_detectable_effect is not None
    ]
    return comparison.replace(minimum_detectable_effect=max(effects, default=None))


def judged_together(comparisons: Sequence[Comparison], least: bool) -> list[Comparison]:
    """All of them decided as one family; with `least`, none below its minimum detectable effect is called a difference."""
    raw = [comparison.p_value for comparison in comparisons if comparison.p_value is not None]
    adjusted = iter(holm(raw))
    return [
        comparison if comparison.p_value is None else _judged(comparison, next(adjusted), len(raw), least)
        for comparison in comparisons
    ]


def _judged(comparison: Comparison, adjusted: float, family: int, least: bool) -> Comparison:
    judged = comparison.replace(adjusted_p_value=adjusted)
    if judged.verdict == "cannot tell" or judged.ratio is None:
        return judged
    reason = why_tie(judged.ratio, judged.interval, adjusted, family, judged.minimum_detectable_effect if least else None)
    side = "higher" if judged.ratio > 1 else "lower"
    return judged.replace(verdict="tie" if reason else side, reason=reason)


def why_tie(ratio: float, interval: Interval | None, adjusted: float, family: int, effect: float | None) -> str | None:
    """Why a ratio cannot be told from 1, or None: its interval, its p-value in the family, or the least that could be told."""
    if interval is None or interval.low <= 1 <= interval.high:
        return HOLDS_ONE
    if adjusted >= FAMILY_ERROR:
        return f"not after Holm's correction: p = {adjusted:.2g} among {family}"
    if effect is not None and relative_difference(ratio) < effect:
        return f"below what the A/A control could show: {m.percent(effect)}"
    return None
