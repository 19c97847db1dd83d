"""Records with numbers that are none: what is made of them is not measured, and nothing crashes after a run was measured."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.model.summary import Summary
from analysis.pipeline.render import every_table
from analysis.pipeline.summarise import summarise
from tests.unit.asked import scale_of
from tests.unit.records import TRIAL
from tests.unit.run_folder import write_run_folder

Keys = tuple[str, ...]


def floats(value: Any, keys: Keys = ()) -> Iterator[Keys]:
    """Where the numbers with a point are in a trial."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from floats(part, (*keys, key))
    elif isinstance(value, float):
        yield keys


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    write_run_folder(folder, "x", {"cpp": "C++", "fiber": "Go"})
    return folder


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 0.0])
@pytest.mark.parametrize("keys", list(floats(TRIAL.model_dump())), ids=".".join)
def test_a_run_with_such_a_number_in_its_records_is_analysed(run: Path, keys: Keys, number: float) -> None:
    lines = [json.loads(line) for line in (run / "trials.jsonl").read_text().splitlines()]
    before = (run / "trials.jsonl").read_text()
    place = lines[0]
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = number
    (run / "trials.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    try:
        summary = summarise(run, [], scale_of)
    finally:
        (run / "trials.jsonl").write_text(before)
    assert every_table(summary)
    text = summary.model_dump_json()
    assert Summary.model_validate_json(text).run_id == summary.run_id
    assert not {"NaN", "Infinity"} & set(text.replace(":", ",").split(","))
