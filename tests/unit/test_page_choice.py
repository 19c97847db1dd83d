"""Which run the check of a page takes, and that it leaves the run's folder alone."""

from pathlib import Path

import pytest

from analysis.trial.trimmed import is_trimmed
from loadgen.errors import Error
from loadgen.record.folder import RunFolder
from loadgen.record.regress import RegressRecord, Side
from tests.page.check import copy_of, newest_run
from tests.page.made_run import make_run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    for name in ("20260101T000000Z-old", "20260102T000000Z-new", "20260103T000000Z-check"):
        make_run(tmp_path / "runs" / name, ["one"])
    check = RunFolder(tmp_path / "runs" / "20260103T000000Z-check")
    side = Side(asked="HEAD", commit=None)
    regress = RegressRecord(base=side, head=side, merge_base=False, gate={}, command=[])
    check.write_run(check.read_run().replace(regress=regress))
    return tmp_path


def test_latest_comes_first_then_the_newest_that_has_a_report(results: Path) -> None:
    assert newest_run(results) == results / "runs" / "20260102T000000Z-new"
    (results / "latest").symlink_to("runs/20260101T000000Z-old")
    assert newest_run(results) == results / "latest"
    assert newest_run(results / "nowhere") is None


def test_a_copy_has_the_records_and_leaves_the_run_alone(results: Path, tmp_path: Path) -> None:
    run = results / "runs" / "20260101T000000Z-old"
    before = sorted(run.rglob("*"))
    copy = copy_of(run, tmp_path / "copy")
    (copy / "report.html").write_text("made")
    assert RunFolder(copy).read_run() == RunFolder(run).read_run()
    assert (copy / "raw" / "00000.parquet").is_file()
    assert sorted(run.rglob("*")) == before


def test_a_run_that_is_kept_without_its_rows_has_a_report_too(tmp_path: Path) -> None:
    copy = copy_of(ROOT / "results" / "reference", tmp_path / "copy")
    assert is_trimmed(copy)


def test_a_run_that_ended_before_its_first_trial_has_none(results: Path) -> None:
    (results / "runs" / "20260102T000000Z-new" / "trials.jsonl").unlink()
    assert newest_run(results) == results / "runs" / "20260101T000000Z-old"


@pytest.mark.parametrize("name", ["20260103T000000Z-check", "gone"])
def test_what_has_no_report_is_refused_by_name(results: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(Error, match=f"{name}: expected the folder of a run with a report"):
        copy_of(results / "runs" / name, tmp_path / "copy")
