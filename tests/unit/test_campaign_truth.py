"""Intervals of simulated campaigns hold a known truth; results/validation/campaign.md has the whole study."""

import re
from pathlib import Path

import pytest

from analysis.pipeline.summarise import summarise
from tests.study.campaigns import DESIGNS, LARGE, SERVICES, TARGET, Design, campaigns, write_large
from tests.unit.asked import scale_of

ROW = re.compile(r"^\| (\d+) x (\d+) \| ([^|]+) \| (\d)% \| ([\d.]+)% \| ([\d.]+)% \|$", re.MULTILINE)


@pytest.mark.parametrize(
    "design",
    [Design(2, 3, "normal", 0.0), Design(5, 6, "contaminated", 0.01), Design(10, 10, "normal", 0.01)],
    ids=["2 x 3", "5 x 6", "10 x 10"],
)
def test_intervals_hold_the_mean_over_machines_whether_they_agree_or_not(design: Design) -> None:
    held, disagree = campaigns(design, 150)
    assert 0.92 <= held <= 0.98
    assert disagree <= 0.1 if design.between == 0 else disagree > 0.1


def test_a_made_campaign_is_analysed_by_the_program_with_every_machine(tmp_path: Path) -> None:
    trials = write_large(tmp_path / "run", 3, 2)
    (workload,) = summarise(tmp_path / "run", [], scale_of).workloads
    assert trials == 3 * 2 * (SERVICES + 1)
    assert {tuple(contender.machines) for contender in workload.contenders} == {("m0", "m1", "m2")}
    assert len(workload.comparisons) == 5 * SERVICES * (SERVICES - 1) / 2
    with_ratio = [comparison for comparison in workload.comparisons if comparison.ratio is not None]
    assert len(with_ratio) == 4 * SERVICES * (SERVICES - 1) / 2  # all but memory, which made records have none of
    assert {tuple(comparison.machines) for comparison in with_ratio} == {("m0", "m0", "m1", "m1", "m2", "m2")}


def test_the_study_that_is_kept_holds_what_was_asked_of_it() -> None:
    text = TARGET.read_text(encoding="utf-8")
    assert "2,000 simulated campaigns a row" in text
    rows = ROW.findall(text)
    assert [(int(a), int(b), errors, int(between) / 100) for a, b, errors, between, *_ in rows] == [
        (design.machines, design.rounds, design.errors, design.between) for design in DESIGNS
    ]
    for *_, errors, _, held, _ in rows:
        assert 94.0 <= float(held) <= (96.0 if errors == "normal" else 97.0)  # of few rounds wild ones widen intervals
    took = re.search(r"in (\d+) s of CPU time and ([\d.]+) GB\.", text)
    assert took is not None
    assert text.count(f"{LARGE[0]} machines x {LARGE[1]} rounds") == 1
    assert float(took[1]) < 60
    assert float(took[2]) < 4
