"""report.html: structure, escaping, and that it leads nowhere but into itself."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analysis.model.summary import Summary
from analysis.pipeline.plots import every_plot
from analysis.pipeline.render import parts_of
from analysis.plots.metrics import write_plots
from analysis.plots.plot import Plot
from analysis.report.html import write_report
from tests.unit.shown import HOSTILE, ROUNDS, shown


class Page(HTMLParser):
    """What the tests ask of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.named_drawings: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what matters of a tag."""
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        self.loads += [
            value for name, value in found.items() if name in ("src", "srcset", "data", "xlink:href") and value[0] != "#"
        ]
        if found.get("role") == "img":
            self.named_drawings.append(found["aria-label"])


def written(summary: Summary, folder: Path, draw: Callable[[Summary, Path], list[Plot]] = every_plot) -> str:
    path = folder / "report.html"
    write_report(summary, parts_of(summary), draw(summary, folder / "plots"), path)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(shown(HOSTILE), tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_every_link_leads_to_something_on_the_page(page: Page) -> None:
    assert page.links
    assert {link for link in page.links if link[0] != "#"} == set()
    assert {link[1:] for link in page.links} <= set(page.ids)


def test_no_name_is_given_twice_though_all_plots_come_from_one_program(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))


def test_the_page_loads_nothing(page: Page, text: str) -> None:
    assert page.loads == []
    assert not {"script", "link", "iframe", "img", "object"} & set(page.tags)
    assert "@import" not in text
    assert text.count("url(") == text.count("url(#")


def test_what_comes_from_outside_is_text(text: str) -> None:
    assert "<script" not in text
    assert "&lt;script&gt;alert(" in text


def test_figures_lead_to_their_trials(page: Page, text: str) -> None:
    assert "#trials-article-b" in page.links
    start = text.index('id="trials-article-b"')
    section = text[start : text.index("<h3", start)]
    assert section.count(">trial ") == ROUNDS
    assert ">trial 21</th>" in section


def test_every_plot_is_there_and_says_what_it_shows(page: Page) -> None:
    plots = {name.removeprefix("plot-") for name in page.ids if name.startswith("plot-")}
    assert plots == {
        *(
            "ratios",
            "throughput",
            "latency",
            "cpu_per_request",
            "memory",
            "latency_tail",
            "connections",
            "rates",
            "cpu_against_work",
        ),
        *("cpu_shares", "side_services", "memory_over_time", "fairness"),
    }
    assert len(page.named_drawings) == len(plots)
    assert all(len(name) > 60 for name in page.named_drawings)


def test_colours_are_those_of_the_page_so_that_a_dark_one_is_legible(text: str) -> None:
    drawings = text[text.index('id="plots"') : text.index('id="workloads"')]
    for colour in ("#000000", "#ffffff", "#0072b2", "#dddddd"):
        assert colour not in drawings.lower()
    style = text[: text.index("</style>")]
    for variable in ("--series-0", "--grid", "--muted", "--control", "--page"):
        assert style.count(f"{variable}:") == 3  # light, dark, print
        assert f"var({variable})" in text


def test_a_run_without_load_trials_has_no_empty_sections(tmp_path: Path) -> None:
    empty = shown().replace(workloads=[], microbench=None)
    found = Page(written(empty, tmp_path))
    assert not {"comparison", "plots", "workloads", "records"} & set(found.ids)
    assert {link[1:] for link in found.links} <= set(found.ids)


def test_what_is_written_in_a_drawing_stays_as_it_is(tmp_path: Path) -> None:
    look_alike = '#000000 id="a" url(#b)'
    summary = shown(look_alike)
    text = written(summary.replace(workloads=summary.workloads[:1], microbench=None), tmp_path, write_plots)
    drawings = text[text.index('id="plots"') : text.index('id="workloads"')]
    assert f">{look_alike}</text>" in drawings
