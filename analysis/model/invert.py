"""A comparison with its sides exchanged. Pure."""

from analysis.model.comparison import Comparison

OTHER_WAY = {"higher": "lower", "lower": "higher", "tie": "tie", "cannot tell": "cannot tell"}


def inverted(comparison: Comparison) -> Comparison:
    """b / a for a / b."""
    interval = comparison.interval
    if interval is not None:
        interval = interval.replace(low=1 / interval.high, high=1 / interval.low)
    return comparison.replace(
        numerator=comparison.denominator,
        denominator=comparison.numerator,
        ratio=None if comparison.ratio is None else 1 / comparison.ratio,
        interval=interval,
        verdict=OTHER_WAY[comparison.verdict],
        each=[1 / ratio for ratio in comparison.each],
    )
