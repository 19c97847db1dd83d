"""A number and its noun."""

import pytest

from loadgen.counted import counted


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 pairs"), (1, "1 pair"), (2, "2 pairs"), (12_345, "12,345 pairs"), (1.0, "1 pair"), (0.5, "0.5 pairs")],
)
def test_a_number_stands_before_its_noun(count: float, text: str) -> None:
    assert counted(count, "pair") == text


def test_a_noun_may_bring_its_verb_or_a_plural_of_its_own() -> None:
    assert counted(1, "trial is", "trials are") == "1 trial is"
    assert counted(3, "trial is", "trials are") == "3 trials are"
