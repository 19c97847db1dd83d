"""Ratios of CPU time per request from paired trials. Pure."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from analysis.checks.affected import doubts_on
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.pipeline.compared import Analysed, compared, machines_of_rounds
from analysis.stats.arrays import usable
from loadgen.record.contender import ContenderRecord

METRIC = m.CPU_PER_REQUEST
SHARED = frozenset({"noisy"})
"""What both sides of a pair have alike: no reason to doubt their ratio."""


def paired_comparisons(contenders: Sequence[ContenderRecord], trials: Sequence[Analysed]) -> list[Comparison]:
    """Each pair of services, and the first service over itself, from the paired trials of one workload.

    Every pair has the same service on one side. Two others are set over each other by what each is over that one in the same
    round.
    """
    base, over_base = _over_base(contenders, trials)
    labels = [one.label for one in contenders if one.label == base or one.label in over_base]
    twins = {one.label for one in contenders if one.twin_of == base}
    services = [label for label in labels if label not in twins]
    asked = [*combinations(services, 2), *((base, twin) for twin in labels if twin in twins)]
    return [_comparison(base, (a, b), over_base, trials, is_twin=b in twins) for a, b in asked]


def _over_base(
    contenders: Sequence[ContenderRecord], trials: Sequence[Analysed]
) -> tuple[str, Mapping[str, Mapping[int, float]]]:
    """The service that all others were beside, and what each of them is over it by round; empty without paired trials."""
    rounds = _rounds(trials)
    labels = [one.label for one in contenders if any(one.label in pair for pair in rounds)]
    base = labels[0] if labels else ""
    return base, {label: _over(base, rounds.get(frozenset((base, label)), {})) for label in labels[1:]}


Rounds = Mapping[frozenset[str], Mapping[int, Mapping[str, float]]]
"""Pair -> round -> label -> CPU time per request."""


def _rounds(trials: Sequence[Analysed]) -> Rounds:
    found: dict[frozenset[str], dict[int, dict[str, float]]] = {}
    for one in trials:
        pair = frozenset((one.trial.contender, *one.trial.beside))
        value = one.figures.get(METRIC.name, 0.0)
        if usable(value):
            found.setdefault(pair, {}).setdefault(one.trial.round, {})[one.trial.contender] = value
    return found


def _over(base: str, rounds: Mapping[int, Mapping[str, float]]) -> dict[int, float]:
    """Round -> the other side over the base, of pairs that are whole."""
    whole = {number: sides for number, sides in rounds.items() if len(sides) == 2}
    return {
        number: next(value for label, value in sides.items() if label != base) / sides[base]
        for number, sides in sorted(whole.items())
    }


def _comparison(
    base: str,
    labels: tuple[str, str],
    over_base: Mapping[str, Mapping[int, float]],
    trials: Sequence[Analysed],
    *,
    is_twin: bool,
) -> Comparison:
    known = [over_base[label] for label in labels if label != base]
    rounds = sorted(set.intersection(*(set(one) for one in known)))
    sides = [[1.0 if label == base else over_base[label][number] for number in rounds] for label in labels]
    flags = [flag for one in trials if one.trial.contender in labels for flag in one.flags]
    fatal = next((flag for flag in flags if flag.fatal), None)
    reason = f"paired trials: {fatal.check}" if fatal else None
    machines = machines_of_rounds(trials, rounds)
    found = compared(METRIC, labels, (sides[0], sides[1]), reason, is_twin=is_twin, machines=machines)
    return found.replace(doubts=doubts_on(METRIC, [flag for flag in flags if flag.check not in SHARED]))
