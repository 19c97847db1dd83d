"""A run's raw data made small enough to keep: every trial's record, and its latencies in bins of 1%."""

import gzip
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.stats.arrays import Floats
from analysis.trial.rows import read_rows
from loadgen.record.folder import RunFolder
from loadgen.record.trial import LoadTrial

BIN = 0.01
"""Width of a bin as a share of the latency: a quantile read off the bins is within half of it."""
TRIALS = "trials.jsonl.gz"
LATENCIES = "latencies.parquet"


def keep_trimmed(run_folder: Path, target: Path) -> None:
    """Write run.json, trials.jsonl.gz and latencies.parquet into `target`; the same run gives the same files.

    latencies.parquet has a row for each bin of each finished load trial: `trial` (its index), `latency_ms` (the bin's geometric
    middle) and `requests` (how many right answers in the window took so long). Raises Error for a damaged run, OSError.
    """
    source = RunFolder(run_folder)
    source.read_run()
    (target / "run.json").write_bytes(source.run_file.read_bytes())
    (target / TRIALS).write_bytes(gzip.compress(source.trials_file.read_bytes(), mtime=0))
    columns: list[tuple[int, int, int]] = []
    for trial in source.read_trials():
        if not isinstance(trial, LoadTrial) or trial.failure is not None or trial.beside:
            continue
        if trial.load is not None and trial.window_to_s is not None:
            latencies = read_rows(run_folder, trial).latencies_ms(trial.window_from_s or 0.0, trial.window_to_s)
            bins, counts = np.unique(np.floor(np.log(latencies) / BIN).astype(np.int64), return_counts=True)
            columns += [(trial.index, int(bin_number), int(count)) for bin_number, count in zip(bins, counts, strict=True)]
    bins_of = np.array(columns, dtype=np.int64).reshape(-1, 3)
    table = pa.table(
        {
            "trial": pa.array(bins_of[:, 0], pa.int32()),
            "latency_ms": pa.array(np.exp((bins_of[:, 1] + 0.5) * BIN), pa.float64()),
            "requests": pa.array(bins_of[:, 2], pa.int64()),
        }
    )
    with (target / LATENCIES).open("wb") as file:  # a path would have to be UTF-8
        pq.write_table(table, file, compression="zstd", compression_level=19)


def is_trimmed(folder: Path) -> bool:
    """Whether the folder has a summary, and latencies in bins in place of raw rows."""
    return (folder / LATENCIES).is_file() and not (folder / "raw").is_dir() and (folder / "summary.json").is_file()


def quantile_of_bins(latency_ms: Floats, requests: npt.NDArray[np.int64], level: float) -> float:
    """A quantile from bins in any order; within half a bin of that of the rows."""
    order = np.argsort(latency_ms)
    upto = np.cumsum(requests[order])
    return float(latency_ms[order][np.searchsorted(upto, level * (upto[-1] - 1), side="right")])
