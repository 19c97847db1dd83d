"""What a pair of contenders that are the same could have shown: the minimum detectable effect of an A/A control. Pure."""

import math

from analysis.stats.distributions import t_quantile
from analysis.stats.interval import PairedRatio

ERROR = 0.05
POWER = 0.80


def minimum_detectable_effect(over_itself: PairedRatio, allowed: float = ERROR) -> float | None:
    """The smallest relative difference that a two-sided test at 5% finds in 80% of runs as noisy as this one: 0.02 is 2%.

    `allowed` is its error where that is not 5%. (t at 97.5% + t at 80%) x the standard error of the log ratio (Bloom 1995,
    Evaluation Review 19, 547-556), and never less than what the control differs by from itself. None where `over_itself` has
    no interval.
    """
    error, freedom = over_itself.log_standard_error, over_itself.degrees_of_freedom
    if error is None or freedom is None:
        return None
    log_effect = (t_quantile(1 - allowed / 2, freedom) + t_quantile(POWER, freedom)) * error
    return math.expm1(max(log_effect, abs(math.log(over_itself.ratio))))


def relative_difference(ratio: float) -> float:
    """How far a ratio is from 1, whichever side is the larger: 1.25 and 0.8 both differ by 0.25."""
    return max(ratio, 1 / ratio) - 1
