"""Ratios of CPU time per request from paired trials. Pure."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from analysis.checks.affected import doubts_on
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.pipeline.compared import Analysed, compared, machines_of_rounds
from analysis.stats.arrays import usable
from analysis.stats.interval import FEWEST_PAIRS
from loadgen.record.contender import ContenderRecord

METRIC = m.CPU_PER_REQUEST
SHARED = frozenset({"noisy"})
"""What both sides of a pair have alike: no reason to doubt their ratio."""


Rounds = Mapping[frozenset[str], Mapping[int, Mapping[str, float]]]
"""Pair -> round -> label -> CPU time per request."""


def paired_comparisons(contenders: Sequence[ContenderRecord], trials: Sequence[Analysed]) -> list[Comparison]:
    """Each pair of services, and the first service over itself, from the paired trials of one workload.

    All services were beside the first one, and some beside each other. Two others are compared by their direct pairs, where
    there are enough for an interval, else by what each is relative to the first one in the same round.
    """
    rounds = _rounds(trials)
    base, over_base = _over_base(contenders, rounds)
    labels = [contender.label for contender in contenders if contender.label == base or contender.label in over_base]
    twins = {contender.label for contender in contenders if contender.twin_of == base}
    services = [label for label in labels if label not in twins]
    asked = [*combinations(services, 2), *((base, twin) for twin in labels if twin in twins)]
    return [_comparison((a, b), _sides(base, (a, b), over_base, rounds), trials, is_twin=b in twins) for a, b in asked]


def _over_base(contenders: Sequence[ContenderRecord], rounds: Rounds) -> tuple[str, Mapping[str, Mapping[int, float]]]:
    """The service that all others were beside, and what each of them is over it by round; empty without paired trials."""
    labels = [contender.label for contender in contenders if any(contender.label in pair for pair in rounds)]
    base = labels[0] if labels else ""
    return base, {label: _over(base, rounds.get(frozenset((base, label)), {})) for label in labels[1:]}


def _rounds(trials: Sequence[Analysed]) -> Rounds:
    rounds: dict[frozenset[str], dict[int, dict[str, float]]] = {}
    for trial in trials:
        pair = frozenset((trial.trial.contender, *trial.trial.beside))
        value = trial.figures.get(METRIC.name, 0.0)
        if usable(value):
            rounds.setdefault(pair, {}).setdefault(trial.trial.round, {})[trial.trial.contender] = value
    return rounds


def _over(base: str, rounds: Mapping[int, Mapping[str, float]]) -> dict[int, float]:
    """Round -> the other side over the base, of pairs that are whole."""
    whole = {number: sides for number, sides in rounds.items() if len(sides) == 2}
    return {
        number: next(value for label, value in sides.items() if label != base) / sides[base]
        for number, sides in sorted(whole.items())
    }


def _sides(
    base: str, labels: tuple[str, str], over_base: Mapping[str, Mapping[int, float]], rounds: Rounds
) -> dict[int, tuple[float, float]]:
    """Round -> both sides: of direct pairs, or relative to the base in the same round."""
    direct = {number: sides for number, sides in sorted(rounds.get(frozenset(labels), {}).items()) if len(sides) == 2}
    if base not in labels and len(direct) >= FEWEST_PAIRS:
        return {number: (sides[labels[0]], sides[labels[1]]) for number, sides in direct.items()}
    over = [
        dict.fromkeys(over_base[labels[1 - index]], 1.0) if label == base else over_base[label]
        for index, label in enumerate(labels)
    ]
    return {number: (over[0][number], over[1][number]) for number in sorted(set(over[0]) & set(over[1]))}


def _comparison(
    labels: tuple[str, str], found_sides: Mapping[int, tuple[float, float]], trials: Sequence[Analysed], *, is_twin: bool
) -> Comparison:
    rounds = list(found_sides)
    sides = [[both[index] for both in found_sides.values()] for index in (0, 1)]
    flags = [flag for trial in trials if trial.trial.contender in labels for flag in trial.flags]
    fatal = next((flag for flag in flags if flag.fatal), None)
    reason = f"paired trials: {fatal.check}" if fatal else None
    machines = machines_of_rounds(trials, rounds)
    comparison = compared(METRIC, labels, (sides[0], sides[1]), reason, is_twin=is_twin, machines=machines)
    return comparison.replace(doubts=doubts_on(METRIC, [flag for flag in flags if flag.check not in SHARED]))
