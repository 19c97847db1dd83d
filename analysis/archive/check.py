"""Whether archived runs say what their records give: each is analysed again, and every figure compared."""

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.archive.files import read_trials, trials_table, unpack
from analysis.archive.place import SUMMARY, TRIALS, folders_of, record_of
from analysis.model.summary import read_summary
from analysis.pipeline.summarise import ScaleOf, summarise
from analysis.trial.parquet import read_parquet
from loadgen.errors import Error

ROUNDING = 1e-9
"""Relative: libraries of other processors add up in another order."""
SHOWN = 3
"""Of more differences than that, the rest is counted."""


def check(archive: Path, scale_of: ScaleOf) -> Iterator[tuple[Path, list[str]]]:
    """Yield each run's folder with what is wrong with it, a line each: none if every figure comes out again.

    Raise Error if there is no run in the archive.
    """
    for folder in folders_of(archive):
        try:
            yield folder, _faults(archive, folder, scale_of)
        except Error as error:
            yield folder, [str(error)]


def _faults(archive: Path, folder: Path, scale_of: ScaleOf) -> list[str]:
    run = record_of(archive, folder)
    trials = read_trials(folder / TRIALS)
    if not read_parquet(folder / TRIALS).drop_columns("record").equals(trials_table(run.run_id, trials).drop_columns("record")):
        return [f"{folder / TRIALS}: its columns differ from its records"]
    kept = read_summary(folder / SUMMARY)
    with tempfile.TemporaryDirectory() as scratch:
        unpack(folder, Path(scratch) / "run")
        again = summarise(Path(scratch) / "run", [], scale_of)
    lines = list(_differences(kept.model_dump(mode="json"), again.model_dump(mode="json"), ""))
    more = [f"{folder / SUMMARY}: and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [*(f"{folder / SUMMARY}: {line}" for line in lines[:SHOWN]), *more]


def _differences(kept: Any, again: Any, path: str) -> Iterator[str]:
    """Yield a line for each value that is not the same in both."""
    if isinstance(kept, dict) and isinstance(again, dict):
        for key in {**kept, **again}:
            yield from _differences(kept.get(key), again.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(kept, list) and isinstance(again, list) and len(kept) == len(again):
        for number, (value, other) in enumerate(zip(kept, again, strict=True)):
            yield from _differences(value, other, f"{path}.{number}")
    elif not _same(kept, again):
        yield f"{path}: {kept!r}, and its records give {again!r}"


def _same(kept: Any, again: Any) -> bool:
    if isinstance(kept, float) and isinstance(again, float | int):
        return math.isclose(kept, again, rel_tol=ROUNDING)
    return bool(kept == again)
