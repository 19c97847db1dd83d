"""What the tables of ratios say beside the ratios: A/A controls, ranks, and why a tie is one."""

from analysis.model import metric as m
from analysis.model.summary import WorkloadResult
from analysis.tables.markdown import markdown
from analysis.tables.ratios import aa_tables, comparison_table
from analysis.tables.workload import workload_table
from analysis.verdicts.verdicts import decided
from loadgen.conformance.score import Score
from tests.unit.comparisons import comparison, contender, workload
from tests.unit.shown import shown as shown_summary


def shown() -> WorkloadResult:
    """Three services: b is slower than a and c; P50 differs by little, CPU per request by chance only."""
    comparisons = [
        comparison("a", "b", metric=m.LATENCY_P99, ratio=0.8, p_value=1e-9),
        comparison("a", "c", metric=m.LATENCY_P99, p_value=0.7),
        comparison("b", "c", metric=m.LATENCY_P99, ratio=1.25, p_value=1e-9),
        comparison("a", "b", metric=m.LATENCY_P50, ratio=1.015, p_value=1e-9),
        comparison("a", "c", metric=m.LATENCY_P50, p_value=0.7),
        comparison("b", "c", metric=m.LATENCY_P50, p_value=0.7),
        *(
            comparison(*pair, metric=metric, ratio=1.03, p_value=0.04)
            for pair in (("a", "b"), ("a", "c"), ("b", "c"))
            for metric in (m.CPU_PER_REQUEST, m.RSS_LOADED)
        ),
        *(
            comparison(*pair, p_value=0.7, verdict="cannot tell", reason="generator_bound: a")
            for pair in (("a", "b"), ("a", "c"), ("b", "c"))
        ),
    ]
    twins = [
        comparison("a", "a:aa", metric=m.LATENCY_P50, ratio=0.998, p_value=0.4, effect=0.02),
        comparison("a", "a:aa", verdict="cannot tell", reason="generator_bound: a", p_value=0.4),
    ]
    contenders = [contender("a"), contender("b"), contender("c"), contender("a:aa", twin_of="a")]
    (found,) = decided([workload(comparisons, twins, contenders)])
    return found


def test_ranks_are_a_line_a_metric_and_shared_where_nothing_tells_apart() -> None:
    notes = comparison_table(shown()).notes
    assert "rank by latency P99: 1 a, c · 3 b" in notes
    assert "rank by latency P50: 1 a, b, c" in notes
    assert not any(note.startswith("rank by goodput") for note in notes)


def test_a_tie_whose_interval_does_not_hold_one_says_why() -> None:
    notes = comparison_table(shown()).notes
    assert "tie, below what the A/A control could show: 2.0% (a / b: latency P50)" in notes
    by_holm, _of_memory = [note for note in notes if "Holm" in note]
    assert by_holm.startswith("tie, not after Holm's correction: p = 0.16 among 4 (a / b: CPU per request, ")
    assert not any("holds 1" in note for note in notes)


def test_what_cannot_be_told_says_why() -> None:
    assert "cannot tell, generator_bound: a (goodput)" in comparison_table(shown()).notes


def test_an_aa_control_is_a_table_of_its_own_with_the_least_difference_that_the_run_could_tell() -> None:
    (table,) = aa_tables(shown())
    assert markdown([table]) == (
        "### w: A/A control, a over itself\n"
        "\n"
        "| | ratio | least difference told |\n"
        "|---|---:|---:|\n"
        "| goodput | 1.000 [0.990, 1.010] cannot tell | – |\n"
        "| latency P50 | 0.998 [0.988, 1.008] tie | 2.0% |\n"
        "\n"
        "* cannot tell, generator\\_bound: a (goodput)\n"
    )


def test_without_an_aa_control_nothing_is_said_of_one() -> None:
    assert aa_tables(workload([comparison(p_value=0.5)])) == []


def test_scores_of_conformance_stand_beside_the_speed() -> None:
    scores = {
        "a": {"core": Score(passed=2, cases=2), "http": Score(passed=118, cases=130)},
        "b": {"core": Score(passed=2, cases=2), "http": Score(passed=130, cases=130)},
    }
    summary = shown_summary().replace(conformance=scores)
    first, *others = [workload_table(summary, workload) for workload in summary.workloads]
    rows = {head: [cell.value for cell in cells] for head, cells in first.rows}
    assert rows["HTTP cases passed"][:2] == ["118 of 130", "130 of 130"]
    assert [head for table in (first, *others) for head, _ in table.rows if "cases" in head] == ["HTTP cases passed"]
