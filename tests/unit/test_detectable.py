import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.detectable import minimum_detectable_effect, relative_difference
from analysis.stats.interval import PairedRatio, ratio_of_pairs


def over_itself(estimate: float, spread: float) -> PairedRatio:
    """Ten pairs around an estimate, without luck."""
    return ratio_of_pairs([estimate * math.exp(spread * place) for place in np.linspace(-1, 1, 10)], [1.0] * 10)


def test_it_is_two_t_quantiles_times_the_standard_error() -> None:
    found = over_itself(1.0, 0.01)
    assert found.log_standard_error is not None
    # Student's t with 5 degrees of freedom: 2.5706 at 97.5%, 0.9195 at 80%
    assert minimum_detectable_effect(found) == pytest.approx(math.expm1(3.4901 * found.log_standard_error), rel=1e-4)


@given(st.floats(0.5, 2), st.floats(0, 0.5))
def test_what_differs_from_itself_can_tell_nothing_smaller(estimate: float, spread: float) -> None:
    found = over_itself(estimate, spread)
    effect = minimum_detectable_effect(found)
    assert effect is not None
    assert effect >= relative_difference(found.ratio) - 1e-9


def test_more_noise_hides_more() -> None:
    effects = [minimum_detectable_effect(over_itself(1.0, spread)) or 0.0 for spread in (0.0, 0.01, 0.02, 0.1)]
    assert effects == sorted(effects)
    assert effects[0] == 0


def test_without_an_interval_nobody_knows() -> None:
    assert minimum_detectable_effect(ratio_of_pairs([1.0] * 4, [1.0] * 4)) is None


def test_a_difference_is_as_large_from_either_side() -> None:
    assert relative_difference(1.25) == pytest.approx(relative_difference(0.8))
