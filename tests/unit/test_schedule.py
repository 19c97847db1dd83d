from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from loadgen.schedule import schedule

CONTENDERS = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=5, unique=True)
WORKLOADS = st.lists(st.sampled_from(["w1", "w2", "w3"]), min_size=1, unique=True)


@given(CONTENDERS, WORKLOADS, st.integers(1, 12), st.integers())
def test_every_contender_once_per_round_and_workload(
    contenders: list[str], workloads: list[str], rounds: int, seed: int
) -> None:
    slots = schedule(contenders, workloads, rounds, seed)
    counts = Counter((slot.round, slot.workload, slot.contender) for slot in slots)
    assert set(counts.values()) == {1}
    assert len(counts) == rounds * len(workloads) * len(contenders)
    assert [slot.number for slot in slots] == list(range(len(slots)))


@given(CONTENDERS, st.integers(1, 4), st.integers())
def test_positions_are_balanced_after_whole_blocks(contenders: list[str], blocks: int, seed: int) -> None:
    slots = schedule(contenders, ["w"], blocks * len(contenders), seed)
    counts = Counter((slot.contender, slot.position) for slot in slots)
    assert set(counts.values()) == {blocks}


@given(st.integers())
def test_six_rounds_of_three_take_every_order_once(seed: int) -> None:
    slots = schedule(["a", "b", "c"], ["w"], 6, seed)
    orders = {tuple(slot.contender for slot in slots[start : start + 3]) for start in range(0, 18, 3)}
    assert len(orders) == 6


@given(CONTENDERS, WORKLOADS, st.integers(1, 5), st.integers())
def test_the_same_seed_gives_the_same_order(contenders: list[str], workloads: list[str], rounds: int, seed: int) -> None:
    assert schedule(contenders, workloads, rounds, seed) == schedule(contenders, workloads, rounds, seed)


def test_seeds_differ() -> None:
    assert len({tuple(schedule("abc", ["w"], 6, seed)) for seed in range(20)}) > 1


@given(CONTENDERS, WORKLOADS, st.integers(1, 5), st.integers())
def test_contenders_of_a_workload_follow_each_other_directly(
    contenders: list[str], workloads: list[str], rounds: int, seed: int
) -> None:
    slots = schedule(contenders, workloads, rounds, seed)
    changes = sum((a.round, a.workload) != (b.round, b.workload) for a, b in pairwise(slots))
    assert changes == rounds * len(workloads) - 1
