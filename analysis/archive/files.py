"""A run's trials and raw rows as two Parquet files, and back: nothing that the analysis reads is lost on the way."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from analysis.archive.place import LATENCIES, RUN, TRIALS
from analysis.trial.parquet import read_parquet
from loadgen.errors import Error
from loadgen.record.folder import RunFolder
from loadgen.record.migrate import migrate_trial
from loadgen.record.trial import TRIAL, LoadTrial, Trial
from loadgen.strict import explain

ROWS_FILE = re.compile(r"raw/\d+\.parquet")
PLACE = {"index": pa.int32(), "round": pa.int32(), "position": pa.int32()} | dict.fromkeys(
    ("kind", "contender", "workload", "started", "failure"), pa.string()
)
"""Columns of trials.parquet for queries, beside `run_id`, `beside` and the whole `record`."""
ALWAYS = ("start_s", "end_s", "status", "body_bytes")
"""The columns that raw rows of every generator have."""


def has_rows(trial: Trial) -> bool:
    """Return whether the analysis reads raw rows of this trial."""
    return isinstance(trial, LoadTrial) and trial.failure is None


def trials_table(run_id: str, trials: Sequence[Trial]) -> pa.Table:
    """Return a row a trial: its place, and its whole record as JSON."""
    columns = {name: pa.array([getattr(trial, name) for trial in trials], kind) for name, kind in PLACE.items()}
    return pa.table(
        {
            "run_id": pa.array([run_id] * len(trials), pa.string()),
            **columns,
            "beside": pa.array([trial.beside for trial in trials], pa.list_(pa.string())),
            "record": pa.array([json.dumps(trial.model_dump()) for trial in trials], pa.string()),
        }
    )


def rows_table(run_folder: Path, run_id: str, trials: Sequence[Trial]) -> pa.Table:
    """Return every raw row of a run with its run and trial; raise Error if a file of rows is missing or damaged."""
    parts = [_rows(run_folder, run_id, trial) for trial in trials if isinstance(trial, LoadTrial) and has_rows(trial)]
    none = pa.schema([("run_id", pa.string()), ("trial", pa.int32())]).empty_table()
    return pa.concat_tables(parts, promote_options="permissive") if parts else none


def _rows(run_folder: Path, run_id: str, trial: LoadTrial) -> pa.Table:
    path = run_folder / _rows_file(trial)
    rows = read_parquet(path, "only a run with all of its raw rows can be archived")
    if missing := [name for name in ALWAYS if name not in rows.column_names]:
        raise Error(f"{path}: no column {', '.join(missing)}; expected the raw rows of a trial")
    names = pa.array([run_id]).cast(pa.string()).dictionary_encode().take(pa.array([0] * rows.num_rows, pa.int32()))
    placed = {"run_id": names, "trial": pa.array([trial.index] * rows.num_rows, pa.int32())}
    return pa.table({**placed, **{name: rows[name] for name in rows.column_names}})


def _rows_file(trial: LoadTrial) -> str:
    """Return where the trial's rows are below its run; raise Error for a place elsewhere: records come from other people."""
    name = trial.load.rows_file if trial.load is not None else ""
    if not ROWS_FILE.fullmatch(name):
        raise Error(f"trial {trial.index}: rows in '{name}'; expected raw/NUMBER.parquet")
    return name


def read_trials(path: Path) -> list[Trial]:
    """Read an archived run's trials.parquet; raise Error if it is none."""
    table = read_parquet(path)
    if "record" not in table.column_names:
        raise Error(f"{path}: no column record; expected the trials of a run")
    try:
        return [TRIAL.validate_python(migrate_trial(json.loads(text))) for text in table["record"].to_pylist()]
    except ValidationError as error:
        raise Error(f"{path}: {explain(error)}") from error
    except (TypeError, ValueError) as error:
        raise Error(f"{path}: a record is not JSON: {error}") from error


def unpack(folder: Path, target: Path) -> None:
    """Write an archived run into `target` as it was measured: run.json, trials.jsonl, raw/. Raises Error for a damaged one."""
    trials, rows = read_trials(folder / TRIALS), read_parquet(folder / LATENCIES)
    if missing := [name for name in ("run_id", "trial") if name not in rows.column_names]:
        raise Error(f"{folder / LATENCIES}: no column {', '.join(missing)}; expected the raw rows of a run")
    run = RunFolder(target)
    run.create()
    run.run_file.write_bytes((folder / RUN).read_bytes())
    of_trial = rows["trial"].to_numpy()
    if np.any(np.diff(of_trial) < 0):
        raise Error(f"{folder / LATENCIES}: rows are not in the order of trials; expected those of one trial together")
    for trial in trials:
        run.append_trial(trial)
        if isinstance(trial, LoadTrial) and has_rows(trial):
            first, end = (int(np.searchsorted(of_trial, trial.index, side)) for side in ("left", "right"))
            own = rows.slice(first, end - first).drop_columns(["run_id", "trial"])
            kept = [name for name in own.column_names if name in ALWAYS or own[name].null_count < own.num_rows]
            with (target / _rows_file(trial)).open("wb") as file:
                pq.write_table(own.select(kept), file)
