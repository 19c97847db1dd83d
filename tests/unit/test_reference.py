"""README.md shows the reference run as it is kept, to the letter."""

from pathlib import Path

import pytest

from analysis.reference import BEGIN, END, SHOWN_PLOTS, keep_microbench, section, with_section
from analysis.render import every_table
from analysis.render_table import markdown
from analysis.summary import MicrobenchResult, Summary, read_summary, write_summary
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
    assert (REFERENCE / "table.md").read_text(encoding="utf-8") == markdown(every_table(summary))


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


def test_a_run_of_load_trials_alone_is_no_run_of_microbenchmarks(tmp_path: Path, summary: Summary) -> None:
    fits = MicrobenchResult(benches=[], fits=[], reconciliations=[], shares=[], notes=[])
    write_summary(summary.model_copy(update={"microbench": fits}), tmp_path / "summary.json")
    kept = tmp_path / "results" / "microbench" / "table.md"
    kept.parent.mkdir(parents=True)
    kept.write_text("of before")
    with pytest.raises(Trouble, match="no microbenchmarks"):
        keep_microbench(tmp_path, tmp_path)
    assert kept.read_text() == "of before"
