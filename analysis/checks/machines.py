"""Whether the machines of a campaign say the same of a pair. Pure."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from analysis.checks.registry import affects
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.flag import Flag
from analysis.stats.holm import holm
from analysis.stats.interval import LOG_DECIMALS, ratio_of_log

CHECK = "machines_disagree"
LEVEL = 0.05
NO_SPREAD = 10.0 ** (-2 * LOG_DECIMALS)
"""A variance below is that of rounding."""
NAMED = 3
"""So many of a contender's pairs the evidence names; the rest it counts."""

affects(CHECK, frozenset())
"""No figure of a contender: ratios alone, and those by name (with_disagreeing)."""


def disagreeing(comparisons: Sequence[Comparison]) -> list[tuple[Comparison, float]]:
    """The comparisons of which machines say other things than chance allows, each with its p-value after Holm's correction.

    One-way analysis of variance of the logarithms of ratios, machines as groups; all comparisons of a run are one family.
    """
    raw = [(one, p_value) for one in comparisons if (p_value := _alike(one)) is not None]
    adjusted = holm([p_value for _, p_value in raw])
    return [(one, p_value) for (one, _), p_value in zip(raw, adjusted, strict=True) if p_value < LEVEL]


def _alike(comparison: Comparison) -> float | None:
    """How often machines of one truth differ so much (F test); None where too few rounds have another on their machine."""
    groups = [np.asarray(logs) for logs in logs_by_machine(comparison).values()]
    count = sum(group.size for group in groups)
    if len(groups) < 2 or count - len(groups) < 2 or comparison.verdict == "cannot tell":
        return None
    within = sum(float(np.sum((group - group.mean()) ** 2)) for group in groups) / (count - len(groups))
    whole = np.concatenate(groups).mean()
    between = sum(group.size * float((group.mean() - whole) ** 2) for group in groups) / (len(groups) - 1)
    if within < NO_SPREAD:
        return 1.0 if between < NO_SPREAD else 0.0
    return float(stats.f.sf(between / within, len(groups) - 1, count - len(groups)))


def logs_by_machine(comparison: Comparison) -> dict[str, list[float]]:
    """The logarithms of a comparison's ratios on each machine, by its name; none where there is one machine."""
    found: dict[str, list[float]] = {name: [] for name in sorted(set(comparison.machines))}
    for name, ratio in zip(comparison.machines, comparison.each, strict=False):
        found[name].append(round(math.log(ratio), LOG_DECIMALS))
    return found


def machines_disagree(label: str, found: Sequence[tuple[Comparison, float]], trials: Sequence[int]) -> Flag | None:
    """The ratio of a pair differs between the machines of a campaign by more than chance allows.

    Returns the flag of a contender, from the `disagreeing` comparisons of one workload; None if it is in none of them.
    """
    own = sorted((pair for pair in found if label in (pair[0].numerator, pair[0].denominator)), key=lambda pair: pair[1])
    if not own:
        return None
    more = f"; and {len(own) - NAMED} more" if len(own) > NAMED else ""
    return Flag(
        check=CHECK,
        evidence="; ".join(_evidence(one, p_value) for one, p_value in own[:NAMED]) + more,
        threshold=f"p of {LEVEL:.0%}, shared by all ratios of the run (Holm)",
        remedy="read each machine's own ratio; find what differs between them, or measure on more machines",
        fatal=False,
        trials=list(trials),
    )


def _evidence(comparison: Comparison, p_value: float) -> str:
    ratios = {name: ratio_of_log(float(np.mean(logs))) for name, logs in logs_by_machine(comparison).items()}
    least, most = min(ratios, key=lambda name: ratios[name]), max(ratios, key=lambda name: ratios[name])
    pair = f"{m.BY_NAME[comparison.metric].title} {comparison.numerator} / {comparison.denominator}"
    return f"{pair}: {ratios[least]:.3f} on {least}, {ratios[most]:.3f} on {most}, p = {p_value:.2g}"
