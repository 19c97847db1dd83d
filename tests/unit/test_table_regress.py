"""The screen of a regression check: what it says, and that it fits."""

import pytest

from analysis.regress.model import RegressResult
from analysis.regress.screen import BINS, screen, strip
from analysis.text.printable import printable
from tests.unit.results import inconclusive, invalid, metric, no_regression, regression, result, with_logs

CASES = {"regression": regression, "pass": no_regression, "inconclusive": inconclusive, "invalid": invalid}


def text(found: RegressResult, width: int = 80, unicode: bool = True) -> str:
    return "\n".join(line.text for line in screen(found, width=width, unicode=unicode))


@pytest.mark.parametrize("name", CASES)
def test_every_outcome_is_named_with_what_to_do_next(name: str) -> None:
    found = CASES[name]()
    shown = text(found, 500)
    assert name.upper() in shown
    for step in found.next_steps:
        assert f"- {printable(step)}" in shown


def test_names_from_outside_do_not_reach_the_terminal_as_they_are() -> None:
    shown = text(regression())
    assert "\x1b" not in shown
    assert all(name.isprintable() for line in shown.split("\n") for name in line)


@pytest.mark.parametrize("name", CASES)
def test_rows_fit_into_80_columns(name: str) -> None:
    for line in screen(CASES[name](), width=80):
        assert len(line.text) <= 80 or "\N{REPLACEMENT CHARACTER}" in line.text or "!" in line.text, line.text


def test_a_strip_of_the_pairs_is_shown_where_there_is_room() -> None:
    one = with_logs(metric(), [0.01, 0.02, 0.02, 0.03])
    found = result("regression", [one])
    assert strip(one).rstrip() in text(found, 120)
    assert strip(one).strip() not in text(found, 80)


def test_a_strip_is_a_histogram_whose_ends_hold_what_lies_beyond() -> None:
    one = with_logs(metric(), [-1.0, 0.0, 0.0, 1.0])
    bars = strip(one)
    assert len(bars) == BINS
    assert (bars[0] != " ", bars[BINS // 2], bars[-1] != " ") == (True, "█", True)
    assert strip(one, unicode=False)[BINS // 2] == "@"


def test_without_unicode_nothing_but_ascii_is_drawn_in_the_strips() -> None:
    assert strip(with_logs(metric(), [0.01, 0.02, 0.02, 0.03]), unicode=False).isascii()


def test_benchmarks_whose_instructions_pass_are_one_row() -> None:
    counts = [
        metric("instructions", layer="instructions", workload=f"a/served/{n}", outcome="pass", worse=1.0).replace(
            exact=True, interval=None
        )
        for n in range(5)
    ]
    worse = counts[0].replace(workload="b/served/x", outcome="regression", worse=1.05)
    shown = text(result("regression", [*counts, worse]))
    assert "5 benchmarks" in shown
    assert "a/served/0" not in shown
    assert "b/served/x" in shown


def test_services_are_told_apart_where_there_are_two() -> None:
    shown = text(result("regression", [metric(service="one"), metric(service="two")]))
    assert "one: article under load" in shown
    assert "two: article under load" in shown
