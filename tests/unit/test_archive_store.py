"""Archives whose address is a URI: a store of files stands for those of objects, which tests/real has."""

import json
import shutil
from pathlib import Path

import pytest

from analysis.archive.place import FILES, LATENCIES, RUN, SUMMARY
from tests.unit.console import run as primebench
from tests.unit.console import said
from tests.unit.run_folder import write_run_folder

PLACE = "schema=2/task=prime/machine=0/x"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "x"
    write_run_folder(folder, "x", {"cpp": "C++", "fiber": "Go"})
    return folder


@pytest.fixture
def kept(measured: Path, tmp_path: Path) -> Path:
    """An archive of one run, to be changed."""
    done = primebench("archive", "add", str(measured), "--to", f"{tmp_path.as_uri()}/kept")
    assert (done.returncode, said(done)) == (0, [])
    assert done.stdout.decode() == f"added: {tmp_path.as_uri()}/kept/{PLACE}\n"
    return tmp_path / "kept"


def test_a_run_is_added_once_and_read_under_the_address_that_was_given(kept: Path, measured: Path) -> None:
    uri = kept.as_uri()
    assert sorted(path.name for path in (kept / PLACE).iterdir()) == sorted(FILES)
    assert primebench("archive", "add", str(measured), "--to", uri).stdout.decode() == f"there already: {uri}/{PLACE}\n"
    assert primebench("archive", "check", "--in", uri).stdout.decode() == f"the same: {uri}/{PLACE}\n"
    done = primebench("archive", "ratios", "--in", uri, "--metric", "no_such")
    assert said(done) == [f"primebench: {uri}: no such ratios; expected names as in: primebench archive query ..."]


def test_another_run_under_the_same_id_and_a_changed_figure_are_named_by_the_address(kept: Path, measured: Path) -> None:
    summary = json.loads((kept / PLACE / SUMMARY).read_text())
    (kept / PLACE / SUMMARY).write_text(json.dumps(summary | {"rounds": 7}))
    done = primebench("archive", "check", "--in", kept.as_uri())
    assert (done.returncode, said(done)) == (
        2,
        [f"primebench: {kept.as_uri()}/{PLACE}/summary.json: rounds: 7, and its records give 6"],
    )
    record = json.loads((kept / PLACE / RUN).read_text())
    (kept / PLACE / RUN).write_text(json.dumps(record | {"seed": 2}))
    done = primebench("archive", "add", str(measured), "--to", kept.as_uri())
    (line,) = said(done)
    assert line.startswith(f"primebench: {kept.as_uri()}/{PLACE}: run.json differs from that of {measured}")


def test_a_run_without_its_record_is_half_written_and_is_written_again(kept: Path, measured: Path) -> None:
    (kept / PLACE / RUN).unlink()
    (kept / PLACE / LATENCIES).write_bytes(b"PAR1")
    (line,) = said(primebench("archive", "check", "--in", kept.as_uri()))
    assert line.startswith(f"primebench: {kept.as_uri()}: no archived runs")
    assert primebench("archive", "add", str(measured), "--to", kept.as_uri()).stdout.startswith(b"added: ")
    assert primebench("archive", "check", "--in", kept.as_uri()).returncode == 0


def test_what_is_no_archive_is_a_line(kept: Path, tmp_path: Path) -> None:
    shutil.rmtree(kept)
    kept.write_text("")
    for uri, expected in (
        ("s3://key:secret@bucket/x", "archive: a key in a URI would be shown"),
        ("ftp://bucket/x", "ftp://bucket/x: Unrecognized filesystem type"),
        (f"{tmp_path.as_uri()}/nothing", f"{tmp_path.as_uri()}/nothing: no archived runs"),
        (kept.as_uri(), f"{kept.as_uri()}: "),
    ):
        done = primebench("archive", "check", "--in", uri)
        (line,) = said(done)
        assert (done.returncode, line.startswith(f"primebench: {expected}")) == (2, True), line
        assert "secret" not in line
