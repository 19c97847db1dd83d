"""Rows of a load: one for each response, whichever generator wrote it.

Columns are start_s and end_s (float64, seconds from the generator's start), status (int16), body_bytes (int32); of an open loop
also intended_s: when the request was due, earlier than its start if it had to wait for a connection; of a generator that tells
kinds of request apart also kind (int8): its place among the kinds that were asked.
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


def answered_between(rows: pa.Table, from_s: float, to_s: float, right: Sequence[Sequence[int]]) -> list[int]:
    """Return how many rows of each kind have one of its right statuses and ended in [from_s, to_s).

    `right` are the statuses by kind; rows without kinds are of the first one.
    """
    ends, statuses = rows["end_s"].to_numpy(), rows["status"].to_numpy()
    kinds = rows["kind"].to_numpy() if "kind" in rows.column_names else np.zeros(len(ends), dtype=np.int8)
    within = (ends >= from_s) & (ends < to_s)
    return [
        int(np.count_nonzero(within & (kinds == number) & np.isin(statuses, right_ones)))
        for number, right_ones in enumerate(right)
    ]


def count_statuses(rows: pa.Table) -> dict[str, int]:
    """Return how many rows have each status."""
    values, counts = np.unique(rows["status"].to_numpy(), return_counts=True)
    return {str(value): int(count) for value, count in zip(values, counts, strict=True)}
