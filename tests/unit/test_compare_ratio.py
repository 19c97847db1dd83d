"""Runs over runs against known truth: what drift between them does to values, and that it does nothing to paired ratios."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analysis.compare.ratio import differences, moved
from analysis.stats.arrays import Floats
from analysis.stats.holm import holm
from analysis.stats.interval import trimmed_means
from analysis.verdicts.verdicts import FAMILY_ERROR

SETS = 4_000
DRIFT, ROUND, OWN = 0.02, 0.01, 0.005
"""Standard deviations of logarithms: of a whole run, of a round, of a trial."""
CONTENDERS = 9


def two_runs(rounds: tuple[int, int], changed: float = 0.0, contenders: int = 2) -> tuple[Floats, Floats]:
    """Logarithms of two runs on one machine, contenders x sets x rounds; the later run's second contender has changed."""
    source = np.random.default_rng(20261125)
    runs = []
    for count in rounds:
        run = source.normal(0, DRIFT, (1, SETS, 1)) + source.normal(0, ROUND, (1, SETS, count))
        runs.append(run + source.normal(0, OWN, (contenders, SETS, count)))
    runs[1][1] += changed
    return runs[0], runs[1]


def chance(expected: float, sets: int = SETS) -> float:
    """How far a share of `sets` may be from what is expected: four standard errors, passed by one seed in 16,000."""
    return 4 * float(np.sqrt(expected * (1 - expected) / sets))


@pytest.mark.parametrize("rounds", [(10, 10), (6, 10), (20, 20)], ids=str)
def test_of_runs_that_drifted_paired_ratios_err_as_often_as_they_say_and_values_nearly_always(rounds: tuple[int, int]) -> None:
    earlier, later = two_runs(rounds)
    blocked = differences(earlier[1] - earlier[0], later[1] - later[0])
    direct = differences(earlier[1], later[1])
    false = np.mean(blocked.p_value < FAMILY_ERROR)
    held = np.mean((blocked.low <= 0) & (blocked.high >= 0))
    assert false <= FAMILY_ERROR + chance(FAMILY_ERROR)
    assert false >= FAMILY_ERROR / 3  # a test that never speaks would err never
    assert held >= 1 - FAMILY_ERROR - 0.01 - chance(FAMILY_ERROR)
    assert np.mean(direct.p_value < FAMILY_ERROR) > 0.5


def test_a_change_that_is_there_is_found_through_the_drift() -> None:
    earlier, later = two_runs((10, 10), changed=0.02)
    found = differences(earlier[1] - earlier[0], later[1] - later[0])
    assert np.mean((found.p_value < FAMILY_ERROR) & (found.low > 0)) > 0.99
    assert np.mean(found.difference) == pytest.approx(0.02, abs=0.0005)


def test_of_a_family_of_equals_over_one_baseline_one_command_in_twenty_claims_a_change_at_most() -> None:
    earlier, later = two_runs((10, 10), contenders=CONTENDERS)
    found = differences(earlier[1:] - earlier[0], later[1:] - later[0])
    assert found.p_value.shape == (CONTENDERS - 1, SETS)
    claimed = np.mean([min(holm(list(raw))) < FAMILY_ERROR for raw in found.p_value.T])
    assert claimed <= FAMILY_ERROR + chance(FAMILY_ERROR)
    assert np.mean(np.min(found.p_value, axis=0) < FAMILY_ERROR) > 2 * FAMILY_ERROR  # what the correction is for


def test_the_interval_is_yuens_by_hand() -> None:
    source = np.random.default_rng(3)
    earlier, later = source.normal(size=10), source.normal(0.5, 2, 15)
    before, after = trimmed_means(earlier), trimmed_means(later)
    parts = before.standard_error**2, after.standard_error**2
    freedom = (parts[0] + parts[1]) ** 2 / (
        parts[0] ** 2 / before.degrees_of_freedom + parts[1] ** 2 / after.degrees_of_freedom
    )
    half = stats.t.ppf(0.975, freedom) * np.sqrt(parts[0] + parts[1])
    found = differences(earlier, later)
    assert found.difference == pytest.approx(after.mean - before.mean)
    assert (found.low, found.high) == pytest.approx((found.difference - half, found.difference + half), abs=1e-9)


def test_values_without_spread_are_certain() -> None:
    same, changed = moved([2.0] * 5, [2.0] * 6), moved([2.0] * 5, [2.2] * 5)
    assert same is not None
    assert (same.ratio, same.p_value) == (1.0, 1.0)
    assert changed is not None
    assert changed.interval is not None
    assert changed.ratio == pytest.approx(1.1)
    assert (changed.interval.low, changed.interval.high, changed.p_value) == (changed.ratio, changed.ratio, 0.0)


def test_below_five_values_there_is_a_ratio_and_nothing_more() -> None:
    found = moved([1.0, 1.0, 1.0, 1.0], [2.0] * 10)
    assert found is not None
    assert found.ratio == pytest.approx(2.0)
    assert (found.interval, found.p_value) == (None, None)


@pytest.mark.parametrize(("earlier", "later"), [([], [1.0]), ([1.0], []), ([0.0, 1.0], [1.0, 1.0])])
def test_where_there_is_nothing_to_set_over_anything_there_is_no_ratio(earlier: list[float], later: list[float]) -> None:
    assert moved(earlier, later) is None


@pytest.mark.parametrize("rounds", [(6, 6), (6, 10), (10, 10), (20, 20)], ids=str)
def test_the_documentation_says_what_this_simulation_finds(rounds: tuple[int, int]) -> None:
    earlier, later = two_runs(rounds)
    pairs = differences(earlier[1] - earlier[0], later[1] - later[0]), differences(earlier[1], later[1])
    called = [float(np.mean(pair.p_value < FAMILY_ERROR)) for pair in pairs]
    held = [float(np.mean((pair.low <= 0) & (pair.high >= 0))) for pair in pairs]
    row = f"| {rounds[0]}, {rounds[1]} | {called[0]:.1%} | {held[0]:.1%} | {called[1]:.0%} | {held[1]:.0%} |"
    page = Path(__file__).parents[2] / "docs" / "explanation" / "comparing-runs.md"
    assert row in page.read_text(encoding="utf-8").splitlines()
