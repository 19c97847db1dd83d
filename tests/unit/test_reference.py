"""README.md shows the reference run as it is kept, to the letter."""

from pathlib import Path

import pytest

from analysis.reference import BEGIN, END, SHOWN_PLOTS, section, with_section
from analysis.render_table import markdown
from analysis.summary import Summary, read_summary
from analysis.table import tables_of
from loadgen.trouble import Trouble

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "results" / "reference"


@pytest.fixture(scope="module")
def summary() -> Summary:
    return read_summary(REFERENCE / "summary.json")


def test_the_readme_shows_the_reference_run(summary: Summary) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert with_section(readme, section(summary)) == readme


def test_the_tables_that_are_kept_are_those_of_the_summary(summary: Summary) -> None:
    assert (REFERENCE / "table.md").read_text(encoding="utf-8") == markdown(tables_of(summary))


def test_every_plot_that_the_readme_shows_is_kept() -> None:
    for name in SHOWN_PLOTS:
        assert (REFERENCE / "plots" / f"{name}.svg").is_file()


def test_the_reference_run_is_whole_and_of_a_commit(summary: Summary) -> None:
    assert summary.end_reason == "finished"
    assert summary.not_measured == []
    assert (summary.commit is None, summary.dirty) == (False, False)


def test_a_readme_without_the_markers_is_refused() -> None:
    for readme in ("", BEGIN, END):
        with pytest.raises(Trouble, match=r"README\.md: expected a line"):
            with_section(readme, "")
