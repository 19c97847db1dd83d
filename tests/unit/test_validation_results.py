"""The committed validation study: its table is made of its data, the docs show it, and what must hold holds."""

import json
from pathlib import Path

import pytest

from loadgen.config.regress import RegressConfig
from tests.validation.recording import read_recording
from tests.validation.simulate import Simulated
from tests.validation.study import PLACE, PROPERTIES, RECORDINGS, cells_of, properties_table, report

ROOT = Path(__file__).parents[2]
CELLS = {(cell.name, cell.neighbour): cell for cell in cells_of(PLACE)}


def test_the_table_is_made_of_the_data() -> None:
    assert (PLACE / "table.md").read_text(encoding="utf-8") == report(PLACE)


def test_the_documentation_shows_what_was_found() -> None:
    page = ROOT / "docs" / "explanation" / "regression-check.md"
    assert properties_table(list(CELLS.values())) in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("neighbour", [False, True])
def test_nothing_that_has_no_change_was_called_a_regression(neighbour: bool) -> None:
    for _, target, name, kind in PROPERTIES:
        if target == "0":
            cell = CELLS[name, neighbour]
            assert (kind, cell.outcomes["regression"], cell.replays >= 500) == ("regression", 0, True)


@pytest.mark.parametrize("name", RECORDINGS)
def test_the_recordings_can_be_read_and_are_what_they_are_called(name: str) -> None:
    recording = read_recording(PLACE / f"{name}.jsonl")
    assert recording.about.neighbour == (name == "noisy")
    assert all(recording.of(workload, "again") for workload in {pair.workload for pair in recording.pairs})


def test_a_machine_that_drifts_errs_no_more_than_it_may() -> None:
    errors = json.loads((PLACE / "simulated.json").read_text(encoding="utf-8"))["errors"]
    cells = [Simulated.model_validate(error) for error in errors]
    apart = [cell for cell in cells if cell.shape.startswith("drifting_")]
    assert {simulated.family for simulated in apart} == {1, 18}
    assert all(simulated.regression <= RegressConfig().family_error for simulated in apart if simulated.truth <= 0.005)
