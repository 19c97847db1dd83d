"""The one screen at the end of a run: what stands on it, that it fits, and what is left out where it does not."""

import re
from collections.abc import Sequence

import pytest

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.figure_of import figure_of
from analysis.model.flag import Flag
from analysis.model.summary import NotMeasured, Summary, WorkloadResult, read_summary
from analysis.report.screen import LEGEND, LINES, screen
from tests.unit.asked import asks
from tests.unit.comparisons import comparison, contender
from tests.unit.sources import ROOT

FIGURES = {m.CPU_PER_REQUEST: 100.0, m.GOODPUT: 2000.0, m.LATENCY_P50: 5.0, m.LATENCY_P99: 9.0, m.RSS_LOADED: 5e6}
FILES = 3
"""Lines below the screen: an empty one, the run's folder, the report."""


@pytest.fixture(scope="module")
def reference() -> Summary:
    return read_summary(ROOT / "results" / "reference" / "summary.json")


def made(name: str, labels: Sequence[str], *compared: Comparison, flag: Flag | None = None) -> WorkloadResult:
    """Services of which each needs 10% more CPU than the one before."""
    figures = [
        {
            metric.name: figure_of([value * (1.1**place if metric is m.CPU_PER_REQUEST else 1)])
            for metric, value in FIGURES.items()
        }
        for place in range(len(labels))
    ]
    contenders = [
        contender(label).replace(figures=of, flags=[flag] if flag else [], title=f"the quite long title of service {label}")
        for label, of in zip(labels, figures, strict=True)
    ]
    return WorkloadResult(name=name, title="", **asks(100), connections=8, contenders=contenders, comparisons=list(compared))


def lines_of(summary: Summary, width: int = 80) -> list[str]:
    answer, rest = screen(summary, width)
    return [*answer, *rest]


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_the_reference_run_fits(reference: Summary, width: int) -> None:
    lines = lines_of(reference, width)
    assert max(map(len, lines)) <= width
    if width >= 80:
        assert len(lines) + FILES <= LINES


@pytest.mark.parametrize("services", ["ab", "abcdefghij"])
@pytest.mark.parametrize("workloads", [1, 17])
def test_ten_services_under_many_workloads_fit(reference: Summary, services: str, workloads: int) -> None:
    flags = [
        Flag(check=f"check_{place}", evidence="", threshold="", remedy="rest " * 30, fatal=False, trials=[])
        for place in range(9)
    ]
    many = [made(f"workload-{place}", services, flag=flags[place % 9]) for place in range(workloads)]
    lines = lines_of(reference.replace(workloads=many))
    assert max(map(len, lines)) <= 80
    assert len(lines) + FILES <= LINES
    assert sum(line.startswith("! ") for line in lines) <= 5


def test_the_best_comes_first_with_its_rank_and_by_how_much_the_others_need_more(reference: Summary) -> None:
    cpu = comparison("a", "b", metric=m.CPU_PER_REQUEST, ratio=0.9, verdict="lower")
    one = made("w", "ba", cpu).replace(ranks={m.CPU_PER_REQUEST.name: {"a": 1, "b": 2}, m.GOODPUT.name: {"a": 1, "b": 1}})
    lines = lines_of(reference.replace(workloads=[one], builds=[], claims=[]))
    first, second = (line.split() for line in lines if line.startswith(("1 ", "2 ")))
    assert first[0] == "1"
    assert second[0] == "2"
    assert "+11.1" in second
    assert "2,000=" in first
    assert LEGEND in lines


def test_services_whose_short_names_are_the_same_are_told_apart_by_their_labels(reference: Summary) -> None:
    labels = ["fiber", "fiber:gomaxprocs-1", "fiber:gomaxprocs-8"]
    lines = lines_of(reference.replace(workloads=[made("w", labels)], builds=[], claims=[]))
    for name in ("fiber", "fiber:g…xprocs-1", "fiber:g…xprocs-8"):
        assert sum(line.strip().startswith(f"{name} ") for line in lines) == 1


