"""What people read of the audit: short at the end of a run, whole in `primebench audit` and the report."""

import io

import pytest
from rich.console import Console

from analysis.audit.audit import audit_figures, audit_rest
from analysis.audit.cause import Evidence
from analysis.audit.tables import claims_tables, conditions_lines
from analysis.model import metric as m
from analysis.model.audit import ConsistencyResult
from analysis.model.summary import Summary
from analysis.tables.markdown import markdown, print_table
from tests.unit.asked import SCALE
from tests.unit.claimed import build, claim, contender, fit, published, workload
from tests.unit.comparisons import SUMMARY, comparison
from tests.unit.records import RUN


def shown() -> Summary:
    """A run in which each verdict is there, and a variant that is not."""
    sides = {"numerator": "actix", "denominator": "fiber"}
    one = published(
        claims=[
            claim(value=78_000),
            claim(m.LATENCY_P99, 4.2),
            claim(m.RSS_LOADED, 10, as_published="about 10 MB"),
            claim(m.BINARY_SIZE, 4, id="binary", contender="actix"),
        ],
        ratios=[
            {
                "id": "r",
                "statement": "20% more",
                **sides,
                "workload": "article",
                "metric": m.GOODPUT.name,
                "value": 1.2,
                "approx": True,
            },
            {
                "id": "o",
                "statement": "lower P99",
                **sides,
                "workload": "article",
                "metric": m.LATENCY_P99.name,
                "order": "lower",
            },
        ],
        causes=[
            {
                "id": "g",
                "statement": "it is the collector",
                "test": "P99 would fall",
                "kind": "variant",
                "variant": "fiber:gogc-off",
                "over": "fiber",
                "workload": "article",
                "metric": m.LATENCY_P99.name,
                "expect": "lower",
            },
        ],
        context=[{"variant": "fiber:prefork", "over": "fiber", "workload": "article", "note": "a process a core"}],
    )
    compared = [
        comparison("actix", "fiber", ratio=1.19, p_value=1e-9),
        comparison("actix", "fiber", metric=m.LATENCY_P99, ratio=1.0, p_value=0.9, effect=0.015),
        comparison("fiber:prefork", "fiber", ratio=0.9),
    ]
    workloads = [workload(contender("fiber", p50_ms=5.5), contender("actix", p50_ms=5.5), comparisons=compared)]
    return SUMMARY.replace(
        workloads=workloads,
        builds=[build("fiber")],
        claims=audit_figures([one], workloads, [build("fiber")], [fit()], SCALE),
        audit=audit_rest([one], RUN, workloads, [build("fiber")], Evidence(), SCALE),
    )


def test_the_end_of_a_run_shows_verdicts_and_how_many_of_each() -> None:
    assert markdown(claims_tables(shown())) == (
        "### published figures\n"
        "\n"
        "| | published | measured here | verdict |\n"
        "|---|---:|---:|---:|\n"
        "| fiber: goodput, requests/s | 78,000 | 200 [198, 202] | impossible as stated |\n"
        "| fiber: latency P99, ms | 4.20 | 5.78 [5.72, 5.83] | not reproduced here |\n"
        "| fiber: memory loaded (RSS), MB | 10.0 | 10.0 [9.90, 10.1] | reproduced |\n"
        "| actix: binary size, MB | 4.00 | – | not measured |\n"
        "\n"
        "* 7 figures, ratios and tests of causes: 2 reproduced, 2 not reproduced here, 1 impossible as stated, 2 not measured\n"
        "* 1 of 1 tests of causes were not made: primebench audit says why, and what would tell\n"
        '* set-1: a figure is reproduced within 10% of what is "about" so much, else within its last digit; impossible only '
        "if a core 3 times as fast could not do it either; primebench audit shows how each follows\n"
        "\n"
        "### published ratios\n"
        "\n"
        "| | published | measured here | verdict |\n"
        "|---|---:|---:|---:|\n"
        "| 20% more | 1.20 | 1.190 [1.180, 1.200] | reproduced |\n"
        "| lower P99 | lower | 1.000 [0.990, 1.010] | not reproduced here |\n"
    )


def test_a_cause_that_was_tested_is_shown_with_its_ratio_at_the_end_of_a_run() -> None:
    summary = shown()
    assert summary.audit is not None
    (untested,) = summary.audit.causes
    tested = untested.replace(verdict="reproduced", measured=0.8, command=None)
    audit = summary.audit.replace(causes=[tested, untested])
    *_, table = claims_tables(summary.replace(audit=audit))
    assert table.title == "published causes"
    assert [(head, [cell.value for cell in cells]) for head, cells in table.rows] == [
        ("it is the collector", ["P99 would fall", "0.800", "reproduced"])
    ]


