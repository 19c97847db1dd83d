"""Whether a difference is one of layout: no more instructions, another time, and not the same in both layouts. Pure.

A verdict counts it all the same, for users pay for layout, too; but no line of the change is to blame.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from analysis.model import metric as m
from analysis.regress.evidence import Evidence
from analysis.regress.next_steps import titled
from analysis.regress.verdict import MetricVerdict
from analysis.stats.arrays import Floats
from analysis.stats.distributions import t_tail
from analysis.stats.interval import FEWEST_PAIRS, LOG_DECIMALS, trimmed_means
from loadgen.config.regress import OF_TIME
from loadgen.record.trial import MICROBENCH
from loadgen.regress.pairing import RELINKED, Group, is_base, side

ERROR = 0.01
"""The chance that both layouts are said to differ though they do not, of one metric."""
SAME_INSTRUCTIONS = 0.0005
"""Counts that differ by less are equal."""


def layout_notes(evidence: Evidence, metrics: Sequence[MetricVerdict]) -> list[str]:
    """Return a sentence for each metric of time that is worse, or not decided, by another amount in each layout."""
    return [
        note for metric in metrics if metric.metric in OF_TIME and metric.outcome != "pass" for note in _note(evidence, metric)
    ]


def _note(evidence: Evidence, metric: MetricVerdict) -> Iterator[str]:
    if metric.interval is None or metric.interval.low <= 1 <= metric.interval.high:
        return
    built, again = (_logs(evidence, metric, relinked=relinked) for relinked in (False, True))
    equal = _same_instructions(evidence, metric)
    if equal is False or min(built.size, again.size) < FEWEST_PAIRS or not _differ(built, again):
        return
    amounts = [f"{np.expm1(trimmed_means(logs).mean):+.2%}" for logs in (built, again)]
    amounts_text = f"{titled(metric)}: {amounts[0]} as built, {amounts[1]} linked again"
    if equal:
        yield f"{amounts_text}, by the same number of instructions: the difference is one of layout, not of work"
    else:
        yield f"{amounts_text}: layout is part of the difference; a count of instructions would tell whether work is, too"


def _logs(evidence: Evidence, metric: MetricVerdict, *, relinked: bool) -> Floats:
    """Each pair's ln(worse) in one of the layouts."""
    bench = metric.layer == "microbench"
    group, key = Group(metric.service, MICROBENCH if bench else metric.workload), metric.workload if bench else metric.metric
    halves: dict[int, dict[bool, float]] = defaultdict(dict)
    for trial in evidence.of(group, "change"):
        value = evidence.values[trial.index].get(key)
        if value is not None and trial.contender.endswith(RELINKED) == relinked:
            halves[trial.round][is_base(trial.contender, "change")] = value
    logs = [np.log(both[False] / both[True]) for both in halves.values() if len(both) == 2]
    return np.round(np.asarray(logs), LOG_DECIMALS) * (1 if m.BY_NAME[metric.metric].better == "lower" else -1)


def _differ(first: Floats, second: Floats) -> bool:
    """Whether two independent samples have different trimmed means (Yuen 1974, with Welch's degrees of freedom)."""
    means = [trimmed_means(logs) for logs in (first, second)]
    apart = abs(float(means[0].mean - means[1].mean))
    variances = [float(mean.standard_error) ** 2 for mean in means]
    if not sum(variances):
        return apart > 0
    freedom = sum(variances) ** 2 / sum(part**2 / mean.degrees_of_freedom for part, mean in zip(variances, means, strict=True))
    return 2 * t_tail(apart / math.sqrt(sum(variances)), freedom) < ERROR


def _same_instructions(evidence: Evidence, metric: MetricVerdict) -> bool | None:
    """Whether base and head execute as many; of a load, in every benchmark of the service. None where nothing was counted."""
    base, head = (evidence.counts.get(side(metric.service, name), {}) for name in ("base", "head"))
    names = set(base) & set(head)
    names &= {metric.workload} if metric.layer == "microbench" else names
    if not names:
        return None
    return all(abs(head[name][0] / base[name][0] - 1) < SAME_INSTRUCTIONS for name in names)
