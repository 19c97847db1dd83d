"""Flags: reasons to doubt, raised by checks."""

from loadgen.strict import Strict

GENERATOR_BOUND = "generator_bound"


class Flag(Strict):
    """One reason to doubt. A fatal flag replaces the figures; `trials` are the indices of the trials that raised it."""

    check: str
    evidence: str
    threshold: str
    remedy: str
    fatal: bool
    trials: list[int]
