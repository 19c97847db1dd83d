"""Runs beside each other: what changed on one machine, and what several machines say of the same pair."""

from collections.abc import Callable

import pytest

from analysis.compare.across_machines import agreed
from analysis.compare.compare import compared
from analysis.compare.model import Change, CompareResult, Verdict
from analysis.compare.pairs import pairs_of
from analysis.compare.tables import change_cell, compare_tables
from analysis.model import metric as m
from analysis.model.audit import ClaimResult
from analysis.model.figure_of import figure_of
from analysis.model.flag import GENERATOR_BOUND
from analysis.model.summary import Summary, WorkloadResult
from analysis.tables.csv import csv_text
from analysis.tables.markdown import markdown
from analysis.tables.table import Table
from loadgen.errors import Error
from loadgen.record.workload import Rate
from tests.unit.runs import LEVELS, run

SLOWER = LEVELS | {"fiber": LEVELS["fiber"] * 0.95}
ELSEWHERE = {"fingerprint": "1", "cpu_model": "another", "cores": 64}
Rewrite = Callable[[WorkloadResult], WorkloadResult]


def test_memory_that_differs_by_a_page_is_one_machine_and_not_listed() -> None:
    sizes = [{"fingerprint": name, "memory_bytes": size} for name, size in (("0", 16_305_885_184), ("1", 16_305_889_280))]
    result = compared([run("first", machine=sizes[0]), run("second", hour=11, machine=sizes[1])])
    assert result.machines == [["A", "B"]]
    assert not [differing.what for differing in result.differing if "memory" in differing.what]


def test_another_kernel_is_another_machine_and_listed() -> None:
    result = compared([run("first"), run("second", hour=11, machine={"kernel": "6.1.0-18"})])
    assert result.machines == [["A"], ["B"]]
    assert [differing.what for differing in result.differing] == ["kernel"]


def changes(result: CompareResult, pair: int = 0) -> dict[tuple[str, str], Change]:
    return {
        (change.contender, change.metric): change
        for workload in result.same_machine[pair].workloads
        for change in workload.changes
    }


def drift(result: CompareResult) -> dict[tuple[str, str], Change]:
    return {(change.contender, change.metric): change for change in result.same_machine[0].workloads[0].drift}


def table_named(result: CompareResult, title: str) -> Table:
    (found,) = [table for table in compare_tables(result) if table.title.startswith(title)]
    return found


def rewritten(summary: Summary, rewrite: Rewrite) -> Summary:
    return summary.replace(workloads=[rewrite(workload) for workload in summary.workloads])


def without_pairs(workload: WorkloadResult) -> WorkloadResult:
    """As a summary from before ratios were kept round by round."""
    return workload.model_copy(
        update={
            name: [value.replace(each=[]) for value in getattr(workload, name)] for name in ("comparisons", "over_controls")
        }
    )


def test_what_changed_is_told_from_what_the_machine_did() -> None:
    result = compared([run("first"), run("second", hour=11, drift=0.9, levels=SLOWER)])
    found = changes(result)
    for metric in m.COMPARED:
        slower, same = found["fiber", metric.name], found["actix", metric.name]
        assert (slower.verdict, same.verdict) == ("lower", "tie")
        assert slower.blocked is not None
        assert slower.blocked.ratio == pytest.approx(0.95, abs=0.005)
        assert same.direct is not None
        assert same.direct.interval is not None
        assert same.direct.interval.high < 0.95  # by values alone, everything would have become slower
    assert result.family == len(found) == 2 * len(m.COMPARED)


def test_every_change_says_what_can_be_said_of_it() -> None:
    found = changes(compared([run("first"), run("second", hour=11, levels=SLOWER)]))
    assert change_cell(found["fiber", m.GOODPUT.name]).detail.endswith("] lower")
    assert change_cell(found["actix", m.GOODPUT.name]).detail.endswith("] tie")


