"""One metric of two contenders, from pairs of the same round. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.flag import GENERATOR_BOUND, Flag
from analysis.model.summary import ContenderResult
from analysis.stats.arrays import Floats, usable
from analysis.stats.detectable import minimum_detectable_effect
from analysis.stats.interval import FEWEST_PAIRS, Interval, ratio_of_pairs
from loadgen.counted import counted
from loadgen.record.trial import LoadTrial

LIMITED_BY_GENERATOR = frozenset(metric.name for metric in m.LOAD_METRICS)
"""Metrics that say nothing of the server once the generator is the limit."""


@dataclass(frozen=True)
class Analysed:
    """A finished trial with its figures, its latencies in the window, and its flags; of a mix also each kind of request."""

    trial: LoadTrial
    figures: Mapping[str, float]
    latencies_ms: Floats
    flags: list[Flag]
    kinds: Mapping[str, "Analysed"] = field(default_factory=dict)


def compare(metric: m.Metric, a: ContenderResult, b: ContenderResult, trials: Mapping[str, Sequence[Analysed]]) -> Comparison:
    """The ratio a / b from the rounds in which both have the metric, and what can be said of these two alone."""
    by_round = [
        {
            trial.trial.round: trial.figures[metric.name]
            for trial in trials[label]
            if usable(trial.figures.get(metric.name, 0.0))
        }
        for label in (a.label, b.label)
    ]
    rounds = sorted(set(by_round[0]) & set(by_round[1]))
    reason = _why_not(metric, a, b, len(rounds))
    refused = refusal(a, metric) or refusal(b, metric)
    of_a, of_b = ([] if refused else [values[number] for number in rounds] for values in by_round)
    machines = [] if refused else machines_of_rounds(trials[a.label], rounds)
    comparison = compared(metric, (a.label, b.label), (of_a, of_b), reason, is_twin=b.twin_of == a.label, machines=machines)
    return comparison.replace(pairs=len(rounds))


def compared(
    metric: m.Metric,
    labels: tuple[str, str],
    pairs: tuple[Sequence[float], Sequence[float]],
    reason: str | None,
    *,
    is_twin: bool,
    machines: Sequence[str] = (),
) -> Comparison:
    """The ratio of the two sides of `pairs`; `reason` says why no verdict may come of it, None if one may.

    A twin is the first side once more: what the pairs could have shown is told. `machines` has that of each pair if there are
    several: each is a block.
    """
    of_a, of_b = pairs
    paired_ratio = ratio_of_pairs(of_a, of_b, blocks=machines) if of_a else None
    each = [of_each / over for of_each, over in zip(of_a, of_b, strict=True)]
    interval = paired_ratio.interval if paired_ratio else None
    if reason is None and interval is None:
        reason = _too_few(len(of_a), len(set(machines)))
    return Comparison(
        metric=metric.name,
        numerator=labels[0],
        denominator=labels[1],
        pairs=len(of_a),
        ratio=paired_ratio.ratio if paired_ratio else None,
        interval=interval,
        verdict="cannot tell" if reason or interval is None else _verdict(interval),
        reason=reason,
        p_value=paired_ratio.certain_p_value if paired_ratio else None,
        minimum_detectable_effect=minimum_detectable_effect(paired_ratio) if paired_ratio and is_twin and not reason else None,
        each=each,
        machines=list(machines),
    )


def _too_few(rounds: int, machines: int) -> str:
    count = counted(rounds, "round")
    if machines > 1:
        return f"{count} on {counted(machines, 'machine')}; an interval needs {FEWEST_PAIRS}, and more than one on a machine"
    return f"{count}; an interval needs {FEWEST_PAIRS}"


def machines_of_rounds(trials: Sequence[Analysed], rounds: Sequence[int]) -> list[str]:
    """The machine of each of these rounds, which all of them have; empty if it is one and the same."""
    by_round = {trial.trial.round: trial.trial.machine or "" for trial in trials}
    machines = [by_round[number] for number in rounds]
    return machines if len(set(machines)) > 1 else []


def refusal(result: ContenderResult, metric: m.Metric) -> str | None:
    """Why the contender has no figure of the metric, or None: of a campaign, why it has none on the first machine without."""
    if not result.machines:
        return result.figures[metric.name].refused
    refused = {name: figures[metric.name].refused for name, figures in result.machines.items()}
    return next((f"{name}: {why}" for name, why in refused.items() if why is not None), None)


def _verdict(interval: Interval) -> Literal["higher", "lower", "tie"]:
    if interval.low > 1:
        return "higher"
    return "lower" if interval.high < 1 else "tie"


def _why_not(metric: m.Metric, a: ContenderResult, b: ContenderResult, pairs: int) -> str | None:
    """Why nothing can be said of this pair, or None."""
    for contender in (a, b):
        if (why := refusal(contender, metric)) is not None:
            return f"{contender.label}: {why}"
    if pairs == 0:
        return "no round has both"
    limited = [contender.label for contender in (a, b) if any(flag.check == GENERATOR_BOUND for flag in contender.flags)]
    if limited and metric.name in LIMITED_BY_GENERATOR:
        return f"generator_bound: {', '.join(limited)}"
    return None
