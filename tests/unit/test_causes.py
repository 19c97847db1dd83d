"""The study of planted causes: every text that it edits is there, and a page is read by its first rows."""

import pytest

from analysis.explain.model import TimeChange
from loadgen.strict import read_toml
from tests.study.causes import CAUSES, Cause, Causes, row_of, table
from tests.study.duets import CHECKOUT
from tests.unit.test_explain import page

WAITS = TimeChange(name="waits", exclusive_us=(0.2, 9.0), inclusive_us=(0.2, 9.0))
PLANTED = read_toml(CAUSES, Causes).causes


def test_there_are_twelve_in_three_services() -> None:
    assert len({cause.name for cause in PLANTED}) == 12
    assert {cause.service for cause in PLANTED} == {"server", "peers/fiber", "peers/actix"}


@pytest.mark.parametrize("cause", PLANTED, ids=lambda cause: cause.name)
def test_every_text_that_is_edited_is_there_once(cause: Cause) -> None:
    for edits in (cause.base, cause.head):
        texts = {edit.file: (CHECKOUT / edit.file).read_text(encoding="utf-8") for edit in edits}
        for edit in edits:
            assert texts[edit.file].count(edit.find) == 1, edit.find
            texts[edit.file] = texts[edit.file].replace(edit.find, edit.put)


def test_a_cause_is_named_by_the_first_rows_alone() -> None:
    cause = PLANTED[0].replace(named=["getpid", "encode"])
    named = row_of(cause, page())
    assert named.named_by is not None
    assert named.named_by.startswith("encode")
    assert row_of(cause.replace(named=["getpid"]), page()).named_by == "getpid"
    timed = row_of(cause.replace(named=["waits"]), page().replace(times=[WAITS]))
    assert (timed.named_by, timed.times) == ("waits", ["waits: 0.2 → 9.0 µs"])
    assert "| `waits: 0.2 → 9.0 µs` |" in table([timed])
    missed = row_of(cause.replace(named=["other"]), page())
    assert missed.named_by is None
    assert "**not named**" in table([missed])