def test_a_baseline_that_is_another_program_is_said_to_be_with_what_to_do() -> None:
    runs = [run("first"), run("second", hour=11, binary_bytes=2e6)]
    (note,) = table_named(compared(runs, "cpp"), "w: what changed").notes
    assert note.startswith("cpp is not the same program in both")
    assert note.endswith("moves every line the other way; take what kept its size instead: --baseline fiber")
    (note,) = table_named(compared(runs, "fiber"), "w: what changed").notes
    assert note == "what changed in fiber alone would move every line the other way: its own are below"


def test_the_baseline_is_a_service_whose_binary_kept_its_size_where_there_is_one() -> None:
    (pair,) = compared([run("first"), run("second", hour=11, binary_bytes=2e6)]).same_machine
    assert pair.over == "fiber"


def test_runs_are_set_in_the_order_of_time_however_they_are_named() -> None:
    first, second = run("z", hour=10), run("a", hour=11, levels=SLOWER)
    assert compared([first, second]) == compared([second, first])
    assert [run.run_id for run in compared([second, first]).runs] == ["z", "a"]


def test_the_baseline_is_the_first_service_of_both_or_the_one_asked_for() -> None:
    runs = [run("first"), run("second", hour=11, levels=SLOWER)]
    assert compared(runs).same_machine[0].over == "cpp"
    result = compared(runs, "actix")
    assert {change.over for change in changes(result).values()} == {"actix"}
    assert changes(result)["fiber", m.GOODPUT.name].verdict == "lower"
    fewer = run("third", hour=12, levels={"fiber": 110.0, "actix": 105.0})
    assert compared([runs[0], fewer]).same_machine[0].over == "fiber"
    with pytest.raises(Error, match=r"^--baseline cpp: not in both first and third; expected of: fiber, actix$"):
        compared([runs[0], fewer], "cpp")


def test_without_a_baseline_nothing_can_be_told() -> None:
    result = compared([run("first", levels={"cpp": 100.0}), run("second", hour=11, levels={"cpp": 90.0})])
    assert result.same_machine[0].over is None
    for change in changes(result).values():
        assert (change.verdict, change.reason) == ("cannot tell", "nothing in both runs to set it over")
        assert change.direct is not None
    assert set(changes(result)) == {("cpp", metric.name) for metric in m.COMPARED}


def test_the_twin_shows_the_machines_drift_and_that_it_is_gone() -> None:
    result = compared([run("first", twin=True), run("second", hour=11, drift=0.9, twin=True)])
    found = drift(result)
    assert set(found) == {(label, metric.name) for label in ("cpp", "cpp:aa") for metric in m.COMPARED}
    for metric in m.COMPARED:
        twin = found["cpp:aa", metric.name]
        assert twin.direct is not None
        assert twin.direct.ratio == pytest.approx(0.9, abs=0.02)
        assert (twin.verdict, twin.over) == ("tie", "cpp")
        assert found["cpp", metric.name].blocked is None
    assert table_named(result, "w: drift from A to B").heads == ["A", "B", "B / A as measured", "B / A, over itself"]


def test_no_change_is_called_that_is_below_what_the_controls_could_show() -> None:
    def insensitive(workload: WorkloadResult) -> WorkloadResult:
        blunt = [comparison.replace(minimum_detectable_effect=0.1) for comparison in workload.comparisons]
        return workload.replace(comparisons=blunt)

    runs = run("first", twin=True), run("second", hour=11, levels=SLOWER, twin=True)
    assert changes(compared(runs))["fiber", m.GOODPUT.name].verdict == "lower"
    one = changes(compared([runs[0], rewritten(runs[1], insensitive)]))["fiber", m.GOODPUT.name]
    assert (one.verdict, one.reason) == ("tie", "below what the A/A control could show: 10%")


def test_too_few_rounds_cannot_tell() -> None:
    result = compared([run("first"), run("second", hour=11, rounds=4, levels=SLOWER)])
    one = changes(result)["fiber", m.GOODPUT.name]
    assert (one.verdict, one.rounds, one.p_value) == ("cannot tell", (10, 4), None)
    assert one.reason == "B: 4 rounds; an interval needs 5"
    assert result.family == 0


