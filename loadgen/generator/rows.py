"""Rows of a load: one for each response, whichever generator wrote it.

Columns are start_s and end_s (float64, seconds from the generator's start), status (int16), body_bytes (int32); of an open loop
also intended_s: when the request was due, earlier than its start if it had to wait for a connection.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def write_rows(rows: pa.Table, path: Path) -> None:
    """Keep the rows as Parquet, on the disk before the trial's record is; raises OSError if they do not fit."""
    with path.open("wb") as file:
        pq.write_table(rows, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def answered_between(rows: pa.Table, from_s: float, to_s: float, right_statuses: Sequence[int]) -> int:
    """Return how many rows have one of the statuses and ended in [from_s, to_s)."""
    ends, statuses = rows["end_s"].to_numpy(), rows["status"].to_numpy()
    return int(np.count_nonzero((ends >= from_s) & (ends < to_s) & np.isin(statuses, right_statuses)))


def count_statuses(rows: pa.Table) -> dict[str, int]:
    """Return how many rows have each status."""
    values, counts = np.unique(rows["status"].to_numpy(), return_counts=True)
    return {str(value): int(count) for value, count in zip(values, counts, strict=True)}
