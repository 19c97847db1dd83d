"""`primebench field`: a field whose runs are all there is shown without measuring; what cannot be is said in a line."""

import json
from pathlib import Path

from click.testing import CliRunner

from loadgen.errors import Error
from primebench.cli import cli
from tests.unit.fields import TASKS, make_field

STARTED = "20260101T000000Z"


def field_of(results: Path) -> Path:
    folder = make_field(results, services=3)
    asked = {"schema": 1, "profile": "field", "services": [], "seed": 7, "started": STARTED}
    (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    return folder


def test_a_field_whose_runs_are_finished_is_shown_and_measured_no_further(tmp_path: Path) -> None:
    folder = field_of(tmp_path)
    before = (folder / "field.json").read_bytes()
    done = CliRunner().invoke(cli, ["field", "--resume", folder.name, "--results", str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 0
    assert f"--resume {folder.name} goes on with it" in done.output.replace("\n", " ")
    assert all(f"{task}: " in done.output for task in TASKS)
    assert "building" not in done.output
    assert (folder / "field.json").read_bytes() == before
    assert (folder / "field.md").is_file()
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == sorted(f"{STARTED}-field-{task}" for task in TASKS)


def test_a_field_that_is_resumed_keeps_to_what_was_asked_for(tmp_path: Path) -> None:
    for option, value in (("--service", "cpp"), ("--profile", "smoke")):
        given = ["field", "--resume", "20260101T000000Z-field", "--results", str(tmp_path), option, value]
        done = CliRunner().invoke(cli, given)
        assert isinstance(done.exception, Error)
        assert str(done.exception) == f"--resume goes on with what the field was asked for: leave out {option}"
