"""A comparison with its sides exchanged. Pure."""

from analysis.model.comparison import Comparison

OTHER_WAY = {"higher": "lower", "lower": "higher", "tie": "tie", "cannot tell": "cannot tell"}


def inverted(one: Comparison) -> Comparison:
    """b / a for a / b."""
    interval = one.interval
    if interval is not None:
        interval = interval.replace(low=1 / interval.high, high=1 / interval.low)
    return one.replace(
        numerator=one.denominator,
        denominator=one.numerator,
        ratio=None if one.ratio is None else 1 / one.ratio,
        interval=interval,
        verdict=OTHER_WAY[one.verdict],
        each=[1 / ratio for ratio in one.each],
    )
