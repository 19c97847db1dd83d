"""The raw rows of a trial, and the part of them that counts."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.stats.arrays import Floats
from loadgen.errors import Error
from loadgen.record.trial import LoadTrial


@dataclass(frozen=True)
class Rows:
    """Every answered request of a trial: four arrays of shape (requests,); times in seconds from the generator's start.

    `start_s` is when the request was sent; in an open loop when it was due, so that its wait for a connection counts.
    """

    start_s: Floats
    end_s: Floats
    status: npt.NDArray[np.int16]
    body_bytes: npt.NDArray[np.int32]
    right_statuses: tuple[int, ...] = (200,)

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which of them were answered with a status of a right response: shape (requests,)."""
        return np.isin(self.status, self.right_statuses)

    def latencies_ms(self, from_s: float, to_s: float) -> Floats:
        """Latencies of the requests sent in [from_s, to_s) and answered rightly, in milliseconds.

        Chosen by when they were sent (or due): the generator waits for all answers, so no slow one is missing.
        """
        chosen = (self.start_s >= from_s) & (self.start_s < to_s) & self.right
        latencies: Floats = (self.end_s[chosen] - self.start_s[chosen]) * 1e3
        return latencies

    def answered(self, from_s: float, to_s: float) -> int:
        """How many requests were answered rightly in [from_s, to_s)."""
        return int(np.count_nonzero((self.end_s >= from_s) & (self.end_s < to_s) & self.right))


def read_rows(run_folder: Path, trial: LoadTrial) -> Rows:
    """Read a finished trial's rows; raise Error if the file is missing or damaged."""
    assert trial.load is not None
    path = run_folder / trial.load.rows_file
    try:
        with path.open("rb") as file:  # of a path pyarrow would make a URI, a folder of many files or text in UTF-8
            table = pq.read_table(file)
    except (OSError, pa.ArrowInvalid) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise Error(f"{path}: cannot be read: {reason}; trial {trial.index} has no raw rows") from error
    start = "intended_s" if "intended_s" in table.column_names else "start_s"
    starts, ends, status, body_bytes = (table[name].to_numpy() for name in (start, "end_s", "status", "body_bytes"))
    return Rows(starts, ends, status, body_bytes, tuple(trial.load.right_statuses))
