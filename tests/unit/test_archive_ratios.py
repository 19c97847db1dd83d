"""Ratios over the machines of an archive: each machine by itself, pooled with the spread between them, never values."""

from pathlib import Path

import pytest

from analysis.archive.place import ArchivedRun
from analysis.archive.ratios import Wanted, pooled_ratios
from analysis.archive.tables import ANOTHER, POOLED, SPREAD, ratio_tables
from analysis.model import metric as m
from analysis.model.summary import Summary
from tests.unit.records import RUN
from tests.unit.runs import LEVELS, run

CPU = m.CPU_PER_REQUEST.name
SPEEDS = {"slow": 2.0, "middle": 1.0, "fast": 0.5}


def archived(summary: Summary, commit: str = "a" * 40) -> ArchivedRun:
    record = RUN.replace(run_id=summary.run_id, machine=summary.machine, commit=commit, rounds=summary.rounds)
    return ArchivedRun(Path(summary.run_id), record, summary)


def on(name: str, ratio: float = 1.1, **others: object) -> ArchivedRun:
    """A run of a machine with a speed of its own, on which fiber needs `ratio` times what cpp needs."""
    levels = LEVELS | {"fiber": LEVELS["cpp"] * ratio}
    machine = {"fingerprint": name, "cpu_model": name}
    return archived(run(f"run-{name}", machine=machine, levels=levels, drift=SPEEDS.get(name, 1.0), **others))  # type: ignore[arg-type]


def test_ratios_of_machines_are_pooled_and_their_values_are_not() -> None:
    (found,) = [
        pooled_ratio
        for pooled_ratio in pooled_ratios([on(name) for name in SPEEDS], Wanted(metric=CPU))
        if (pooled_ratio.numerator, pooled_ratio.denominator) == ("cpp", "fiber")
    ]
    assert [machine.machine.fingerprint for machine in found.machines] == list(SPEEDS)
    assert [machine.ratio for machine in found.machines] == pytest.approx([1 / 1.1] * 3, rel=0.003)
    assert found.pooled is not None
    assert found.pooled.low < -0.0953 < found.pooled.high
    assert found.pooled.high - found.pooled.low < 0.02


def test_machines_that_differ_widen_the_interval_and_the_spread_is_shown() -> None:
    runs = [on("slow", 1.0), on("middle", 1.1), on("fast", 1.2)]
    (found,) = [
        pooled_ratio
        for pooled_ratio in pooled_ratios(runs, Wanted(metric=CPU))
        if (pooled_ratio.numerator, pooled_ratio.denominator) == ("cpp", "fiber")
    ]
    assert found.pooled is not None
    assert found.pooled.spread == pytest.approx(0.09, abs=0.01)
    assert found.pooled.p_value < 1e-6
    assert found.pooled.i_squared > 0.99
    assert found.pooled.low < -0.2 < 0.0 < found.pooled.high
    (table,) = [ratio_table for ratio_table in ratio_tables([found]) if ratio_table.title.endswith("cpp / fiber")]
    assert [head for head, _ in table.rows][:3] == [f"{name}: {name}, 2 cores" for name in ("slow", "middle", "fast")]
    assert [head for head, _ in table.rows][3:6] == [POOLED, ANOTHER, SPREAD]
    assert "I² 100%" in dict(table.rows)[SPREAD][0].detail
    assert table.notes == ["runs: run-slow, run-middle, run-fast"]


def test_runs_of_one_machine_count_as_one_machine() -> None:
    twice = [archived(run(name, machine={"cpu_model": "x"})) for name in ("one", "two")]
    found = pooled_ratios(twice, Wanted(metric=CPU))
    assert [[machine.runs for machine in ratio.machines] for ratio in found] == [[["one", "two"]]] * 3
    assert [ratio.pooled for ratio in found] == [None] * 3
    for ratio in found:
        assert ratio.machines[0].interval is not None
        low, high = ratio.machines[0].interval
        assert low < (ratio.machines[0].ratio or 0.0) < high


def test_a_pair_the_other_way_round_is_the_same_pair() -> None:
    turned = dict(reversed(LEVELS.items()))
    runs = [on("slow"), archived(run("turned", machine={"cpu_model": "other"}, levels=turned))]
    assert [len(pooled_ratio.machines) for pooled_ratio in pooled_ratios(runs, Wanted(metric=CPU))] == [2, 2, 2]


def test_other_loads_and_other_server_threads_are_other_questions() -> None:
    more = on("fast")
    threads = ArchivedRun(more.folder, more.run, more.summary.replace(server_threads=2))
    task = ArchivedRun(more.folder, more.run.replace(task_digest="2"), more.summary)
    for other in (on("fast", n=1000), threads, task):
        assert {len(pooled_ratio.machines) for pooled_ratio in pooled_ratios([on("slow"), other], Wanted(metric=CPU))} == {1}


def test_a_machine_that_cannot_tell_is_named_with_the_reason_and_left_out() -> None:
    runs = [on("slow"), on("middle"), on("fast", rounds=4)]
    found = pooled_ratios(runs, Wanted(metric=CPU))[0]
    assert [machine.reason for machine in found.machines] == [None, None, "4 rounds; an interval needs 5"]
    assert found.pooled is not None
    assert found.pooled.count == 2
    (table,) = ratio_tables([found])
    assert [cell.detail for _, (cell,) in table.rows][2] == "4 rounds; an interval needs 5"


def test_what_was_built_from_several_commits_is_said() -> None:
    other = on("fast")
    found = pooled_ratios([on("slow"), archived(other.summary, commit="b" * 40)], Wanted(metric=CPU))
    assert "of 2 commits (aaaaaaaaaaaa, bbbbbbbbbbbb): what bears one name may have changed" in ratio_tables(found)[0].notes[1]


def test_what_is_asked_for_chooses() -> None:
    runs = [on("slow"), on("fast")]
    assert {pooled_ratio.metric for pooled_ratio in pooled_ratios(runs, Wanted())} == {metric.name for metric in m.COMPARED}
    for none in (Wanted(task="x"), Wanted(workload="x"), Wanted(metric="x")):
        assert pooled_ratios(runs, none) == []
