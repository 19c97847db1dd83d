"""The names of flags stand beside the figures that they cast doubt on, and beside no others."""

import pytest

from analysis.checks.affected import doubts_on, marked, with_doubts
from analysis.checks.machines import CHECK as MACHINES_DISAGREE
from analysis.checks.registry import AFFECTED
from analysis.checks.trial import NAMES
from analysis.model import metric as m
from analysis.model.figure_of import figure_of, refused
from analysis.model.flag import Flag
from analysis.model.summary import ContenderResult, WorkloadResult
from analysis.tables.markdown import markdown
from analysis.tables.ratios import comparison_table
from analysis.tables.table import figure_cell
from tests.unit.comparisons import comparison, contender, workload


def flag(check: str, fatal: bool = False) -> Flag:
    return Flag(check=check, evidence="", threshold="", remedy="", fatal=fatal, trials=[0])


def flagged(label: str, *flags: Flag) -> ContenderResult:
    figures = {metric.name: figure_of([1.0]) for metric in m.TRIAL_METRICS}
    return contender(label).replace(figures=figures, flags=list(flags))


def pair(*contenders: ContenderResult) -> WorkloadResult:
    return workload([comparison(metric=metric) for metric in m.COMPARED], contenders=contenders)


@pytest.mark.parametrize(
    ("check", "metric", "doubted"),
    [
        ("leak", m.RSS_LOADED, True),
        ("leak", m.GOODPUT, False),
        ("generator_bound", m.LATENCY_P99, True),
        ("generator_bound", m.CPU_PER_REQUEST, False),
        ("noisy", m.CPU_PER_REQUEST, True),
        ("noisy", m.RSS_LOADED, False),
        ("shared_core", m.CPU_PER_REQUEST, True),
        ("shared_core", m.RSS_LOADED, False),
        ("mixed_cores", m.LATENCY_P99, True),
        ("memory_short", m.RSS_LOADED, True),
        ("duration_mismatch", m.CPU_PER_REQUEST, False),
        ("a check that nobody has thought of yet", m.CPU_PER_REQUEST, True),
    ],
)
def test_a_flag_casts_doubt_on_what_it_can_distort(check: str, metric: m.Metric, doubted: bool) -> None:
    assert doubts_on(metric, [flag(check)]) == ([check] if doubted else [])


def test_every_check_says_what_it_casts_doubt_on() -> None:
    of_trials = {"warming", "unsettled", "unfair", "restart_variance", "aa_differs", "generators_differ"}
    assert set(AFFECTED) == {*NAMES, *of_trials, MACHINES_DISAGREE}


def test_a_fatal_flag_has_taken_the_figures_place_already() -> None:
    assert doubts_on(m.GOODPUT, [flag("errors", fatal=True)]) == []


def test_doubts_stand_behind_the_figure() -> None:
    assert marked("[1, 2]", ["noisy", "stall"]) == "[1, 2] !noisy !stall"
    assert marked("", ["noisy"]) == "!noisy"
    assert marked("[1, 2]", []) == "[1, 2]"


def test_figures_carry_their_doubts_wherever_they_go() -> None:
    found = with_doubts(pair(flagged("a", flag("leak")), flagged("b", flag("stall"))))
    first = found.contenders[0].figures
    assert first[m.RSS_LOADED.name].doubts == ["leak"]
    assert first[m.GOODPUT.name].doubts == []
    assert figure_cell(m.RSS_LOADED, first[m.RSS_LOADED.name]).short == "0.00000100 (1) !leak"


def test_a_ratio_is_as_doubtful_as_either_of_its_sides() -> None:
    found = with_doubts(pair(flagged("a", flag("leak")), flagged("b", flag("stall"))))
    doubts = {comparison.metric: comparison.doubts for comparison in found.comparisons}
    assert doubts[m.RSS_LOADED.name] == ["leak"]
    assert doubts[m.GOODPUT.name] == ["stall"]
    assert doubts[m.CPU_PER_REQUEST.name] == []
    text = markdown([comparison_table(found)])
    assert "!leak" in text
    assert "!stall" in text


def test_what_is_refused_needs_no_doubt() -> None:
    one = flagged("a", flag("noisy"))
    one = one.replace(figures={m.GOODPUT.name: refused("too few")})
    (found,) = with_doubts(pair(one)).contenders
    assert found.figures[m.GOODPUT.name].doubts == []