def test_what_a_run_could_not_tell_by_itself_no_comparison_can() -> None:
    def limited(workload: WorkloadResult) -> WorkloadResult:
        update = {"verdict": "cannot tell", "reason": f"{GENERATOR_BOUND}: fiber", "doubts": [GENERATOR_BOUND]}
        found = [
            comparison.model_copy(update=update)
            if comparison.metric == m.GOODPUT.name and "fiber" in comparison.denominator
            else comparison
            for comparison in workload.comparisons
        ]
        return workload.replace(comparisons=found)

    result = compared([run("first"), rewritten(run("second", hour=11, levels=SLOWER), limited)])
    one = changes(result)["fiber", m.GOODPUT.name]
    assert (one.verdict, one.reason) == ("cannot tell", "B: generator_bound: fiber")
    assert one.doubts == [GENERATOR_BOUND]
    assert change_cell(one).detail.endswith("] cannot tell !generator_bound")
    assert "cannot tell, B: generator_bound: fiber (fiber: goodput)" in table_named(result, "w: what changed").notes


def test_many_changes_share_one_error() -> None:
    first = run("first", levels={"cpp": 100.0, "actix": 100.0})
    results = [
        compared([first, run(f"later {number}", hour=11, levels={"cpp": 100.0, "actix": 100.0})]) for number in range(12)
    ]
    near = [change for result in results for change in changes(result).values() if (change.p_value or 1) < 0.05]
    assert near  # of 60 equals some are below 5% by themselves
    tie = next(change for change in near if (change.adjusted_p_value or 0) >= 0.05)
    assert tie.verdict == "tie"
    assert tie.reason is not None


@pytest.mark.parametrize("label", ["fiber", "actix"])
def test_a_summary_from_before_ratios_were_kept_gives_the_same_pairs(label: str) -> None:
    workload = run("first").workloads[0]
    found = pairs_of(without_pairs(workload), label, "cpp", m.LATENCY_P99.name)
    assert found.each == pytest.approx(pairs_of(workload, label, "cpp", m.LATENCY_P99.name).each)
    assert len(found.each) == 10


def test_pairs_are_not_guessed_where_a_trial_is_missing_or_the_order_is_not_that_of_rounds() -> None:
    workload = without_pairs(run("first").workloads[0])
    for kept in (slice(1, None), slice(None, None, -1)):
        found = pairs_of(with_values(workload, "fiber", kept), "fiber", "cpp", m.GOODPUT.name)
        assert found.each == []
        assert found.reason is not None
        assert "primebench report" in found.reason


def with_values(workload: WorkloadResult, label: str, kept: slice) -> WorkloadResult:
    """The workload, of one contender's values only those, in that order."""
    contenders = []
    for contender in workload.contenders:
        figures = {name: figure.replace(each=figure.each[kept]) for name, figure in contender.figures.items()}
        contenders.append(contender.replace(figures=figures) if contender.label == label else contender)
    return workload.replace(contenders=contenders)


def lasting(summary: Summary, load_s: float) -> Summary:
    return summary.replace(workloads=[w.replace(load_s=load_s) for w in summary.workloads])


def test_a_load_that_lasted_up_to_twice_as_long_is_compared_and_said_to_have() -> None:
    result = compared([lasting(run("first"), 1.0), lasting(run("second", hour=11), 2.0)])
    (note, *_) = table_named(result, "w: what changed").notes
    assert note == "1 s of load after 1 s in A, 2 s of load after 1 s in B: memory and tails can grow with time"


def test_a_load_that_lasted_longer_still_is_another_one() -> None:
    with pytest.raises(Error, match=r"w is not compared: .*, 1 s of load after 1 s in A; .*, 30 s of load after 1 s in B"):
        compared([lasting(run("first"), 1.0), lasting(run("second", hour=11), 30.0)])


