"""Whether two sides, each counted several times, differ by more than they vary. Pure."""

from collections.abc import Sequence


def are_apart(base: Sequence[float], head: Sequence[float], least: float) -> bool:
    """Return whether the gap between both sides is wider than either of them spans, and than `least`."""
    gap = max(min(head) - max(base), min(base) - max(head))
    return gap > max(least, max(base) - min(base), max(head) - min(head))
