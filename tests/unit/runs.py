"""Whole made-up runs for the tests of what is made from several: summaries of trials with known levels, drift and noise."""

from collections.abc import Mapping

import numpy as np

from analysis.checks.affected import with_doubts
from analysis.model import metric as m
from analysis.model.figure_of import figure_of
from analysis.model.summary import BuildResult, Summary
from analysis.pipeline.compared import Analysed
from analysis.pipeline.workload import build_workload
from analysis.verdicts.verdicts import decided
from loadgen.record.contender import ContenderRecord
from loadgen.record.workload import Rate, WorkloadRecord
from tests.unit.asked import asks
from tests.unit.comparisons import SUMMARY
from tests.unit.records import MACHINE, RUN, TRIAL, contender

LEVELS = {"cpp": 100.0, "fiber": 110.0, "actix": 105.0}
NOISE = 0.002
ROUND_NOISE = 0.01


def _contender(label: str) -> ContenderRecord:
    return contender(label, twin_of="cpp" if label == "cpp:aa" else None).replace(title=f"the {label}")


def run(
    run_id: str,
    *,
    hour: int = 10,
    machine: Mapping[str, object] | None = None,
    levels: Mapping[str, float] = LEVELS,
    drift: float = 1.0,
    rounds: int = 10,
    n: int = 100,
    rate: Rate | None = None,
    twin: bool = False,
    workload: str = "w",
    binary_bytes: float = 1_000_000.0,
) -> Summary:
    """A run of one workload in which every metric of a contender is its level times the machine's drift, within noise.

    The noise of a round is shared by its contenders; that of a trial is a fifth of it. Both are drawn from the run's ID.
    """
    source = np.random.default_rng(list(run_id.encode()))
    shared = drift * np.exp(ROUND_NOISE * source.standard_normal(rounds))
    every = {**levels, **({"cpp:aa": levels["cpp"]} if twin else {})}
    records = [_contender(label) for label in every]
    trials = {}
    for label, level in every.items():
        values = level * shared * np.exp(NOISE * source.standard_normal((len(m.COMPARED), rounds)))
        trials[workload, label] = [
            Analysed(
                TRIAL.replace(contender=label, round=number, workload=workload),
                {metric.name: float(of[number]) for metric, of in zip(m.COMPARED, values, strict=True)},
                values[1],
                [],
            )
            for number in range(rounds)
        ]
    load = WorkloadRecord(title="made up", **asks(n), connections=10, warm_up_s=1.0, load_s=10.0, rate=rate)
    record = RUN.replace(workloads={workload: load})
    (found,) = decided([build_workload(record, workload, records, trials, {})])
    return SUMMARY.replace(
        run_id=run_id,
        profile="test",
        started=f"2026-10-01T{hour:02}:00:00+00:00",
        rounds=rounds,
        machine=MACHINE.replace(**machine or {}),
        workloads=[with_doubts(found)],
        builds=[
            BuildResult(label=label, title=label, figures={m.BINARY_SIZE.name: figure_of([size])})
            for label, size in {"cpp": binary_bytes, "fiber": 5_000_000.0}.items()
        ],
    )
