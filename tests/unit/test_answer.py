"""The sentences at the top of everything that shows a run."""

import pytest

from analysis.model import metric as m
from analysis.model.comparison import Comparison, Figure
from analysis.model.figure_of import figure_of
from analysis.model.flag import GENERATOR_BOUND, Flag
from analysis.model.summary import Summary, WorkloadResult, read_summary
from analysis.report.headline import answer, doubts_in_words
from tests.unit.asked import asks
from tests.unit.comparisons import comparison, contender
from tests.unit.test_plot_load import ROOT

SERVICES = ("a", "b", "c")
PAIRS = (("a", "b"), ("a", "c"), ("b", "c"))


def workload(name: str, n: int, *compared: Comparison, ranks: dict[str, dict[str, int]] | None = None) -> WorkloadResult:
    labels = dict.fromkeys(label for comparison in compared for label in (comparison.numerator, comparison.denominator))
    contenders = [contender(label) for label in labels]
    return WorkloadResult(
        name=name, title="", **asks(n), connections=8, contenders=contenders, comparisons=list(compared), ranks=ranks or {}
    )


@pytest.fixture(scope="module")
def empty() -> Summary:
    stored = read_summary(ROOT / "results" / "reference" / "summary.json")
    return stored.replace(workloads=[])


def said(empty: Summary, *workloads: WorkloadResult) -> list[str]:
    return answer(empty.replace(workloads=list(workloads)))


def test_who_is_ahead_is_said_with_the_interval_and_who_ties_beside_it(empty: Summary) -> None:
    found = [
        comparison("a", "b", ratio=1.10, verdict="higher"),
        comparison("a", "c", ratio=1.12, verdict="higher"),
        comparison("b", "c"),
    ]
    (sentence,) = said(empty, workload("article", 10_000, *found))
    assert sentence == (
        "At n = 10,000 (article), a serves 10.0% [9.0, 11.0] more requests than b and 12.0% [11.0, 13.0] more requests than c; "
        "b and c tie on goodput."
    )


def test_the_better_one_comes_first_even_where_it_is_below_the_line(empty: Summary) -> None:
    (sentence,) = said(empty, workload("article", 10_000, comparison("a", "b", ratio=0.8, verdict="lower")))
    assert "b serves 25.0% [23.5, 26.6] more requests than a" in sentence


def test_of_latency_and_cpu_time_less_is_better(empty: Summary) -> None:
    p99 = comparison("a", "b", metric=m.LATENCY_P99, ratio=0.9, verdict="lower")
    cpu = comparison("a", "b", metric=m.CPU_PER_REQUEST, ratio=1.25, verdict="higher")
    sentences = said(empty, workload("article", 10_000, cpu, p99), workload("framework", 1, cpu))
    assert sentences == [
        "At n = 10,000 (article), b needs 20.0% [19.4, 20.6] less CPU than a.",
        "At n = 10,000 (article), P99 of a is 10.0% [9.0, 11.0] shorter than that of b.",
        "At n = 1 (framework), b needs 20.0% [19.4, 20.6] less CPU than a.",
    ]


def test_cpu_is_that_of_paired_trials_where_there_are_any(empty: Summary) -> None:
    solo = comparison("a", "b", metric=m.CPU_PER_REQUEST)
    paired = comparison("a", "b", metric=m.CPU_PER_REQUEST, ratio=0.9, verdict="lower")
    (sentence,) = said(empty, workload("article", 10_000, solo).replace(paired=[paired]))
    assert sentence == "At n = 10,000 (article), a needs 10.0% [9.0, 11.0] less CPU than b beside it (alone: tie)."
    near = comparison("a", "b", metric=m.CPU_PER_REQUEST, ratio=0.905, verdict="lower")
    (sentence,) = said(empty, workload("article", 10_000, near).replace(paired=[paired]))
    assert sentence == "At n = 10,000 (article), a needs 10.0% [9.0, 11.0] less CPU than b."
    far = comparison("a", "b", metric=m.CPU_PER_REQUEST, ratio=0.8, verdict="lower")
    (sentence,) = said(empty, workload("article", 10_000, far).replace(paired=[paired]))
    assert sentence == "At n = 10,000 (article), a needs 20.0% [19.0, 21.0] less CPU than b (10.0% [9.0, 11.0] beside it)."


def test_all_tie(empty: Summary) -> None:
    (sentence,) = said(empty, workload("article", 10_000, *(comparison(*pair) for pair in PAIRS)))
    assert sentence == "At n = 10,000 (article), a, b and c tie on goodput."


def test_where_the_generator_is_the_limit_cpu_time_is_compared_and_the_limit_told(empty: Summary) -> None:
    bound = comparison("a", "b", verdict="cannot tell").replace(doubts=["generator_bound"])
    cpu = comparison("a", "b", metric=m.CPU_PER_REQUEST, ratio=0.5, verdict="lower")
    one = workload("framework", 1, bound, cpu)
    served = {m.GOODPUT.name: figure_of([50_000.0])}
    one = one.replace(contenders=[contender.replace(figures=served) for contender in one.contenders])
    assert said(empty, one) == [
        "At n = 1 (framework), a needs 50.0% [49.0, 51.0] less CPU than b.",
        "At n = 1 (framework), each serves at least 50,000 requests/s, the generator's limit.",
    ]


