"""Validity checks of a service from its paired trials: what both sides of a pair share is taken out. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.checks.contender import FEWEST_TRIALS, SPREAD_FACTOR, certain
from analysis.model.flag import Flag

SPREAD_LEAST = 0.01
"""Half of what trials one after the other need: within a pair the machine's own changes are no part of it."""
ByRound = Mapping[int, float]
"""Round -> CPU per request of one service over that of the service beside it."""


def restart_variance(label: str, over_base: Mapping[str, ByRound], trials: Sequence[int]) -> Flag | None:
    """CPU per request over the service beside it differs from start to start far more than the others' does.

    `over_base` has all that were set beside the same service, that service itself among them as the A/A control; `trials` are
    the indices of the flagged service's.
    """
    own = over_base.get(label, {})
    others = [one for name, one in over_base.items() if name != label and len(one) >= FEWEST_TRIALS]
    if len(own) < FEWEST_TRIALS or len(others) < 2:
        return None
    spread = _spread(own)
    usual = float(np.sqrt(np.mean([_spread(one) ** 2 for one in others])))
    rounds = min(len(one) for one in (own, *others))
    if spread < max(SPREAD_LEAST, SPREAD_FACTOR * usual) or not certain(spread, usual, rounds, len(others) + 1):
        return None
    return Flag(
        check="restart_variance",
        evidence=f"side by side, CPU per request differs by {spread:.1%} from start to start; the others' by {usual:.1%}",
        threshold=f"{SPREAD_FACTOR:g} times the others', and {SPREAD_LEAST:.0%}",
        remedy="more rounds, not longer trials: one start is one draw",
        fatal=False,
        trials=list(trials),
    )


def _spread(ratios: ByRound) -> float:
    return float(np.std(np.log(list(ratios.values())), ddof=1))
