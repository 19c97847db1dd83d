"""A difference that is one of layout: the same instructions, another time, and not the same in both layouts."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analysis.regress.layout import ERROR, _differ
from analysis.regress.result import regression_result
from loadgen.regress.pairing import RELINKED
from tests.unit.test_regression import Records, run_of

NAME = "prime_loop/served/n=1"


def steps(tmp_path: Path, effects: tuple[float, float], counts: tuple[float, float] | None) -> list[str]:
    """What is said after 40 pairs in which head is slower by `effects` as built, and linked again."""
    records = Records(tmp_path / "run", run_of())
    for first, (layout, effect) in zip((0, 20), zip(("", RELINKED), effects, strict=True), strict=True):
        records.benches("change", effect, layout=layout, first=first)
    if counts:
        records.counts(*counts)
    return [step for step in regression_result(records.folder.path).next_steps if step.startswith(NAME)]


def test_the_same_instructions_with_another_time_in_one_layout_are_said_to_be_layout(tmp_path: Path) -> None:
    (step,) = steps(tmp_path, (0.08, 0.02), (1000.0, 1000.0))
    assert step.startswith(f"{NAME} · time: +8.")
    assert " as built, +1.9" in step
    assert step.endswith("the same number of instructions: the difference is one of layout, not of work")


def test_without_counts_it_is_said_what_would_tell(tmp_path: Path) -> None:
    (step,) = steps(tmp_path, (0.08, 0.02), None)
    assert step.endswith("layout is part of the difference; a count of instructions would tell whether work is, too")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("again", "differ"), [(0.05, False), (0.02, True)])
def test_pairs_without_any_spread_are_compared_without_a_warning(again: float, differ: bool) -> None:
    built, relinked = np.full(10, 0.05), np.full(10, again)
    assert _differ(built, relinked) == differ


def test_two_samples_differ_as_often_as_scipy_says() -> None:
    source = np.random.default_rng(3)
    for shift in (0.0, 0.5, 1.0, 2.0):
        first, second = source.standard_t(3, 20), shift + source.standard_t(3, 30)
        expected = stats.ttest_ind(first, second, equal_var=False, trim=0.2).pvalue < ERROR
        assert _differ(first, second) == expected


@pytest.mark.parametrize(
    ("effects", "counts"),
    [
        ((0.08, 0.02), (1000.0, 1080.0)),  # more work, which each layout shows in its way
        ((0.05, 0.05), (1000.0, 1000.0)),  # slower in both alike: a cache or a lock, not layout
        ((0.0, 0.0), (1000.0, 1000.0)),
    ],
)
def test_nothing_is_said_of_layout_where_it_is_not_the_reason(
    tmp_path: Path, effects: tuple[float, float], counts: tuple[float, float]
) -> None:
    assert steps(tmp_path, effects, counts) == []