def test_what_the_generator_limits_is_a_least_value_and_no_doubt(reference: Summary) -> None:
    bound = Flag(check="generator_bound", evidence="", threshold="", remedy="", fatal=False, trials=[])
    unknown = comparison("a", "b", verdict="cannot tell").replace(doubts=["generator_bound"])
    main, other = made("w", "ab", unknown, flag=bound), made("v", "ab", unknown, flag=bound).replace(work=None)
    doubted = [
        contender.replace(
            figures=contender.figures | {m.GOODPUT.name: contender.figures[m.GOODPUT.name].replace(doubts=["generator_bound"])}
        )
        for contender in main.contenders
    ]
    lines = lines_of(reference.replace(workloads=[main.replace(contenders=doubted), other], claims=[]))
    assert any(">2,000" in line.split() for line in lines)
    assert any(line.startswith("v: ") and line.endswith("all >2,000 req/s") for line in lines)
    assert not any(line.startswith("! ") for line in lines)


def test_who_was_not_measured_and_why_comes_first_among_doubts(reference: Summary) -> None:
    noisy = Flag(check="noisy", evidence="", threshold="", remedy="stop other work", fatal=False, trials=[])
    gone = NotMeasured(label="c", title="the C", reason="breaks the contract")
    lines = lines_of(reference.replace(workloads=[made("w", "ab", flag=noisy)], not_measured=[gone], claims=[]))
    assert [line for line in lines if line.startswith("! ")] == [
        "! not measured: the C: breaks the contract",
        "! noisy (w): stop other work",
    ]


def test_reasons_to_doubt_are_whole_where_there_is_room_for_their_lines(reference: Summary) -> None:
    remedy = "rest for a good while, and then " * 4 + "go on"
    flags = [Flag(check=f"c{at}", evidence="", threshold="", remedy=remedy, fatal=False, trials=[]) for at in range(4)]
    for count, lines in ((1, 2), (2, 4), (3, 5), (4, 5)):
        loads = [made(f"w{at}", "a", flag=flag) for at, flag in enumerate(flags[:count])]
        text = lines_of(reference.replace(workloads=loads, claims=[], cross_check=None, not_measured=[]))
        doubts = text[[line.startswith("! ") for line in text].index(True) :]
        assert len(doubts) == lines
        assert sum(line.endswith("go on") for line in doubts) == lines - count
        assert sum(line.endswith("…") for line in doubts) == 2 * count - lines


def test_one_round_is_called_what_it_is(reference: Summary) -> None:
    lines = lines_of(reference.replace(rounds=1))
    assert "! a smoke run: one round of each, no figure to rely on" in lines


def test_published_figures_stand_beside_the_measured_ones_in_three_lines(reference: Summary) -> None:
    at = [line.startswith("published") for line in lines_of(reference)].index(True)
    published = lines_of(reference)[at:]
    article = next(workload for workload in reference.workloads if workload.name == "article")
    here = {
        contender.label: m.GOODPUT.write(contender.figures[m.GOODPUT.name].value or 0.0) for contender in article.contenders
    }
    assert published[0] == f"published requests/s: Go 65,000, here {here['fiber']}; Rust 78,000, here {here['actix']}"
    assert re.match(r"not reproduced here; it takes \d{3} cores like this one", published[1])
    counted = re.fullmatch(
        r"34 claims: (\d+) reproduced, (\d+) not reproduced, (\d+) impossible, (\d+) not measured", published[2]
    )
    assert counted is not None
    assert sum(map(int, counted.groups())) == 34


def test_claims_of_which_nothing_was_measured_are_not_counted(reference: Summary) -> None:
    assert reference.audit is not None
    claims = [claim.replace(verdict="not measured", measured=None) for claim in reference.claims]
    lines = lines_of(reference.replace(claims=claims, audit=reference.audit.replace(ratios=[], causes=[])))
    assert not any("claims:" in line for line in lines)


def test_a_run_without_load_has_nothing_but_its_answer(reference: Summary) -> None:
    answer, rest = screen(reference.replace(workloads=[]))
    assert len(answer) == 2
    assert rest == []


def test_a_ratio_that_is_another_one_alone_is_marked(reference: Summary) -> None:
    alone = comparison("a", "b", metric=m.CPU_PER_REQUEST, ratio=0.7, verdict="lower")
    beside = comparison("a", "b", metric=m.CPU_PER_REQUEST, ratio=0.5, verdict="lower")
    main, other = made("w", "ab", alone), made("v", "ab", alone).replace(paired=[beside], work=None)
    lines = lines_of(reference.replace(workloads=[main, other], claims=[]))
    assert any(line.startswith("v: ") and line.endswith("+100.0 ±4.0%~") for line in lines)
    assert [line for line in lines if "~" in line and not line.startswith("v: ")] == [LEGEND]
