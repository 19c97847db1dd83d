"""The made run that the check of a page reads: it renders as any run does, and its names reach the page escaped."""

from html import unescape
from pathlib import Path

import pytest

from analysis.audit.model import read_published
from analysis.model.summary import Summary
from analysis.pipeline.render import render
from analysis.pipeline.summarise import summarise
from tests.page.hostile import REASON, TITLES
from tests.page.made_run import PLAIN_TITLES, make_run
from tests.unit.asked import scale_of

PUBLISHED = Path(__file__).parents[2] / "results" / "published"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Summary, str]:
    folder = make_run(tmp_path_factory.mktemp("runs") / "hostile", TITLES, REASON)
    return render(folder, PUBLISHED, scale_of), (folder / "report.html").read_text(encoding="utf-8")


def test_a_made_run_has_figures_ratios_a_control_and_one_that_was_not_measured(tmp_path: Path) -> None:
    summary = summarise(make_run(tmp_path / "plain"), read_published(PUBLISHED), scale_of)
    article, open_loop = summary.workloads
    assert [contender.title for contender in article.contenders] == [*PLAIN_TITLES, f"{PLAIN_TITLES[0]}, A/A"]
    assert all(contender.figures["goodput_per_s"].interval is not None for contender in article.contenders)
    assert {comparison.verdict for comparison in article.comparisons} >= {"higher", "tie"}
    assert open_loop.rate is not None
    assert [refusal.label for refusal in summary.not_measured] == ["absent"]


@pytest.mark.filterwarnings("ignore::UserWarning")  # of glyphs that a font lacks, and of a name that leaves a plot no room
def test_no_name_becomes_markup(hostile: tuple[Summary, str]) -> None:
    summary, text = hostile
    assert [contender.title for contender in summary.workloads[0].contenders][: len(TITLES)] == list(TITLES)
    assert "<script>alert" not in text
    assert "</style></title>" not in text
    for shown in (*TITLES, REASON):
        assert shown in unescape(text)