def test_a_workload_that_has_only_its_name_in_common_is_named_and_not_compared() -> None:
    both = run("first")
    other = run("x", workload="v").workloads
    first = both.replace(workloads=[*both.workloads, *other])
    changed = run("second", hour=11, n=200)
    second = changed.replace(workloads=[*changed.workloads, *other])
    result = compared([first, second])
    assert [workload.name for workload in result.same_machine[0].workloads] == ["v"]
    (line,) = result.same_machine[0].apart
    assert line == (
        "w is not compared: n = 100, 10 connections, 1 server thread in A; n = 200, 10 connections, 1 server thread in B"
    )
    assert line in table_named(result, "the runs").notes


@pytest.mark.parametrize(
    "other",
    [
        run("second", hour=11, n=200),
        run("second", hour=11, rate=Rate(share=0.7, of="w")),
        run("second", hour=11).replace(server_threads=2),
        run("second", hour=11).replace(pinned=False),
        run("second", hour=11, workload="v"),
        run("second", hour=11).replace(workloads=[]),
    ],
)
def test_runs_that_share_no_workload_are_refused(other: Summary) -> None:
    with pytest.raises(Error, match=r"workload.*compare runs of one profile") as caught:
        compared([run("first"), other])
    assert "\n" not in str(caught.value)


def test_an_open_loop_has_no_goodput_of_its_own() -> None:
    rate = Rate(share=0.7, of="w")
    found = changes(compared([run("first", rate=rate), run("second", hour=11, rate=rate)]))
    assert ("fiber", m.GOODPUT.name) not in found
    assert ("fiber", m.LATENCY_P99.name) in found


def test_the_same_run_twice_and_a_single_one_are_refused() -> None:
    with pytest.raises(Error, match=r"^first: named twice; expected different runs: primebench compare "):
        compared([run("first"), run("first")])
    with pytest.raises(Error, match=r"^1 run: expected 2 to 26: "):
        compared([run("first")])
    with pytest.raises(Error, match=r"^0 runs: "):
        compared([])


def test_what_differs_is_listed_the_machine_first() -> None:
    second = run("second", hour=11, machine=ELSEWHERE, binary_bytes=2e6).replace(
        generator="oha 1.17.0", commit="f" * 40, dirty=True
    )
    found = {differing.what: differing.values for differing in compared([run("first"), second]).differing}
    assert list(found.items()) == [
        ("CPU model", ["test", "another"]),
        ("cores", ["2", "64"]),
        ("generator", ["oha 1.16.0", "oha 1.17.0"]),
        ("commit", ["0123456789ab", "ffffffffffff, changed"]),
        ("binary of cpp, bytes", ["1,000,000", "2,000,000"]),
    ]


def test_of_several_machines_each_ones_own_ratios_stand_side_by_side_and_nothing_across() -> None:
    result = compared([run("first"), run("second", hour=11, drift=50.0, levels=SLOWER, machine=ELSEWHERE)])
    assert result.same_machine == []
    assert result.machines == [["A"], ["B"]]
    (pair,) = [ratios for ratios in result.side_by_side if (ratios.denominator, ratios.metric) == ("fiber", m.GOODPUT.name)]
    assert [ratio.numerator for ratio in pair.ratios if ratio] == ["cpp", "cpp"]
    assert pair.agreement == "both lower"
    table = table_named(result, "w: each run's own ratios")
    assert table.heads == ["A", "B", "agreement"]
    numbers = [cell.number for _, cells in table.rows for cell in cells if cell.number is not None]
    assert all(0.5 < number < 2 for number in numbers)  # a drift of 50 would show


