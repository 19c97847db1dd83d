"""Who is paired with whom, in which layout, and who comes first."""

from collections import Counter

from loadgen.record.trial import MICROBENCH
from loadgen.regress.pairing import RELINKED, Group, Pairing, apart, is_base, side

LOAD = Group("cpp", "n1000")
BENCHES = Group("cpp", MICROBENCH)


def labels(seed: int, rounds: int, group: Group = LOAD) -> list[tuple[str, str]]:
    pairing = Pairing([group], seed)
    return [pairing.of_round(number, [(group, "change")])[0].labels for number in range(rounds)]


def test_over_four_pairs_each_layout_and_each_order_come_once() -> None:
    for start in range(0, 40, 4):
        block = labels(1, 40)[start : start + 4]
        assert len(set(block)) == 4
        assert Counter(RELINKED in first for first, _ in block) == {True: 2, False: 2}
        assert Counter("@base" in first for first, _ in block) == {True: 2, False: 2}


def test_both_halves_of_a_pair_have_the_same_layout() -> None:
    assert all((RELINKED in first) == (RELINKED in second) for first, second in labels(2, 40))


def test_the_relinked_base_is_set_over_the_base_as_built() -> None:
    pairing = Pairing([LOAD], 3)
    found = {frozenset(pairing.of_round(number, [(LOAD, "relinked")])[0].labels) for number in range(10)}
    assert found == {frozenset({side("cpp", "base"), side("cpp", "base", RELINKED)})}


def test_a_seed_gives_the_same_order_and_another_seed_another() -> None:
    assert labels(4, 40) == labels(4, 40)
    assert labels(4, 40) != labels(5, 40)


def test_benchmarks_have_no_slowed_copy_to_measure() -> None:
    assert "slowed" in LOAD.comparisons
    assert "slowed" not in BENCHES.comparisons


def test_a_round_has_every_comparison_that_is_wanted_once() -> None:
    wanted = [(group, comparison) for group in (LOAD, BENCHES) for comparison in group.comparisons]
    pairs = Pairing([LOAD, BENCHES], 6).of_round(0, wanted)
    assert Counter((pair.group, pair.comparison) for pair in pairs) == dict.fromkeys(wanted, 1)


def test_a_comparison_comes_again_only_after_all_others() -> None:
    wanted = apart([(group, comparison) for group in (LOAD, BENCHES) for comparison in group.comparisons])
    pairing = Pairing([LOAD, BENCHES], 7)
    slots = [(pair.group, pair.comparison) for number in range(6) for pair in pairing.of_round(number, wanted)]
    assert all(len(set(slots[start : start + len(wanted)])) == len(wanted) for start in range(len(slots) - len(wanted)))


def test_a_change_that_is_left_alone_has_the_relinked_base_between_its_pairs() -> None:
    assert apart([(LOAD, "change")]) == [(LOAD, "change"), (LOAD, "relinked")]
    assert apart([(BENCHES, "relinked")]) == [(BENCHES, "relinked")]


def test_which_half_is_the_base() -> None:
    assert is_base("cpp@base", "change")
    assert is_base("cpp@base+relinked", "change")
    assert not is_base("cpp@head+relinked", "change")
    assert not is_base("cpp@slowed", "slowed")
    assert is_base("cpp@base", "relinked")
    assert not is_base("cpp@base+relinked", "relinked")
