"""A whole made-up run on the disk: records and rows, from which everything else can be made without measuring."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from loadgen.record.folder import RunFolder
from loadgen.record.trial import Load
from tests.unit.records import CONTENDER, RUN, TRIAL

ROUNDS, REQUESTS = 6, 1200
RUN_S = 11.0


def write_run_folder(path: Path, run_id: str, titles: dict[str, str]) -> None:
    """Six rounds of one workload; a label's latency is its place, in ms, within noise that is drawn from the run's ID."""
    folder = RunFolder(path)
    folder.create()
    records = [CONTENDER.replace(label=label, title=title) for label, title in titles.items()]
    load_asked = {"w": RUN.workloads["w"].replace(title="made up")}
    run = {"run_id": run_id, "rounds": ROUNDS, "contenders": records, "workloads": load_asked}
    folder.write_run(RUN.model_copy(update=run))
    source = np.random.default_rng(list(run_id.encode()))
    for number in range(ROUNDS):
        for position, label in enumerate(titles):
            index = number * len(titles) + position
            rows_file = f"raw/{index:05d}.parquet"
            latency_s = (position + 1) * 1e-3 * np.exp(0.01 * source.standard_normal(REQUESTS))
            start_s = np.linspace(0, RUN_S, REQUESTS)
            columns = {
                "start_s": start_s,
                "end_s": start_s + latency_s,
                "status": np.full(REQUESTS, 200, np.int16),
                "body_bytes": np.full(REQUESTS, 50, np.int32),
            }
            pq.write_table(pa.table(columns), path / rows_file)
            load = Load(wall_s=RUN_S, statuses={"200": REQUESTS}, errors={}, rows_file=rows_file, rows=REQUESTS)
            place = {"index": index, "round": number, "position": position, "contender": label, "load": load}
            folder.append_trial(TRIAL.model_copy(update=place))
