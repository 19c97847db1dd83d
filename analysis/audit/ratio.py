"""Published ratios and orderings against paired ratios of the run. Pure."""

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from analysis.audit.figure import nearest
from analysis.audit.model import PublishedSet, RatioClaim, reach_of
from analysis.model import metric as m
from analysis.model.audit import AuditVerdict, RatioClaimResult
from analysis.model.comparison import Comparison
from analysis.model.summary import BuildResult, WorkloadResult
from analysis.stats.detectable import minimum_detectable_effect
from analysis.stats.distributions import t_quantile
from analysis.stats.interval import FEWEST_PAIRS, LEVEL, TRIM, PairedRatio
from analysis.verdicts.verdicts import FAMILY_ERROR, HOLDS_ONE


class Question(NamedTuple):
    """One comparison that a claim asks for: a metric of one contender over another's under a workload."""

    workload: str
    metric: str
    numerator: str
    denominator: str


Answer = Callable[[Question], Comparison | None]
"""The comparison that a question asks for, judged together with the others that the claims ask for; None without one."""


def detectable(comparison: Comparison, family: int = 1) -> float | None:
    """The least difference that would most likely have been shown among `family` questions, by the pairs' own spread, and no
    less than what the workload's A/A control could show.
    """
    control = comparison.minimum_detectable_effect
    if comparison.interval is None or comparison.ratio is None or comparison.pairs < FEWEST_PAIRS:
        return control
    freedom = comparison.pairs - 2 * int(TRIM * comparison.pairs) - 1
    half = math.log(comparison.interval.high / comparison.interval.low) / 2
    own = PairedRatio(
        ratio=1.0,
        interval=comparison.interval,
        p_value=None,
        student_p_value=None,
        log_standard_error=half / t_quantile((1 + LEVEL) / 2, freedom),
        degrees_of_freedom=freedom,
    )
    effects = (control, minimum_detectable_effect(own, FAMILY_ERROR / family))
    return max((effect for effect in effects if effect is not None), default=None)


def would_have_shown(comparison: Comparison) -> str:
    """What a tie leaves open, and why it is one where its interval does not hold 1; the effect is that among all questions."""
    why = f", {comparison.reason}" if comparison.reason and comparison.reason != HOLDS_ONE else ""
    if comparison.minimum_detectable_effect is None:
        return why
    seen = f"a difference of {m.percent(comparison.minimum_detectable_effect)} or more would most likely have been seen"
    return f"{why}{';' if why else ':'} {seen}"


def question_of(claim: RatioClaim, workloads: Sequence[WorkloadResult]) -> Question | None:
    """What the claim asks of the run's load trials, of both sides in the published code or of neither; None if of builds."""
    workload = next((workload for workload in workloads if workload.name == claim.workload), None)
    if claim.workload is None:
        return None
    labels = {contender.label for contender in workload.contenders} if workload else set()
    sides = (claim.numerator, claim.denominator)
    published = tuple(f"{side}:published" for side in sides)
    numerator, denominator = published if labels.issuperset(published) else sides
    return Question(claim.workload, claim.metric, numerator, denominator)


def audit_ratio(
    claim: RatioClaim, published: PublishedSet, question: Question | None, answer: Answer, builds: Sequence[BuildResult]
) -> RatioClaimResult:
    """The claim beside the ratio that was measured, or that of what was built."""
    comparison = _of_builds(claim, builds) if question is None else answer(question)
    value = _value(claim, published)
    verdict, reason = _judged(claim, value, published, comparison)
    return RatioClaimResult(
        claim=claim.id,
        published_by=published.name,
        statement=claim.statement,
        numerator=comparison.numerator if comparison else claim.numerator,
        denominator=comparison.denominator if comparison else claim.denominator,
        workload=claim.workload or "build",
        metric=claim.metric,
        published=value,
        order=claim.order,
        measured=comparison.ratio if comparison else None,
        interval=comparison.interval if comparison else None,
        pairs=comparison.pairs if comparison else 0,
        doubts=comparison.doubts if comparison else [],
        verdict=verdict,
        reason=reason,
    )


def _value(claim: RatioClaim, published: PublishedSet) -> float | None:
    if claim.of is None:
        return claim.value
    a, b = (published.claim(name).figure for name in claim.of)
    return a / b


def _hit(claim: RatioClaim, value: float, published: PublishedSet) -> tuple[float, float]:
    """From which to which ratio the claim is hit; a quotient of two figures is as wide as they are."""
    if claim.of is None:
        return reach_of(value, about=claim.approx)
    a, b = (published.claim(name).hit for name in claim.of)
    return quotient(a, b)


def quotient(above: tuple[float, float], below: tuple[float, float]) -> tuple[float, float]:
    """From which to which the quotient of two figures goes that are each known from one value to another."""
    return (0.0 if below[1] == 0 else above[0] / below[1]), (math.inf if below[0] == 0 else above[1] / below[0])


def _judged(
    claim: RatioClaim, value: float | None, published: PublishedSet, comparison: Comparison | None
) -> tuple[AuditVerdict, str]:
    """The verdict and what it rests on."""
    if comparison is None or comparison.ratio is None or comparison.verdict == "cannot tell":
        lacking = f"this run does not compare the two under that load: primebench run --profile {published.profile}"
        return "not measured", (comparison.reason if comparison and comparison.reason else lacking)
    low, high = (
        (comparison.interval.low, comparison.interval.high) if comparison.interval else (comparison.ratio, comparison.ratio)
    )
    if value is not None:
        least, most = _hit(claim, value, published)
        expected = f"published {value:.2f}, a hit is {least:.2f} to {most:.2f}"
        reproduced = low <= most and high >= least
        if reproduced and low <= 1 <= high and not least <= 1 <= most:
            return "not measured", f"{expected}; the interval reaches it and holds 1: it cannot tell a hit from no difference"
        return _verdict(reproduced), expected
    if comparison.verdict == "tie":
        return "not reproduced here", f"a tie{would_have_shown(comparison)}"
    return _verdict(comparison.verdict == claim.order), f"published: {claim.order}; measured: {comparison.verdict}"


def _verdict(reproduced: bool) -> AuditVerdict:
    return "reproduced" if reproduced else "not reproduced here"


def _of_builds(claim: RatioClaim, builds: Sequence[BuildResult]) -> Comparison | None:
    """The quotient of two figures of builds: sizes have no noise, times have that of their few values."""
    a, b = (nearest(name, builds) for name in (claim.numerator, claim.denominator))
    if a is None or b is None:
        return None
    above, below = a.figures[claim.metric], b.figures[claim.metric]
    if above.value is None or not below.value:
        return None
    low, high = min(above.each) / max(below.each), max(above.each) / min(below.each)
    fewest = min(len(above.each), len(below.each))
    alone = fewest < 2 and claim.metric != m.BINARY_SIZE.name
    verdict: Literal["higher", "lower", "tie", "cannot tell"] = "tie" if low <= 1 <= high else "higher" if low > 1 else "lower"
    return Comparison(
        metric=claim.metric,
        numerator=a.label,
        denominator=b.label,
        pairs=fewest,
        ratio=above.value / below.value,
        interval=None,
        verdict="cannot tell" if alone else verdict,
        reason="one build of each has no spread to judge a difference by" if alone else None,
    )
