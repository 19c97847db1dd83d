"""The plot of side services: only where there are some, with the figures of both, and a reason where one has none."""

from pathlib import Path

from analysis.model import metric as m
from analysis.model.comparison import Figure
from analysis.model.figure_of import figure_of, refused
from analysis.model.summary import Summary
from analysis.plots.side_services import write_side_services_plot
from tests.unit.shown import shown

FIGURES = {
    m.CPU_PER_REQUEST.name: figure_of([101.0, 103.0]),
    m.SIDECAR_CPU.name: figure_of([411.0, 417.0]),
    m.RSS_LOADED.name: figure_of([12_300_000.0]),
    m.SIDECAR_MEMORY.name: figure_of([45_600_000.0]),
}


def having(figures: dict[str, Figure]) -> Summary:
    """The summary, of which each contender has these figures and no others."""
    workloads = [
        workload.replace(contenders=[contender.replace(figures=figures) for contender in workload.contenders])
        for workload in shown().workloads
    ]
    return shown().replace(workloads=workloads)


def drawn(summary: Summary, folder: Path) -> str:
    (plot,) = write_side_services_plot(summary, folder)
    assert plot.name == "side_services"
    assert plot.svg.with_suffix(".png").stat().st_size > 1_000
    return plot.svg.read_text(encoding="utf-8")


def test_service_and_side_services_stand_beside_each_other_with_their_values(tmp_path: Path) -> None:
    text = drawn(having(FIGURES), tmp_path)
    for words in ("102", "414", "12.3", "45.6", "service", "side services", "Go · Fiber"):
        assert f">{words}<" in text, words
    assert ", A/A<" not in text


def test_without_side_services_there_is_no_plot(tmp_path: Path) -> None:
    own = {name: figure for name, figure in FIGURES.items() if not name.startswith("sidecar")}
    unread = {m.SIDECAR_CPU.name: refused("not readable here"), m.SIDECAR_MEMORY.name: refused("not readable here")}
    assert write_side_services_plot(having(own), tmp_path) == []
    assert write_side_services_plot(having(own | unread), tmp_path) == []


def test_a_figure_that_is_refused_has_its_reason_and_a_doubted_one_its_doubt(tmp_path: Path) -> None:
    figures = FIGURES | {
        m.CPU_PER_REQUEST.name: refused("errors"),
        m.SIDECAR_CPU.name: FIGURES[m.SIDECAR_CPU.name].replace(doubts=["noisy"]),
    }
    text = drawn(having(figures), tmp_path)
    assert ">not shown: errors<" in text
    assert ">414  !noisy<" in text