def test_the_whole_shows_how_each_verdict_follows() -> None:
    notes = [note for table in claims_tables(shown(), whole=True) for note in table.notes]
    (goodput,) = [note for note in notes if note.startswith("fiber: goodput")]
    assert "about 78000 (set-1): a request (n = 10,000) takes 5,000 µs of CPU here" in goodput
    assert "the claim would take 390 cores like this one" in goodput
    assert "fiber does as published here at n = " in goodput
    (binary,) = [note for note in notes if note.startswith("actix: binary size")]
    assert binary.endswith("about 4 (set-1): not measured: this run has no such figure: primebench run --profile article")
    assert any("1.6% or more would most likely have been seen" in note for note in notes)
    assert any(note.startswith("g: not measured; to measure it: primebench run --profile audit --service ") for note in notes)
    memory = [note for note in notes if "memory loaded" in note]
    assert memory == [], "a figure that is reproduced and has no bound needs no derivation"


def test_the_whole_has_the_variants_and_the_figures_among_themselves() -> None:
    summary = shown()
    titles = [table.title for table in claims_tables(summary, whole=True)]
    assert titles[3:] == ["variants beside their base"]
    (context,) = claims_tables(summary, whole=True)[3:]
    assert [(head, [cell.value for cell in cells]) for head, cells in context.rows] == [
        ("fiber:prefork / fiber, article", ["0.900"])
    ]
    assert "fiber:prefork: a process a core" in context.notes


def test_figures_that_contradict_each_other_are_told_with_their_arithmetic() -> None:
    summary = shown()
    assert summary.audit is not None
    found = [ConsistencyResult(published_by="set-1", about="fiber: quantiles", derivation="P50 <= P99", consistent=False)]
    audit = summary.audit.replace(consistency=found)
    tables = claims_tables(summary.replace(audit=audit), whole=True)
    (table,) = [table for table in tables if table.title == "published figures among themselves"]
    assert [(head, cells[0].value) for head, cells in table.rows] == [("fiber: quantiles", "contradict each other")]
    assert table.notes == ["fiber: quantiles: P50 <= P99"]


def test_how_it_was_measured_stands_above_with_the_command_that_repeats_it() -> None:
    audit = shown().audit
    assert audit is not None
    lines = conditions_lines(audit)
    assert lines[0] == "set-1: somebody's article"
    assert lines[1] == "published: oha -c 100"
    assert lines[2].startswith("here: workload article was not measured; ")
    assert lines[3] == "to repeat it: primebench run --profile article"


@pytest.mark.parametrize("whole", [False, True])
def test_everything_fits_into_80_columns_with_every_verdict_in_one_piece(whole: bool) -> None:
    written = io.StringIO()
    console = Console(file=written, width=80, highlight=False)
    for table in claims_tables(shown(), whole=whole):
        print_table(console, table)
    lines = written.getvalue().splitlines()
    assert max(len(line) for line in lines) <= 80
    assert any(line.rstrip().endswith("impossible as stated") for line in lines)


def test_a_limit_is_shown_as_one() -> None:
    claims = audit_figures([published(claims=[claim(m.CLEAN_BUILD, 1, at_most=True)])], [], [build("fiber")])
    (table,) = claims_tables(shown().replace(claims=claims, audit=None))
    ((_, (limit, *_)),) = table.rows
    assert limit.value == "< 1.00"


def test_a_run_without_claims_has_no_table_of_them() -> None:
    assert claims_tables(shown().replace(claims=[])) == []


def test_a_summary_of_before_there_was_an_audit_shows_its_figures() -> None:
    (table,) = claims_tables(shown().replace(audit=None))
    assert (table.title, len(table.rows)) == ("published figures", 4)


def test_ratios_are_there_for_machines_too() -> None:
    by_title = {table.title: table for table in claims_tables(shown(), whole=True)}
    _, cells = by_title["published ratios"].rows[0]
    assert (cells[0].number, cells[1].number, cells[1].quantity) == (1.2, 1.19, "ratio")
    assert cells[1].low == pytest.approx(1.18)
    _, cells = by_title["published causes"].rows[0]
    assert cells[1].number is None, "not measured"


def test_the_same_metric_of_two_loads_is_told_apart() -> None:
    summary = shown()
    again = summary.claims[0].replace(workload="mixed")
    (table, *_) = claims_tables(summary.replace(claims=[summary.claims[0], again]))
    heads = [head for head, _ in table.rows]
    assert heads == ["fiber: goodput, requests/s, article", "fiber: goodput, requests/s, mixed"]
