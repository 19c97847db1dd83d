"""Every plot: the same file for the same figures, every service by name, and a reason where there is nothing to draw."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from analysis.model import metric as m
from analysis.model.figure_of import refused
from analysis.model.summary import ContenderResult, Summary
from analysis.pipeline.plots import every_plot
from analysis.plots.load import write_load_plots
from analysis.plots.metrics import write_plots
from analysis.plots.plot import Plot
from analysis.plots.style import looks
from tests.unit.shown import shown


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Plot]:
    return every_plot(shown(), tmp_path_factory.mktemp("plots"))


def texts(plots: Iterable[Plot]) -> dict[str, str]:
    return {plot.name: plot.svg.read_text(encoding="utf-8") for plot in plots}


def test_the_same_summary_gives_the_same_files(drawn: list[Plot], tmp_path: Path) -> None:
    assert texts(every_plot(shown(), tmp_path)) == texts(drawn)


def test_every_plot_names_both_services_and_has_a_picture_beside_it(drawn: list[Plot]) -> None:
    for name, text in texts(drawn).items():
        assert ">C++ · Beast<" in text, name
        assert ">Go · Fiber<" in text, name
    for plot in drawn:
        assert plot.svg.with_suffix(".png").stat().st_size > 1_000
        assert plot.title
        assert plot.caption.endswith(".")


def without_figures(contender: ContenderResult) -> ContenderResult:
    figures = {metric.name: refused("errors") for metric in m.TRIAL_METRICS}
    return contender.replace(figures=figures, tail=None, memory=None, fairness=None)


def refusing(summary: Summary, label: str) -> Summary:
    workloads = [
        workload.replace(contenders=[without_figures(c) if c.label == label else c for c in workload.contenders])
        for workload in summary.workloads
    ]
    return summary.replace(workloads=workloads)


def test_a_service_whose_figures_are_refused_is_named_with_the_reason(tmp_path: Path) -> None:
    summary = refusing(shown(), "b")
    plots = texts([*write_plots(summary, tmp_path), *write_load_plots(summary, tmp_path)])
    for name in ("throughput", "latency", "cpu_per_request", "memory", "connections", "rates"):
        assert "not shown: errors" in plots[name], name


def test_nothing_measured_draws_nothing(tmp_path: Path) -> None:
    empty = shown().replace(workloads=[], microbench=None)
    assert every_plot(empty, tmp_path) == []


def test_a_contender_looks_the_same_everywhere_and_a_twin_like_its_original() -> None:
    look = looks(shown().workloads)
    assert look["a:aa"].hollow
    assert (look["a:aa"].colour, look["a:aa"].marker) == (look["a"].colour, look["a"].marker)
    assert (look["a"].colour, look["a"].marker) != (look["b"].colour, look["b"].marker)
