"""Trends: steps are found where they were planted, noise has none, machines are kept apart."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from analysis.trend.history import HistoryEntry, HistoryMetric, append_to
from analysis.trend.plot import write_trend_plots
from analysis.trend.text import lines_of, written
from analysis.trend.trend import FEWEST_RUNS, change_points, trends_of
from loadgen.errors import Error
from loadgen.machine.same_machine import earlier_fingerprint_of
from loadgen.record.machine import Machine
from primebench.cli import cli
from tests.unit.records import MACHINE
from tests.unit.test_history import ENTRY

ROOT = Path(__file__).parents[2]
SEEDS = 100
MOST_FALSE = 2
"""At a rate of 0.1%, 100 series have more than 2 with a change point in 0.02% of all choices of seeds."""


def entry(number: int, value: float, fingerprint: str = "a", outcome: str = "pass", **changed: object) -> HistoryEntry:
    metric = HistoryMetric(
        service="cpp",
        layer="load",
        workload="article",
        metric="goodput_per_s",
        unit="requests/s",
        better="higher",
        exact=False,
        head=value,
        doubts=[],
    )
    own = {
        "run_id": f"run-{fingerprint}-{number}",
        "started": f"2026-11-25T{number // 60:02}:{number % 60:02}:00+00:00",
        "commit": f"{number:07x}" + "0" * 33,
        "fingerprint": fingerprint,
        "machine": MACHINE.replace(fingerprint=fingerprint, cpu_model=f"processor {fingerprint}"),
        "outcome": outcome,
        "metrics": [metric.model_copy(update=changed)],
    }
    return ENTRY.model_copy(update=own)


def history(values: list[float], fingerprint: str = "a") -> list[HistoryEntry]:
    return [entry(number, value, fingerprint) for number, value in enumerate(values)]


def noise(seed: int, runs: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.random.default_rng(seed).normal(200, 2, runs)


@pytest.mark.parametrize("shape", ["normal", "heavy tails", "few values"])
def test_noise_has_no_change_points_whatever_its_shape(shape: str) -> None:
    found = 0
    for seed in range(SEEDS):
        draw = np.random.default_rng(seed)
        values = {
            "normal": lambda draw=draw: draw.normal(200, 2, 40),
            "heavy tails": lambda draw=draw: 200 + draw.standard_t(2, 40),
            "few values": lambda draw=draw: draw.permutation(np.repeat([1.0, 2.0, 3.0], [14, 13, 13])),
        }[shape]()
        found += bool(change_points(list(values)))
    assert found <= MOST_FALSE


def test_a_planted_step_is_found_where_it_is() -> None:
    for seed in range(20):
        values = noise(seed, 40)
        values[25:] += 12  # six times the noise: no run of one level is within the other's
        assert change_points(list(values)) == [25]


def test_a_small_step_is_found_beside_a_large_one() -> None:
    values = noise(1, 90)
    values[30:] += 12
    values[60:] += 1000
    assert change_points(list(values)) == [30, 60]


def test_a_step_of_a_metric_without_noise_is_found() -> None:
    assert change_points([100.0] * 20) == []
    assert change_points([100.0] * 12 + [101.0] * 12) == [12]


def test_one_wild_run_is_no_change() -> None:
    values = noise(3, 40)
    values[20] = 1e6
    assert change_points(list(values)) == []


def test_a_change_point_has_its_commits_size_and_direction() -> None:
    values = [200.0 + step % 2 for step in range(12)] + [180.0 + step % 2 for step in range(12)]
    (trend,) = trends_of(history(values)).trends
    (point,) = trend.change_points
    assert (point.first, point.run_id, point.worse) == (12, "run-a-12", True)
    assert (point.commit_before, point.commit_after) == (trend.runs[11].commit, trend.runs[12].commit)
    assert point.change == pytest.approx(180.5 / 200.5 - 1)
    assert [level for *_, level in trend.levels] == [200.5, 180.5]


def test_machines_are_never_mixed() -> None:
    """The second machine is slower: mixed, that would be a step."""
    result = trends_of(
        [*history([200.0 + step % 3 for step in range(20)]), *history([100.0 + step % 3 for step in range(20)], "b")]
    )
    assert [(trend.fingerprint, len(trend.runs), trend.change_points) for trend in result.trends] == [
        ("a", 20, []),
        ("b", 20, []),
    ]


def on(machine: Machine | None, number: int, fingerprint: str = "a") -> HistoryEntry:
    return entry(number, 200.0, fingerprint).replace(machine=machine)


def test_a_machine_whose_memory_differs_by_a_page_goes_on() -> None:
    smaller = MACHINE.replace(memory_bytes=16_305_885_184)
    larger = MACHINE.replace(memory_bytes=16_305_889_280)
    (trend,) = trends_of([on(smaller, 0), on(larger, 1, "b"), on(smaller, 2)]).trends
    assert len(trend.runs) == 3


def test_lines_of_earlier_versions_are_of_the_machine_that_they_were_of() -> None:
    """They have no description, and the fingerprint of that version."""
    before = earlier_fingerprint_of(MACHINE)
    (trend,) = trends_of([on(None, 0, before), on(None, 1, before), on(MACHINE, 2, "new"), on(MACHINE, 3, "new")]).trends
    assert (trend.fingerprint, len(trend.runs)) == ("new", 4)
    assert len(trends_of([on(None, 0, "another"), on(MACHINE, 1, "new")]).trends) == 2


def test_another_machine_says_what_is_another() -> None:
    updated = MACHINE.replace(kernel="6.1.0-18")
    result = trends_of([on(MACHINE.replace(kernel="6.1.0-17"), 0), on(updated, 1)])
    assert [trend.fingerprint for trend in result.trends] == ["a", "a-2"]  # names are unique, and with them the plots' files
    assert "machine a-2, test: another machine, kernel 6.1.0-18 instead of 6.1.0-17" in lines_of(result)


def test_runs_come_by_their_time_and_invalid_ones_are_left_out() -> None:
    result = trends_of([entry(2, 3.0), entry(0, 1.0), entry(1, 2.0, outcome="invalid")])
    assert [run.value for run in result.trends[0].runs] == [1.0, 3.0]
    assert result.invalid == ["run-a-1"]


def test_too_few_runs_say_so_and_are_shown_all_the_same(tmp_path: Path) -> None:
    result = trends_of(history([200.0] * 8 + [100.0] * (FEWEST_RUNS - 9)))
    assert result.trends[0].change_points == []
    assert f"15 runs; change points need {FEWEST_RUNS} runs" in "\n".join(lines_of(result))
    (svg,) = write_trend_plots(result, tmp_path)
    assert f"change points need {FEWEST_RUNS} runs" in svg.read_text()


def test_a_plot_for_each_machine_says_what_it_is_for(tmp_path: Path) -> None:
    result = trends_of([*history([200.0] * 10 + [190.0] * 10), *history([100.0] * 3, "b")])
    plots = write_trend_plots(result, tmp_path / "plots")
    assert [path.name for path in plots] == ["trend-a-cpp-load.svg", "trend-b-cpp-load.svg"]
    for path in plots:
        assert "for reading, not for the verdict" in path.read_text()
        assert path.with_suffix(".png").is_file()
    assert "-5.0% worse" in plots[0].read_text()


def test_a_name_from_the_file_leads_nowhere_else(tmp_path: Path) -> None:
    result = trends_of([entry(0, 1.0, service="../../elsewhere")])
    (svg,) = write_trend_plots(result, tmp_path)
    assert svg.parent == tmp_path


def test_the_command_tells_machine_runs_last_value_and_commits(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    for entry in history([200.0] * 10 + [190.0] * 10):
        append_to(path, entry)
    given = ["trend", "--history", str(path), "--out", str(tmp_path / "plots")]
    said = CliRunner().invoke(cli, given, catch_exceptions=False).output
    assert "for reading, not for the verdict" in said
    assert "machine a, test" in said
    assert "cpp: article · goodput: last 190 requests/s, 20 runs" in said
    assert "-5.0% worse: 0000009..000000a, first seen in run-a-10" in said
    as_json = json.loads(CliRunner().invoke(cli, [*given, "--json"], catch_exceptions=False).output)
    assert as_json["trends"][0]["change_points"][0]["first"] == 10
    assert as_json["note"].startswith("for reading, not for the verdict")


def test_a_damaged_history_is_error_that_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    append_to(path, entry(0, 1.0))
    path.write_bytes(path.read_bytes() + b"oops\n")
    with pytest.raises(Error, match=r"history\.jsonl:2: "):
        CliRunner().invoke(cli, ["trend", "--history", str(path)], catch_exceptions=False)


def test_help_does_not_wait_for_the_library() -> None:
    code = "import sys, primebench.cli; sys.exit(bool({'ruptures', 'scipy', 'matplotlib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_value_is_written_in_the_unit_that_stands_behind_it() -> None:
    (found,) = trends_of([entry(0, 2_117_632.0, metric="rss_loaded_bytes", unit="MB", better="lower")]).trends
    assert written(found, found.runs[-1].value) == "2.12 MB"
