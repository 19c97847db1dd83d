"""A run's folder that nobody measured: records and raw rows as a run leaves them, of contenders with any titles.

What it says of speed is made up, from a fixed seed; it is there to be rendered.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from loadgen.record.contender import BuildRecord, ContenderRecord
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.record.trial import Answers, LoadTrial, Sample
from loadgen.record.workload import Rate, WorkloadRecord
from loadgen.system.memory_reading import MemoryReading
from tests.unit.asked import asks
from tests.unit.records import RUN, TRIAL, contender

PLAIN_TITLES = ("C++ · one", "Go · two", "Rust · three")
ROUNDS = 10
CONNECTIONS = 100
REQUESTS = 2000
WARM_UP_S = 0.5
LOAD_S = 6.0
SHARE = 0.7
WORKLOADS = {
    "article": WorkloadRecord(
        title="the article's request", **asks(10_000), connections=CONNECTIONS, warm_up_s=WARM_UP_S, load_s=LOAD_S
    ),
    "open70": WorkloadRecord(
        title="a fixed rate",
        **asks(10_000),
        connections=CONNECTIONS,
        warm_up_s=WARM_UP_S,
        load_s=LOAD_S,
        rate=Rate(share=SHARE, of="article"),
    ),
}


def make_run(folder: Path, titles: Sequence[str] = PLAIN_TITLES, reason: str = "cargo not found") -> Path:
    """Write a finished run of one contender a title, a twin of the first and one that was not measured; the folder.

    `reason` is why it was not measured, and what the first contender deviates by. The folder must not be there yet.
    """
    run = _run(titles, reason)
    place = RunFolder(folder)
    place.create()
    place.write_run(run)
    random = np.random.default_rng(1)
    measured = [contender for contender in run.contenders if contender.not_measured is None]
    slowness = {contender.label: 1.0 + 0.1 * number for number, contender in enumerate(measured)}
    slowness |= {contender.label: slowness[contender.twin_of] for contender in measured if contender.twin_of}
    order = [(number, workload, label) for number in range(run.rounds) for workload in WORKLOADS for label in slowness]
    for index, (number, workload, label) in enumerate(order):
        rows = _rows(random, slowness[label], WORKLOADS[workload].rate)
        rows_file = f"raw/{index:05d}.parquet"
        pq.write_table(rows, folder / rows_file)
        place.append_trial(_trial(index, number, workload, label, rows, rows_file))
    return folder


def _run(titles: Sequence[str], reason: str) -> RunRecord:
    services = [_contender(f"s{number}", title) for number, title in enumerate(titles)]
    first = services[0].replace(deviations={"chunked-size": reason})
    twin = first.replace(label=f"{first.label}:aa", title=f"{first.title}, A/A", control=True, twin_of=first.label)
    absent = _contender("absent", titles[-1]).replace(build=None, not_measured=reason)
    return RUN.replace(
        run_id="20260101T000000Z-made-0000000",
        profile="made",
        rounds=ROUNDS,
        started="2026-01-01T00:00:00+00:00",
        ended="2026-01-01T00:10:00+00:00",
        commit="0" * 40,
        dirty=False,
        load_command=["oha"],
        workloads=WORKLOADS,
        contenders=[first, *services[1:], twin, absent],
    )


def _contender(label: str, title: str) -> ContenderRecord:
    build = BuildRecord(
        service=label,
        key=label,
        built_at="2026-01-01T00:00:00+00:00",
        tools={"cc": "cc 1"},
        clean_build_s=10.0,
        incremental_build_s=[1.0, 1.1, 1.2],
        binary_bytes=2_000_000,
    )
    return contender(label).replace(title=title, language="none", build=build, start_command=[label, "--port", "0"])


def _rows(random: np.random.Generator, slowness: float, rate: Rate | None) -> pa.Table:
    """Requests spread evenly over warm-up and load, each answered after some ms; of an open loop with when they were due.

    A closed loop has the fewer of them, the slower the contender is, by some per mille more or less in every trial.
    """
    requests = REQUESTS if rate else round(REQUESTS / slowness * random.normal(1.0, 0.003))
    due_s = np.arange(requests) * (WARM_UP_S + LOAD_S) / requests
    latency_s = random.gamma(20.0, 0.001 * slowness, requests)
    columns = {
        "start_s": due_s,
        "end_s": due_s + latency_s,
        "status": np.full(requests, 200, dtype=np.int16),
        "body_bytes": np.full(requests, 53, dtype=np.int32),
    }
    return pa.table(columns if rate is None else columns | {"intended_s": due_s})


def _trial(index: int, number: int, workload: str, label: str, rows: pa.Table, rows_file: str) -> LoadTrial:
    end_s = WARM_UP_S + LOAD_S
    rss = MemoryReading(rss_bytes=4_000_000, pss_bytes=4_000_000, anonymous_bytes=2_000_000, peak_rss_bytes=4_500_000)
    open_loop = WORKLOADS[workload].rate is not None
    busy = SHARE if open_loop else 1.0
    assert TRIAL.load is not None
    assert TRIAL.cpu is not None
    return TRIAL.replace(
        index=index,
        round=number,
        position=index,
        contender=label,
        workload=workload,
        started="2026-01-01T00:00:00+00:00",
        rate_per_s=round(REQUESTS / end_s) if open_loop else None,
        window_from_s=WARM_UP_S,
        window_to_s=end_s,
        load=TRIAL.load.replace(
            wall_s=end_s, statuses={"200": len(rows)}, rows_file=rows_file, rows=len(rows), closed_by_server=0
        ),
        answers=Answers(checked=20, wrong=[], under_load=20),
        cpu=TRIAL.cpu.replace(
            from_s=WARM_UP_S,
            to_s=end_s,
            server_cpu_s=busy * LOAD_S,
            server_user_s=0.9 * busy * LOAD_S,
            server_system_s=0.1 * busy * LOAD_S,
            generator_cpu_s=0.1 * LOAD_S,
            witnessed=20,
            harness_cpu_s=0.01,
        ),
        idle=rss,
        loaded=rss,
        after=rss,
        samples=[
            Sample(at_s=at_s, server_cpu_s=busy * at_s, generator_cpu_s=0.1 * at_s, server_rss_bytes=rss.rss_bytes)
            for at_s in np.linspace(0.0, end_s, 20).tolist()
        ],
        exit_code=0,
        overhead_s=0.5,
        outside_s=0.5,
    )
