from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from loadgen.run.schedule import schedule, schedule_pairs

CONTENDERS = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=5, unique=True)
WORKLOADS = st.lists(st.sampled_from(["w1", "w2", "w3"]), min_size=1, unique=True)


@given(CONTENDERS, WORKLOADS, st.integers(1, 12), st.integers())
def test_every_contender_once_per_round_and_workload(
    contenders: list[str], workloads: list[str], rounds: int, seed: int
) -> None:
    slots = schedule([dict.fromkeys(workloads, contenders)], rounds, seed)
    counts = Counter((slot.round, slot.workload, slot.contender) for slot in slots)
    assert set(counts.values()) == {1}
    assert len(counts) == rounds * len(workloads) * len(contenders)
    assert [slot.number for slot in slots] == list(range(len(slots)))


@given(CONTENDERS, st.integers(1, 4), st.integers())
def test_positions_are_balanced_after_whole_blocks(contenders: list[str], blocks: int, seed: int) -> None:
    slots = schedule([{"w": contenders}], blocks * len(contenders), seed)
    counts = Counter((slot.contender, slot.position) for slot in slots)
    assert set(counts.values()) == {blocks}


@given(st.integers())
def test_six_rounds_of_three_take_every_order_once(seed: int) -> None:
    slots = schedule([{"w": ["a", "b", "c"]}], 6, seed)
    orders = {tuple(slot.contender for slot in slots[start : start + 3]) for start in range(0, 18, 3)}
    assert len(orders) == 6


@given(CONTENDERS, WORKLOADS, st.integers(1, 5), st.integers())
def test_the_same_seed_gives_the_same_order(contenders: list[str], workloads: list[str], rounds: int, seed: int) -> None:
    assert schedule([dict.fromkeys(workloads, contenders)], rounds, seed) == schedule(
        [dict.fromkeys(workloads, contenders)], rounds, seed
    )


def test_seeds_differ() -> None:
    assert len({tuple(schedule([{"w": "abc"}], 6, seed)) for seed in range(20)}) > 1


@given(CONTENDERS, WORKLOADS, st.integers(1, 5), st.integers())
def test_contenders_of_a_workload_follow_each_other_directly(
    contenders: list[str], workloads: list[str], rounds: int, seed: int
) -> None:
    slots = schedule([dict.fromkeys(workloads, contenders)], rounds, seed)
    changes = sum((a.round, a.workload) != (b.round, b.workload) for a, b in pairwise(slots))
    assert changes == rounds * len(workloads) - 1


def test_a_workload_has_the_contenders_that_it_names_and_no_others() -> None:
    slots = schedule([{"w1": ["a", "b"], "w2": ["a"], "w3": []}], 2, 1)
    assert Counter((slot.workload, slot.contender) for slot in slots) == {("w1", "a"): 2, ("w1", "b"): 2, ("w2", "a"): 2}


def test_all_rounds_of_a_phase_come_before_the_next() -> None:
    slots = schedule([{"closed": ["a", "b"]}, {"open": ["a", "b"]}], 3, 1)
    assert [slot.workload for slot in slots] == ["closed"] * 6 + ["open"] * 6
    assert [slot.number for slot in slots] == list(range(12))


@given(WORKLOADS, st.integers(1, 6), st.integers(), st.integers(0, 100))
def test_every_pair_once_per_round_both_sides_beside_each_other(
    workloads: list[str], blocks: int, seed: int, first: int
) -> None:
    pairs = {workload: [("a", "b"), ("a", "a:aa")] for workload in workloads}
    slots = schedule_pairs(pairs, range(5, 5 + 2 * blocks), seed, first)
    assert [slot.number for slot in slots] == list(range(first, first + len(slots)))
    for slot, other in zip(slots[::2], slots[1::2], strict=True):
        assert (slot.contender, slot.beside) == (other.beside, other.contender)
        assert (slot.round, slot.workload, slot.position, other.position) == (other.round, other.workload, 0, 1)
    counts = Counter((slot.round, slot.workload, slot.contender, slot.beside) for slot in slots)
    assert set(counts.values()) == {1}
    assert len(counts) == 2 * blocks * len(workloads) * 4
    assert {slot.round for slot in slots} == set(range(5, 5 + 2 * blocks))
    started_first = Counter((slot.workload, slot.contender, slot.beside) for slot in slots[::2])
    assert set(started_first.values()) == {blocks}
