from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.verdicts.ranks import ranks
from tests.unit.comparisons import Verdict, comparison

LABELS = ("a", "b", "c", "d")
PAIRS = tuple(combinations(LABELS, 2))
VERDICTS: tuple[Verdict, ...] = ("higher", "lower", "tie")
ANY = st.tuples(*(st.sampled_from(VERDICTS) for _ in PAIRS))


def compared(verdicts: tuple[Verdict, ...], metric: m.Metric = m.GOODPUT) -> list[Comparison]:
    return [comparison(*pair, metric=metric, verdict=verdict) for pair, verdict in zip(PAIRS, verdicts, strict=True)]


def test_who_cannot_be_told_apart_shares_a_rank() -> None:
    found = ranks(
        [
            comparison("a", "b", verdict="tie"),
            comparison("a", "c", verdict="higher"),
            comparison("b", "c", verdict="higher"),
        ]
    )
    assert found == {m.GOODPUT.name: {"a": 1, "b": 1, "c": 3}}


def test_of_latency_less_is_better() -> None:
    assert ranks([comparison("a", "b", metric=m.LATENCY_P99, verdict="lower")]) == {m.LATENCY_P99.name: {"a": 1, "b": 2}}


def test_a_pair_that_cannot_be_told_leaves_the_metric_without_ranks() -> None:
    unknown = comparison("a", "b", verdict="cannot tell", reason="generator_bound: a")
    assert ranks([unknown, comparison("a", "c", verdict="higher"), comparison("b", "c", verdict="tie")]) == {}


def test_a_single_service_has_no_rank() -> None:
    assert ranks([]) == {}


def test_if_all_tie_all_are_first() -> None:
    assert ranks(compared(tuple(VERDICTS[2] for _ in PAIRS))) == {m.GOODPUT.name: dict.fromkeys(LABELS, 1)}


@given(ANY)
def test_ranks_lie_between_one_and_the_number_of_services(verdicts: tuple[Verdict, ...]) -> None:
    found = ranks(compared(verdicts))[m.GOODPUT.name]
    assert set(found) == set(LABELS)
    assert all(1 <= rank <= len(LABELS) for rank in found.values())


@given(ANY)
def test_who_is_better_than_all_others_is_first_alone(verdicts: tuple[Verdict, ...]) -> None:
    best = (VERDICTS[0], VERDICTS[0], VERDICTS[0], *verdicts[3:])
    found = ranks(compared(best))[m.GOODPUT.name]
    assert [label for label, rank in found.items() if rank == 1] == ["a"]
