"""`primebench compare` as users call it: which runs it finds, what it prints, how it refuses."""

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from analysis.compare.model import CompareResult
from analysis.model.summary import write_summary
from analysis.pipeline.find_runs import read_compared
from loadgen.errors import Error
from tests import forked
from tests.unit.asked import scale_of
from tests.unit.runs import LEVELS, run


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two runs of one machine, the later one a tenth slower, its fiber slower still; and one of another machine."""
    runs = [
        run("first"),
        run("second", hour=11, drift=0.9, levels=LEVELS | {"fiber": LEVELS["fiber"] * 0.95}),
        run("elsewhere", hour=12, machine={"fingerprint": "1", "kernel": "another"}),
    ]
    for summary in runs:
        folder = tmp_path / summary.run_id
        folder.mkdir()
        write_summary(summary, folder / "summary.json")
    return tmp_path


def primebench(place: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """`primebench ARGUMENTS` as a process of its own, from the folder `place`."""
    return forked.run_raw([*forked.LAUNCH, *arguments], os.environ | {"COLUMNS": "80"} | environment, place)


def test_tables_of_two_runs_fit_a_terminal_that_knows_ascii_alone(place: Path) -> None:
    done = primebench(place, "compare", "first", "second", PYTHONIOENCODING="ascii", NO_COLOR="1", FORCE_COLOR="1")
    text = done.stdout.decode("ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "w: what changed from A to B" in text
    assert "lower" in text
    assert "request, us" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "\x1b" not in text
    assert "?" not in text


def test_data_and_tables_for_other_programs_are_utf_8_whatever_the_terminal_is(place: Path) -> None:
    for option, read in (
        (["--json"], lambda text: CompareResult.model_validate_json(text).family == 10),
        (["--format", "json"], lambda text: json.loads(text)[0]["table"] == "the runs"),
        (["--format", "csv"], lambda text: {len(line) for line in csv.reader(text.splitlines())} == {9}),
        (["--format", "markdown"], lambda text: text.startswith("### the runs\n")),
    ):
        done = primebench(place, "compare", "first", "second", *option, PYTHONIOENCODING="ascii")
        assert (done.returncode, done.stderr) == (0, b"")
        assert read(done.stdout.decode("utf-8")), option
        assert "µs".encode() in done.stdout or option == ["--json"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["first"], "1 run: expected 2 to 26: primebench compare "),
        (["first", "first/summary.json"], "first: named twice; expected different runs: "),
        (["first", "nowhere"], "nowhere: not a run: expected a folder with run.json or summary.json, or the ID of a run"),
        (["first", "second", "--baseline", "x"], "--baseline x: not in both first and second; expected of: cpp, fiber, actix"),
        (["first", "second", "--json", "--format", "csv"], "--json prints the data that tables are made from"),
    ],
)
def test_error_is_one_line(place: Path, arguments: list[str], line: str) -> None:
    done = primebench(place, "compare", *arguments)
    assert done.returncode == 2
    (only,) = done.stderr.decode().splitlines()
    assert only.startswith(f"primebench: {line}")
    assert done.stdout == b""


def test_a_run_is_found_by_folder_by_file_in_the_checkout_and_by_its_id(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    checkout = place / "checkout"
    shutil.copytree(place / "first", checkout / "results" / "reference")
    shutil.copytree(place / "second", checkout / "results" / "runs" / "ID")
    places = (Path(), checkout, checkout / "results" / "runs")
    for wanted in (Path("first"), place / "first" / "summary.json", Path("results/reference")):
        assert read_compared(wanted, places, place, scale_of).run_id == "first"
    assert read_compared(Path("ID"), places, place, scale_of).run_id == "second"


def test_a_summary_of_another_schema_is_refused_with_what_to_do(place: Path) -> None:
    path = place / "first" / "summary.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 3}))
    with pytest.raises(Error, match=r"schema_version: .* \(got 3\); without its records it cannot be made again") as caught:
        read_compared(path.parent, [Path()], place, scale_of)
    assert "\n" not in str(caught.value)


def test_runs_of_several_machines_start_with_what_differs(place: Path) -> None:
    done = primebench(place, "compare", "first", "elsewhere", "--format", "markdown")
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert text.index("| kernel | test | another |") < text.index("each run's own ratios")
    assert "what changed" not in text