def test_machines_that_disagree_are_said_to_whichever_way_round_a_pair_is_named() -> None:
    other_order = {"fiber": 100.0, "cpp": 120.0, "actix": 105.0}
    result = compared([run("first"), run("second", hour=11, levels=other_order, machine=ELSEWHERE)])
    goodput = [ratios for ratios in result.side_by_side if ratios.metric == m.GOODPUT.name]
    (pair,) = [ratios for ratios in goodput if {ratios.numerator, ratios.denominator} == {"cpp", "fiber"}]
    assert (pair.numerator, pair.denominator, pair.agreement) == ("cpp", "fiber", "opposite")
    ratio = pair.ratios[1]
    assert ratio is not None
    assert ratio.interval is not None
    assert ratio.ratio is not None
    assert ratio.ratio == pytest.approx(1.2, abs=0.005)
    assert ratio.interval.low < ratio.ratio < ratio.interval.high


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        (["higher", "higher"], "both higher"),
        (["lower", "lower", "lower"], "all lower"),
        (["tie", "tie"], "both tie"),
        (["higher", "tie"], "tie in one"),
        (["higher", "tie", "tie"], "tie in 2"),
        (["higher", "lower", "tie"], "opposite"),
        (["higher", "lower", "cannot tell"], "opposite"),
        (["tie", "cannot tell"], "cannot tell in one"),
    ],
)
def test_agreement_in_words(verdicts: list[Verdict], words: str) -> None:
    assert agreed(verdicts) == words


def test_three_runs_on_two_machines_are_compared_in_both_ways() -> None:
    result = compared(
        [run("first"), run("second", hour=11, machine=ELSEWHERE), run("third", hour=12, drift=0.9, levels=SLOWER)]
    )
    assert result.machines == [["A", "C"], ["B"]]
    assert [(ratio.earlier, ratio.later) for ratio in result.same_machine] == [("A", "C")]
    assert changes(result)["fiber", m.GOODPUT.name].verdict == "lower"
    assert {len(ratios.ratios) for ratios in result.side_by_side} == {3}


def test_three_runs_of_one_machine_are_each_set_over_the_earliest_in_one_family() -> None:
    result = compared([run("first"), run("second", hour=11), run("third", hour=12, levels=SLOWER)])
    assert [(ratio.earlier, ratio.later) for ratio in result.same_machine] == [("A", "B"), ("A", "C")]
    assert changes(result, 0)["fiber", m.GOODPUT.name].verdict == "tie"
    assert changes(result, 1)["fiber", m.GOODPUT.name].verdict == "lower"
    assert result.family == 4 * len(m.COMPARED)


def test_published_figures_stand_beside_what_each_run_found() -> None:
    claim = ClaimResult(
        claim="c",
        published_by="an article",
        contender="fiber",
        workload="w",
        metric=m.GOODPUT.name,
        published=65_000.0,
        measured=figure_of([100.0, 101.0]),
        bound=None,
        derivation=None,
        verdict="not reproduced here",
        would_take=None,
    )
    first = run("first").replace(claims=[claim])
    table = table_named(compared([first, run("second", hour=11)]), "published figures: an article")
    ((head, cells),) = table.rows
    assert head == "fiber: goodput, requests/s"
    assert [cell.value for cell in cells] == ["65,000", "100", "–"]
    assert cells[1].detail.endswith(", not reproduced here")


def test_every_table_can_be_written_and_every_row_is_whole() -> None:
    runs = [run("first", twin=True), run("second", hour=11, twin=True), run("third", machine=ELSEWHERE)]
    tables = compare_tables(compared(runs))
    assert all(len(cells) == len(table.heads) for table in tables for _, cells in table.rows)
    assert "what changed from" in markdown(tables)
    assert "ratio" in csv_text(tables)


def test_over_a_control_the_runs_own_twins_say_what_could_be_told() -> None:
    summary = run("first", twin=True)
    (workload,) = summary.workloads
    (found,) = [
        comparison
        for comparison in workload.comparisons
        if {comparison.numerator, comparison.denominator} == {"cpp", "fiber"} and comparison.metric == m.GOODPUT.name
    ]
    over_a_control = workload.replace(
        comparisons=[], over_controls=[*workload.over_controls, found.replace(minimum_detectable_effect=None)]
    )
    effects = [
        over_control.minimum_detectable_effect
        for over_control in workload.over_controls
        if over_control.metric == m.GOODPUT.name
    ]
    against = pairs_of(over_a_control, "fiber", "cpp", m.GOODPUT.name)
    assert against.minimum_detectable_effect == max(effect for effect in effects if effect is not None)
