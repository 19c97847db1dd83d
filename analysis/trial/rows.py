"""The raw rows of a trial, and the part of them that counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.stats.arrays import Floats
from analysis.trial.parquet import read_parquet
from loadgen.record.trial import Load, LoadTrial


@dataclass(frozen=True)
class Rows:
    """Every answered request of a trial: arrays of shape (requests,); times in seconds from the generator's start.

    `start_s` is when the request was sent; in an open loop when it was due, so that its wait for a connection counts. `kind` is
    its place among the names of `right_by_kind`, which has the right statuses of each; of one kind alone both are empty. Of
    several generators `generator` is its place among those of the trial's record.
    """

    start_s: Floats
    end_s: Floats
    status: npt.NDArray[np.int16]
    body_bytes: npt.NDArray[np.int32]
    right_statuses: tuple[int, ...] = (200,)
    kind: npt.NDArray[np.int8] | None = None
    right_by_kind: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    generator: npt.NDArray[np.int32] | None = None

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which of them were answered with a status of a right response: shape (requests,)."""
        if self.kind is None or not self.right_by_kind:
            return np.isin(self.status, self.right_statuses)
        right = np.zeros(self.status.shape, dtype=np.bool_)
        for number, statuses in enumerate(self.right_by_kind.values()):
            right |= (self.kind == number) & np.isin(self.status, statuses)
        return right

    def of_kind(self, name: str) -> "Rows":
        """The rows of one kind of request alone."""
        assert self.kind is not None
        chosen = self.kind == list(self.right_by_kind).index(name)
        right = self.right_by_kind[name]
        return Rows(self.start_s[chosen], self.end_s[chosen], self.status[chosen], self.body_bytes[chosen], right)

    def of_generator(self, number: int) -> "Rows":
        """The rows of one of several generators alone."""
        assert self.generator is not None
        chosen = self.generator == number
        kind = None if self.kind is None else self.kind[chosen]
        return Rows(
            *(self.start_s[chosen], self.end_s[chosen], self.status[chosen], self.body_bytes[chosen]),
            right_statuses=self.right_statuses,
            kind=kind,
            right_by_kind=self.right_by_kind,
        )

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
    table = read_parquet(path, f"trial {trial.index} has no raw rows")
    start = "intended_s" if "intended_s" in table.column_names else "start_s"
    starts, ends, status, body_bytes = (table[name].to_numpy() for name in (start, "end_s", "status", "body_bytes"))
    kind = table["kind"].to_numpy() if "kind" in table.column_names and trial.load.kinds else None
    right_by_kind = {name: tuple(kind.right_statuses) for name, kind in trial.load.kinds.items()}
    right = tuple(trial.load.right_statuses)
    return Rows(starts, ends, status, body_bytes, right, kind, right_by_kind, _generators(table, trial.load))


def _generators(table: pa.Table, load: Load) -> npt.NDArray[np.int32] | None:
    """The place of each row's generator among the records of several; None of one."""
    if not load.generators or "generator" not in table.column_names:
        return None
    labels = pa.array([generator.label for generator in load.generators])
    positions: npt.NDArray[np.int32] = pc.index_in(table["generator"].cast(pa.string()), value_set=labels).to_numpy()
    return positions