def test_what_cannot_be_told_is_said_with_the_reason(empty: Summary) -> None:
    unknown = [comparison(*pair, verdict="cannot tell", reason="1 rounds; an interval needs 5") for pair in PAIRS]
    (sentence,) = said(empty, workload("article", 10_000, *unknown))
    assert sentence == "At n = 10,000 (article), nothing can be said of goodput: 1 rounds; an interval needs 5."
    one = [comparison("a", "b"), comparison("a", "c", verdict="cannot tell", reason="c: errors")]
    (sentence,) = said(empty, workload("article", 10_000, *one))
    assert sentence.endswith("a and b tie on goodput; nothing can be said of goodput of a and c: c: errors.")


def test_a_doubt_stands_behind_its_ratio(empty: Summary) -> None:
    doubted = comparison("a", "b", ratio=1.1, verdict="higher").replace(doubts=["noisy"])
    (sentence,) = said(empty, workload("article", 10_000, doubted))
    assert "10.0% [9.0, 11.0] !noisy more requests than b" in sentence


def test_with_many_services_ties_and_what_is_unknown_are_counted(empty: Summary) -> None:
    found = [comparison("a", other, ratio=1.5, verdict="higher") for other in "bcd"]
    found += [comparison("b", "c"), comparison("b", "d"), comparison("c", "d", verdict="cannot tell", reason="d: errors")]
    (sentence,) = said(empty, workload("article", 10_000, *found))
    assert sentence.endswith("; 2 of 6 pairs tie; nothing can be said of 1 of 6 pairs.")


def test_with_many_services_only_the_best_are_spelt_out(empty: Summary) -> None:
    names = "abcd"
    pairs = [(x, y) for place, x in enumerate(names) for y in names[place + 1 :]]
    found = [comparison(*pair, ratio=1.5, verdict="higher") for pair in pairs]
    ranks = {m.GOODPUT.name: {name: place + 1 for place, name in enumerate(names)}}
    (sentence,) = said(empty, workload("article", 10_000, *found, ranks=ranks))
    assert sentence.count("serves") == 1
    assert sentence.startswith("At n = 10,000 (article), a serves")


def test_of_many_that_are_behind_the_nearest_are_spelt_out(empty: Summary) -> None:
    found = [comparison("a", other, ratio=1 + place / 10, verdict="higher") for place, other in enumerate("gfedcb", start=1)]
    (sentence,) = said(empty, workload("article", 10_000, *found))
    assert [place for place in "gfedcb" if f"requests than {place}" in sentence] == ["g", "f", "e"]
    assert "; 3 others are further behind" in sentence


def test_services_go_by_their_language_where_that_tells_them_apart(empty: Summary) -> None:
    def titled(*titles: str) -> str:
        one = workload("article", 10_000, comparison("a", "b"))
        contenders = [c.replace(title=title) for c, title in zip(one.contenders, titles, strict=True)]
        return said(empty, one.replace(contenders=contenders))[0]

    assert "C++ and Go tie" in titled("C++ · Beast", "Go · Fiber v2")
    assert "Go · Fiber v3 and Go · Fiber v2 tie" in titled("Go · Fiber v3", "Go · Fiber v2")


def test_a_single_service_is_compared_with_nothing(empty: Summary) -> None:
    alone = WorkloadResult(name="w", title="", **asks(1), connections=1, contenders=[contender("a")], comparisons=[])
    assert said(empty, alone) == ["At n = 1 (w), a was measured; nothing was measured beside it."]
    figures = {
        m.CPU_PER_REQUEST.name: Figure(value=49.4, interval=None, each=[], refused=None, doubts=["noisy"]),
        m.GOODPUT.name: Figure(value=12_500, interval=None, each=[], refused=None, doubts=[GENERATOR_BOUND]),
        m.LATENCY_P99.name: Figure(value=None, interval=None, each=[], refused="too few"),
    }
    twin = contender("a:aa").replace(control=True, twin_of="a")
    both = alone.replace(contenders=[contender("a").replace(figures=figures), twin])
    (sentence,) = said(empty, both)
    assert sentence == (
        "At n = 1 (w), a needs 49.4 µs of CPU per request !noisy and serves at least 12,500 requests/s; "
        "nothing was measured beside it."
    )
    assert said(empty) == ["No service was put under load: the microbenchmarks below are all that this run has."]


def test_doubts_name_check_workload_and_service(empty: Summary) -> None:
    flag = Flag(check="noisy", evidence="", threshold="", remedy="", fatal=False, trials=[1])
    one = contender("a").replace(flags=[flag, flag])
    noisy = WorkloadResult(name="w", title="", **asks(1), connections=1, contenders=[one, contender("b")], comparisons=[])
    assert doubts_in_words(empty.replace(workloads=[noisy])) == ["noisy: w (a)"]


def test_what_casts_doubt_on_a_tie_of_many_stands_behind_it(empty: Summary) -> None:
    found = [comparison(*pair) for pair in PAIRS]
    found[1] = found[1].replace(doubts=["noisy"])
    (sentence,) = said(empty, workload("article", 10_000, *found))
    assert sentence == "At n = 10,000 (article), a, b and c tie on goodput !noisy."
