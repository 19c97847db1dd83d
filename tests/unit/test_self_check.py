"""A self-check: what replays of a machine's own pairs say that it can tell."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.regress import self_check as module
from analysis.regress.render import render_self_check
from analysis.regress.self_check import SelfCheck, self_check
from loadgen.config.regress import RegressConfig
from loadgen.errors import Error
from loadgen.record.regress import RegressRecord, Side
from loadgen.regress.run import RegressPlan
from loadgen.regress.self_check import nothing_further, recording_plan
from primebench.cli import cli
from tests.unit.test_gate import planned
from tests.unit.test_regression import GATE, Records, run_of


@pytest.fixture(autouse=True)
def fewer_replays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REPLAYS", 10)


def recorded(place: Path, count: int = 40, spread: float = 0.003) -> Path:
    """A self-check's folder, of a machine whose pairs spread by `spread` times the square root of two."""
    records = Records(place, run_of(head="1"))
    records.pairs("change", 0.0, count, spread)
    records.pairs("slowed", 0.05, count, spread)
    records.pairs("relinked", 0.0, 1, spread)
    return records.folder.path


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("quiet") / "run")


def test_what_a_quiet_machine_tells_has_its_limits_and_its_time(quiet: Path) -> None:
    found = self_check(quiet)
    cpu = {reading.slower_by: reading for reading in found.told if reading.metric == "cpu_per_request_us"}
    assert (cpu[0.05].found, cpu[0.05].passed, cpu[0.05].false_alarms, cpu[0.05].pairs) == (1.0, 1.0, 0.0, 40)
    pair_s = 60 / 81  # the time that the record says, by its pairs
    assert cpu[0.05].found_s == pytest.approx(60 * pair_s, abs=0.1)  # 20 of three comparisons
    assert cpu[0.05].margin == 0.025
    planted = {planted.metric: planted for planted in found.planted}["cpu_per_request_us"]
    assert planted.slower_by == GATE.slowed
    assert planted.interval.low < 1.05 < planted.interval.high


def test_a_machine_tells_less_than_the_spread_of_its_pairs_allows(tmp_path: Path) -> None:
    wild = self_check(recorded(tmp_path / "run", spread=0.03))
    cpu = {reading.slower_by: reading for reading in wild.told if reading.metric == "cpu_per_request_us"}
    assert (cpu[0.01].reliable, cpu[0.1].reliable) == (False, True)
    assert cpu[0.1].found_s > 0


def test_the_table_says_it_in_a_line_and_both_files_are_written(quiet: Path, tmp_path: Path) -> None:
    text = render_self_check(quiet, [("json", tmp_path / "told.json")])
    assert "* cpp, w, CPU per request: this machine tells " in text
    assert "`cpu_per_request_us = { margin = 0.0" in text
    assert "a copy that was really slowed by 5.0% showed +" in text
    assert (quiet / "self-check.md").read_text() == text
    assert SelfCheck.model_validate_json((tmp_path / "told.json").read_text()) == self_check(quiet)


def test_a_machine_that_tells_nothing_is_said_to(tmp_path: Path) -> None:
    text = render_self_check(recorded(tmp_path / "run", count=14, spread=0.3), [])
    assert "CPU per request: this machine tells no slow-down of up to 10%" in text


def test_what_did_not_come_to_its_end_or_is_too_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Error, match="13 pairs, fewer than 14: expected --self-check 2m or longer"):
        self_check(recorded(tmp_path / "short", count=13))
    broken = Records(tmp_path / "broken", run_of().replace(end_reason="interrupted"))
    with pytest.raises(Error, match=r"did not come to its end \(interrupted\)"):
        self_check(broken.folder.path)


def test_every_comparison_is_recorded_until_the_time_is_over() -> None:
    nothing = Side(asked="", commit=None)
    record = RegressRecord(base=nothing, head=nothing, merge_base=False, gate={}, command=[])
    plan = RegressPlan(RegressConfig(layers=["load"]), planned("regress"), {}, {}, ["cpp"], record)
    recording = recording_plan(plan, 600.0)
    assert recording.gate.budget_s == 600.0
    (rounds,) = recording.gate.looks
    assert rounds == int(600 / sum(len(group.comparisons) * plan.pair_s(group) for group in plan.groups))
    assert recording_plan(plan, 1.0).gate.looks == [plan.gate.looks[0]]  # for which the time is then said to be too short
    assert nothing_further(Path(), run_of())([]) == []


def test_a_self_check_has_two_formats(tmp_path: Path) -> None:
    ended = CliRunner().invoke(cli, ["regress", "--self-check", "10m", "--export", f"junit={tmp_path}/a"])
    assert str(ended.exception) == "--export junit: of a self-check expected json or markdown"
