"""A figure with its uncertainty, and two contenders in one metric."""

from typing import Literal

from analysis.stats.interval import Interval
from loadgen.strict import Strict


class Figure(Strict):
    """One figure of one contender: the value, its uncertainty, or the reason why there is none.

    `value` is the median over trials, for latency quantiles the quantile of all rows pooled. `each` has one value a trial.
    `interval` is None when there are too few trials for one; `refused` names why there is no value. `doubts` are the names of
    the flags that cast doubt on this figure; the contender's `flags` say why.
    """

    value: float | None
    interval: Interval | None
    each: list[float]
    refused: str | None
    doubts: list[str] = []


class Comparison(Strict):
    """A metric of one contender over another's, from pairs of the same round.

    `verdict`: "higher" or "lower" if the ratio differs from 1 at an error of 5% shared by all comparisons of its `family`, and
    by no less than the minimum detectable effect; else "tie", or "cannot tell" where there is nothing to test, with a `reason`.
    `p_value` is two-sided, the larger of Yuen's and Student's; `adjusted_p_value` is Holm's. It and `family` are None where a
    comparison belongs to no family (that with a control other than an A/A control), `family` in files from before there were
    several.
    `minimum_detectable_effect` is relative, 0.02 for 2%: of an A/A control its own, of services that of the workload's A/A
    control; None without one. `each` has one ratio a round, in the order of rounds; empty where nothing was set over anything,
    and in files from before it was kept. Of a campaign `machines` has of each the machine of its round; else it is empty.
    """

    metric: str
    numerator: str
    denominator: str
    pairs: int
    ratio: float | None
    interval: Interval | None
    verdict: Literal["higher", "lower", "tie", "cannot tell"]
    reason: str | None
    family: str | None = None
    p_value: float | None = None
    adjusted_p_value: float | None = None
    minimum_detectable_effect: float | None = None
    doubts: list[str] = []
    each: list[float] = []
    machines: list[str] = []
