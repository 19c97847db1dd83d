"""Where an axis ends that a few values far off would stretch until all others lie upon each other. Pure."""

from collections.abc import Sequence

FACTOR = 4.0
"""Values that are so many times the one before are drawn at the chart's edge, and so are all above."""
MOST = 3
FEWEST_LEFT = 3


def axis_end(values: Sequence[float]) -> float:
    """Return the largest of the positive values up to which an axis goes: all but at most three that are far above the rest.

    The rest are at least three values, and at least as many as are left out.
    """
    ordered = sorted(values)
    for index in range(max(len(ordered) - MOST, FEWEST_LEFT, (len(ordered) + 1) // 2), len(ordered)):
        if ordered[index] > FACTOR * ordered[index - 1]:
            return ordered[index - 1]
    return ordered[-1]
