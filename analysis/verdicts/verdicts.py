"""Verdicts of a run: which of its differences are real, and which are large enough to be told from noise. Pure."""

from collections.abc import Sequence

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.summary import WorkloadResult, over_twins, paired_between, told
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
    asked = [_with_families(one) for one in workloads]
    every = [
        one
        for workload in asked
        for one in (
            *(*workload.comparisons, *workload.paired, *workload.over_controls),
            *(one for kind in workload.kinds for one in kind.comparisons),
        )
    ]
    judged: dict[int, Comparison] = {}
    for family in dict.fromkeys(one.family for one in every if one.family is not None):
        members = [one for one in every if one.family == family]
        found = judged_together(members, least=family != AA_CONTROLS)
        judged |= {id(one): verdict for one, verdict in zip(members, found, strict=True)}

    def of(comparisons: Sequence[Comparison]) -> list[Comparison]:
        return [judged.get(id(one), one) for one in comparisons]

    verdicts = [
        workload.replace(
            comparisons=of(workload.comparisons),
            paired=of(workload.paired),
            over_controls=of(workload.over_controls),
            kinds=[kind.replace(comparisons=of(kind.comparisons)) for kind in workload.kinds],
        )
        for workload in asked
    ]
    return [workload.replace(ranks=ranks(told(workload))) for workload in verdicts]


def _with_families(workload: WorkloadResult) -> WorkloadResult:
    """Each comparison with its family and the least effect that the A/A control of its instrument could have shown."""
    first = workload.comparisons[0].numerator if workload.comparisons else None
    between = paired_between(workload)
    twins, twins_paired = over_twins(workload), [one for one in workload.paired if one not in between]
    of_pairs = (m.GOODPUT.name,) if between else (m.GOODPUT.name, m.CPU_PER_REQUEST.name)

    def solo(one: Comparison) -> Comparison:
        family = PRIMARY if one.numerator == first and one.metric in of_pairs else one.metric
        return _with_effect(one.replace(family=family), twins)

    def paired(one: Comparison) -> Comparison:
        if one not in between:
            return one.replace(family=AA_CONTROLS)
        return _with_effect(one.replace(family=PRIMARY if one.numerator == first else one.metric), twins_paired)

    return workload.replace(
        comparisons=[solo(one) for one in workload.comparisons],
        paired=[paired(one) for one in workload.paired],
        over_controls=[one.replace(family=AA_CONTROLS) if one in twins else one for one in workload.over_controls],
        kinds=[
            kind.replace(comparisons=[_with_effect(one.replace(family=KINDS), twins) for one in kind.comparisons])
            for kind in workload.kinds
        ],
    )


def _with_effect(comparison: Comparison, over_itself: Sequence[Comparison]) -> Comparison:
    """With the largest of the effects that A/A controls could have shown in this metric."""
    effects = [
        one.minimum_detectable_effect
        for one in over_itself
        if one.metric == comparison.metric and one.minimum_detectable_effect is not None
    ]
    return comparison.replace(minimum_detectable_effect=max(effects, default=None))


def judged_together(comparisons: Sequence[Comparison], least: bool) -> list[Comparison]:
    """All of them decided as one family; with `least`, none below its minimum detectable effect is called a difference."""
    raw = [one.p_value for one in comparisons if one.p_value is not None]
    adjusted = iter(holm(raw))
    return [one if one.p_value is None else _judged(one, next(adjusted), len(raw), least) for one in comparisons]


def _judged(comparison: Comparison, adjusted: float, family: int, least: bool) -> Comparison:
    one = comparison.replace(adjusted_p_value=adjusted)
    if one.verdict == "cannot tell" or one.ratio is None:
        return one
    reason = why_tie(one.ratio, one.interval, adjusted, family, one.minimum_detectable_effect if least else None)
    side = "higher" if one.ratio > 1 else "lower"
    return one.replace(verdict="tie" if reason else side, reason=reason)


def why_tie(ratio: float, interval: Interval | None, adjusted: float, family: int, effect: float | None) -> str | None:
    """Why a ratio cannot be told from 1, or None: its interval, its p-value in the family, or the least that could be told."""
    if interval is None or interval.low <= 1 <= interval.high:
        return HOLDS_ONE
    if adjusted >= FAMILY_ERROR:
        return f"not after Holm's correction: p = {adjusted:.2g} among {family}"
    if effect is not None and relative_difference(ratio) < effect:
        return f"below what the A/A control could show: {m.percent(effect)}"
    return None
