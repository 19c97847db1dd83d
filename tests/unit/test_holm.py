from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.holm import holm

FAMILY = st.lists(st.floats(0, 1), min_size=1, max_size=60)


def test_the_example_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_nothing_to_adjust_is_nothing() -> None:
    assert holm([]) == []


@given(st.floats(0, 1))
def test_one_alone_is_as_it_was(p_value: float) -> None:
    assert holm([p_value]) == [p_value]


@given(FAMILY)
def test_none_gets_smaller_and_none_exceeds_one(family: list[float]) -> None:
    assert all(raw <= adjusted <= 1 for raw, adjusted in zip(family, holm(family), strict=True))


@given(FAMILY)
def test_the_order_of_the_p_values_is_kept(family: list[float]) -> None:
    adjusted = [value for _, value in sorted(zip(family, holm(family), strict=True))]
    assert adjusted == sorted(adjusted)


@given(FAMILY, st.randoms(use_true_random=False))
def test_the_order_of_the_family_does_not_matter(family: list[float], source: Random) -> None:
    places = list(range(len(family)))
    source.shuffle(places)
    adjusted = holm(family)
    assert holm([family[place] for place in places]) == [adjusted[place] for place in places]


@given(FAMILY, st.floats(0, 1))
def test_a_larger_family_makes_none_smaller(family: list[float], another: float) -> None:
    assert all(small <= large for small, large in zip(holm(family), holm([*family, another]), strict=False))
