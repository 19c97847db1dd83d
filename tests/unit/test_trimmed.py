"""What results/reference keeps of a run's raw data: small, and enough to check the summary by."""

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.trial.trimmed import BIN, LATENCIES, TRIALS, keep_trimmed, quantile_of_bins
from loadgen.record.folder import RunFolder
from loadgen.record.trial import Load
from tests.unit.records import RUN, TRIAL


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = RunFolder(tmp_path / "run")
    folder.create()
    folder.write_run(RUN)
    latencies_s = np.random.default_rng(5).lognormal(-6, 1, size=20_000)
    start_s = np.linspace(0.0, 11.5, latencies_s.size)
    rows = {
        "start_s": start_s,
        "end_s": start_s + latencies_s,
        "status": np.full(latencies_s.size, 200, dtype=np.int16),
        "body_bytes": np.full(latencies_s.size, 40, dtype=np.int32),
    }
    pq.write_table(pa.table(rows), folder.raw / "00003.parquet")
    load = Load(wall_s=11.0, statuses={"200": 20_000}, errors={}, rows_file="raw/00003.parquet", rows=20_000)
    folder.append_trial(TRIAL.replace(load=load))
    folder.append_trial(TRIAL.replace(index=4, failure="did not start", load=None))
    return folder.path


def test_every_request_of_the_window_is_in_a_bin(run: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept"
    target.mkdir()
    keep_trimmed(run, target)
    bins = pq.read_table(target / LATENCIES)
    rows = pq.read_table(run / "raw" / "00003.parquet")
    start_s = rows["start_s"].to_numpy()
    inside = (start_s >= 1.0) & (start_s < 11.0)
    assert sum(bins["requests"].to_pylist()) == np.count_nonzero(inside)
    assert set(bins["trial"].to_pylist()) == {3}
    latencies_ms = (rows["end_s"].to_numpy() - start_s)[inside] * 1e3
    for level in (0.5, 0.9, 0.99, 0.999):
        found = quantile_of_bins(bins["latency_ms"].to_numpy(), bins["requests"].to_numpy(), level)
        assert found == pytest.approx(np.quantile(latencies_ms, level, method="lower"), rel=0.51 * BIN)


def test_records_are_kept_whole_and_the_same_run_gives_the_same_files(run: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for target in (first, second):
        target.mkdir()
        keep_trimmed(run, target)
    assert gzip.decompress((first / TRIALS).read_bytes()) == (run / "trials.jsonl").read_bytes()
    for name in ("run.json", TRIALS, LATENCIES):
        assert (first / name).read_bytes() == (second / name).read_bytes()
