"""Whether the machines of a campaign say the same of a pair. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.checks.registry import affects
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.flag import Flag
from analysis.stats.arrays import Floats
from analysis.stats.distributions import f_tail
from analysis.stats.holm import holm
from analysis.stats.interval import FEWEST_FREEDOM, LOG_DECIMALS, ratio_of_log

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
    raw = [(comparison, p_value) for comparison in comparisons if (p_value := _alike(comparison)) is not None]
    adjusted = holm([p_value for _, p_value in raw])
    return [(comparison, p_value) for (comparison, _), p_value in zip(raw, adjusted, strict=True) if p_value < LEVEL]


class _Machines(NamedTuple):
    """Names of machines, and of each round its machine among them and the logarithm of its ratio."""

    names: list[str]
    machine: npt.NDArray[np.intp]
    logs: Floats

    @property
    def sizes(self) -> npt.NDArray[np.intp]:
        """The rounds of each machine."""
        return np.bincount(self.machine)

    @property
    def means(self) -> Floats:
        """The mean of each machine."""
        means: Floats = np.bincount(self.machine, self.logs) / self.sizes
        return means


def _machines(comparison: Comparison) -> _Machines:
    names, machine = np.unique(np.asarray(comparison.machines, dtype=str), return_inverse=True)
    logs = np.round(np.log(np.asarray(comparison.each if comparison.machines else [], dtype=float)), LOG_DECIMALS)
    return _Machines(names.tolist(), machine, logs)


def _alike(comparison: Comparison) -> float | None:
    """How often machines of one truth differ so much (F test); None where too few rounds have another on their machine."""
    machines = _machines(comparison)
    between_df, within_df = len(machines.names) - 1, machines.logs.size - len(machines.names)
    if between_df < 1 or within_df < FEWEST_FREEDOM or comparison.verdict == "cannot tell":
        return None
    within = float(np.sum((machines.logs - machines.means[machines.machine]) ** 2)) / within_df
    between = float(np.sum(machines.sizes * (machines.means - machines.logs.mean()) ** 2)) / between_df
    if within < NO_SPREAD:
        return 1.0 if between < NO_SPREAD else 0.0
    return f_tail(between / within, between_df, within_df)


def machines_disagree(label: str, comparisons: Sequence[tuple[Comparison, float]], trials: Sequence[int]) -> Flag | None:
    """The ratio of a pair differs between the machines of a campaign by more than chance allows.

    Returns the flag of a contender, from the `disagreeing` comparisons of one workload; None if it is in none of them.
    """
    own = sorted((pair for pair in comparisons if label in (pair[0].numerator, pair[0].denominator)), key=lambda pair: pair[1])
    if not own:
        return None
    more = f"; and {len(own) - NAMED} more" if len(own) > NAMED else ""
    return Flag(
        check=CHECK,
        evidence="; ".join(_evidence(comparison, p_value) for comparison, p_value in own[:NAMED]) + more,
        threshold=f"p of {LEVEL:.0%}, shared by all ratios of the run (Holm)",
        remedy="read each machine's own ratio; find what differs between them, or measure on more machines",
        fatal=False,
        trials=list(trials),
    )


def _evidence(comparison: Comparison, p_value: float) -> str:
    machines = _machines(comparison)
    ratios = {name: ratio_of_log(mean) for name, mean in zip(machines.names, machines.means.tolist(), strict=True)}
    least, most = min(ratios, key=lambda name: ratios[name]), max(ratios, key=lambda name: ratios[name])
    pair = f"{m.BY_NAME[comparison.metric].title} {comparison.numerator} / {comparison.denominator}"
    return f"{pair}: {ratios[least]:.3f} on {least}, {ratios[most]:.3f} on {most}, p = {p_value:.2g}"
