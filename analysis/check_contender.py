"""Validity checks that need all trials of a contender under a workload, or those of its neighbours or its twin. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from analysis import course
from analysis import metric as m
from analysis.check import Figures, Flag
from analysis.rows import Floats
from analysis.summary import Comparison

TREND = 0.03
"""The second half of a window differs from the first by more."""
TREND_LEVEL = 0.99
FEWEST_TRIALS = 5
SPREAD_FACTOR = 3.0
SPREAD_LEAST = 0.02
SPREAD_LEVEL = 0.001

ByTrial = Mapping[int, Figures]
"""Trial index -> figures."""


def warming(trials: ByTrial) -> Flag | None:
    """Goodput or CPU per request changes within the window, in the same direction in trial after trial.

    Of each trial the ratio of the window's halves; the flag is raised if the whole 99% interval of the mean lies beyond 3%.
    One trial alone proves nothing: a machine has moods that last as long.
    """
    for name, what in ((course.LATE_GOODPUT, "goodput"), (course.LATE_CPU, "CPU per request")):
        found = {index: figures[name] for index, figures in trials.items() if name in figures}
        if len(found) < FEWEST_TRIALS:
            continue
        logs = np.log(list(found.values()))
        half = stats.sem(logs) * stats.t.ppf((1 + TREND_LEVEL) / 2, logs.size - 1)
        low, high = np.exp([logs.mean() - half, logs.mean() + half])
        if low > 1 + TREND or high < 1 / (1 + TREND):
            return Flag(
                check="warming",
                evidence=f"{what}, second half over first: {np.exp(logs.mean()):.2f} [{low:.2f}, {high:.2f}]",
                threshold=f"within {TREND:.0%}",
                remedy="warm up longer; or the service slows down as it goes: measure longer to see where it settles",
                fatal=False,
                trials=list(found),
            )
    return None


def restart_variance(trials: ByTrial, neighbours: Sequence[ByTrial], rounds: Mapping[int, int]) -> Flag | None:
    """CPU per request differs between starts far more than its neighbours' does in the same rounds.

    What a round does to every contender is taken out first, and what is usual is what the neighbours differ by from each
    other: so two of them are needed. `rounds` maps trial indices to rounds.
    """
    logs = [_by_round(one, rounds) for one in (trials, *neighbours)]
    shared = sorted(set.intersection(*(set(one) for one in logs)))
    if len(logs) < 3 or len(shared) < FEWEST_TRIALS:
        return None
    own, *others = (_centred([one[number] for number in shared]) for one in logs)
    spread = float(np.std(own - np.mean(others, axis=0), ddof=1) / np.sqrt(1 + 1 / len(others)))
    usual = float(np.sqrt(np.mean(np.var(others, axis=0, ddof=1))))
    if spread < max(SPREAD_LEAST, SPREAD_FACTOR * usual) or not _certain(spread, usual, len(shared), len(others)):
        return None
    return Flag(
        check="restart_variance",
        evidence=f"CPU per request differs by {spread:.1%} from start to start; the others' by {usual:.1%} in the same rounds",
        threshold=f"{SPREAD_FACTOR:g} times the others', and {SPREAD_LEAST:.0%}",
        remedy="more rounds, not longer trials: one start is one draw",
        fatal=False,
        trials=list(trials),
    )


def aa_differs(over_itself: Sequence[Comparison], trials: Sequence[int]) -> Flag | None:
    """A contender differs from itself under another name.

    `over_itself` holds the decided comparisons of one A/A control under one workload; `trials` are the indices of the flagged
    contender's trials.
    """
    evidence = [
        f"{m.BY_NAME[one.metric].title} {one.ratio:.3f} [{one.interval.low:.3f}, {one.interval.high:.3f}], "
        f"p = {one.adjusted_p_value:.2g}"
        for one in over_itself
        if one.verdict in ("higher", "lower") and one.ratio and one.interval and one.adjusted_p_value is not None
    ]
    if not evidence:
        return None
    return Flag(
        check="aa_differs",
        evidence=f"{over_itself[0].numerator} over {over_itself[0].denominator}, the same program: {'; '.join(evidence)}",
        threshold="p of 5%, shared by all A/A controls of the run (Holm)",
        remedy="something other than the program differs between trials: more rounds, or a quieter machine",
        fatal=False,
        trials=list(trials),
    )


def _centred(logs: Sequence[float]) -> Floats:
    """Less their mean: that one contender is slower than another is no spread."""
    values: Floats = np.asarray(logs) - np.mean(logs)
    return values


def _certain(spread: float, usual: float, rounds: int, others: int) -> bool:
    """Whether chance makes such a ratio of spreads in less than 0.1% of runs (F test; the neighbours' is known the better)."""
    if usual == 0:
        return True
    return bool(stats.f.sf((spread / usual) ** 2, rounds - 1, rounds * (others - 1)) < SPREAD_LEVEL)


def _by_round(trials: ByTrial, rounds: Mapping[int, int]) -> dict[int, float]:
    name = m.CPU_PER_REQUEST.name
    return {rounds[index]: float(np.log(figures[name])) for index, figures in trials.items() if name in figures}
