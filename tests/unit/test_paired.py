"""Ratios from paired trials: who is set over whom, from which rounds, and what casts doubt on it."""

import numpy as np
import pytest

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.flag import Flag
from analysis.pipeline.compared import Analysed
from analysis.pipeline.paired import paired_comparisons
from tests.unit.records import TRIAL, contender

CONTENDERS = [contender("a"), contender("b"), contender("c"), contender("a:aa", twin_of="a")]
LEVELS = {"a": 100.0, "b": 110.0, "c": 105.0, "a:aa": 100.0}
ROUNDS = 10


def half(label: str, beside: str, number: int, cpu_us: float, *flags: Flag) -> Analysed:
    trial = TRIAL.replace(contender=label, beside=[beside], round=number)
    return Analysed(trial, {m.CPU_PER_REQUEST.name: cpu_us}, np.empty(0), list(flags))


def pairs(*others: str, rounds: int = ROUNDS, **flags: Flag) -> list[Analysed]:
    """Each beside a, under a drift of the machine's of tens of percents, which both sides of a pair share."""
    source = np.random.default_rng(1)
    found = []
    for number in range(rounds):
        for other in others:
            drift = float(np.exp(0.3 * source.standard_normal()))
            noise = np.exp(0.002 * source.standard_normal(2))
            found.append(half("a", other, number, LEVELS["a"] * drift * noise[0]))
            found.append(
                half(other, "a", number, LEVELS[other] * drift * noise[1], *([flags[other]] if other in flags else []))
            )
    return found


def by_pair(found: list[Comparison]) -> dict[tuple[str, str], Comparison]:
    return {(comparison.numerator, comparison.denominator): comparison for comparison in found}


def test_what_both_sides_of_a_pair_share_cancels() -> None:
    found = by_pair(paired_comparisons(CONTENDERS, pairs("b", "c", "a:aa")))
    assert list(found) == [("a", "b"), ("a", "c"), ("b", "c"), ("a", "a:aa")]
    for (numerator, denominator), comparison in found.items():
        assert comparison.ratio == pytest.approx(LEVELS[numerator] / LEVELS[denominator], rel=0.005)
        assert comparison.pairs == ROUNDS
    assert [comparison.verdict for comparison in found.values()][:3] == ["lower", "lower", "higher"]
    assert found["a", "a:aa"].minimum_detectable_effect == pytest.approx(0.003, rel=0.6)
    assert found["a", "b"].minimum_detectable_effect is None


def test_two_that_were_never_beside_each_other_are_set_over_each_other_by_what_both_are_over_the_first() -> None:
    trials = pairs("b", "c")
    trials = [trial for trial in trials if not (trial.trial.round == 3 and "c" in (trial.trial.contender, *trial.trial.beside))]
    found = by_pair(paired_comparisons(CONTENDERS, trials))
    assert (found["a", "b"].pairs, found["a", "c"].pairs, found["b", "c"].pairs) == (ROUNDS, ROUNDS - 1, ROUNDS - 1)


def direct(rounds: int, ratio: float) -> list[Analysed]:
    """b beside c, with a ratio that only direct pairs have."""
    return [
        half(label, other, number, level * (1 + 0.001 * (number % 3)))
        for number in range(rounds)
        for label, other, level in (("b", "c", 100.0 * ratio), ("c", "b", 100.0))
    ]


def test_direct_pairs_decide_where_there_are_enough() -> None:
    found = by_pair(paired_comparisons(CONTENDERS, [*pairs("b", "c"), *direct(5, 1.5)]))
    assert found["b", "c"].ratio == pytest.approx(1.5, rel=0.01)
    assert found["b", "c"].pairs == 5
    assert found["a", "b"].ratio == pytest.approx(100 / 110, rel=0.005)
    few = by_pair(paired_comparisons(CONTENDERS, [*pairs("b", "c"), *direct(4, 1.5)]))
    assert few["b", "c"].ratio == pytest.approx(110 / 105, rel=0.005)
    assert few["b", "c"].pairs == ROUNDS


def test_the_interval_of_two_that_were_never_side_by_side_has_the_error_of_both() -> None:
    found = by_pair(paired_comparisons(CONTENDERS, pairs("b", "c", rounds=300)))

    def half_width(*pair: str) -> float:
        interval = found[pair[0], pair[1]].interval
        assert interval is not None
        return float(np.log(interval.high / interval.low)) / 2

    assert half_width("b", "c") == pytest.approx(float(np.hypot(half_width("a", "b"), half_width("a", "c"))), rel=0.15)


def test_half_a_pair_is_none() -> None:
    trials = pairs("b")
    (found,) = paired_comparisons(
        CONTENDERS, [trial for trial in trials if trial.trial.round != 0 or trial.trial.contender == "a"]
    )
    assert found.pairs == ROUNDS - 1


def test_few_pairs_have_no_verdict() -> None:
    (found,) = paired_comparisons(CONTENDERS, pairs("b", rounds=4))
    assert (found.verdict, found.reason) == ("cannot tell", "4 rounds; an interval needs 5")


def test_flags_of_either_side_cast_doubt_and_fatal_ones_leave_no_verdict() -> None:
    flag = Flag(check="shared_core", evidence="", threshold="", remedy="", fatal=False, trials=[1])
    doubted, other, _ = paired_comparisons(CONTENDERS, pairs("b", "c", b=flag))
    assert (doubted.doubts, other.doubts) == (["shared_core"], [])
    shared, *_ = paired_comparisons(CONTENDERS, pairs("b", b=flag.replace(check="noisy")))
    assert shared.doubts == []
    fatal = flag.replace(check="wrong_answers", fatal=True)
    (refused,) = paired_comparisons(CONTENDERS, pairs("b", b=fatal))
    assert (refused.verdict, refused.reason) == ("cannot tell", "paired trials: wrong_answers")


def test_without_paired_trials_there_is_nothing() -> None:
    assert paired_comparisons(CONTENDERS, []) == []
