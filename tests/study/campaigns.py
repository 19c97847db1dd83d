"""Whether the ratios of campaigns hold a known truth, and what it takes to analyse a large one.

    python -m tests.study.campaigns [--campaigns 2000] [--write]

A simulated campaign: machines of different speed, on each some rounds of a drift of their own, in each a trial of ten services.
Every service has a true ratio to the first one, the same on all machines or another on each: then the truth is the mean over
these machines. Intervals are the program's own, with the machine as a block.
The large campaign is written as records with raw rows, and analysed by the program as any run is, in a process of its own. With
--write the tables replace results/validation/campaign.md.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.checks.machines import disagreeing
from analysis.model import metric as m
from analysis.pipeline.compared import compared
from analysis.pipeline.render import page
from analysis.pipeline.summarise import summarise
from analysis.stats.arrays import Floats
from loadgen.record.folder import RunFolder
from loadgen.record.trial import Load
from loadgen.task.find import scale_of
from tests.unit.records import CONTENDER, MACHINE, RUN, TRIAL

TARGET = Path(__file__).resolve().parents[2] / "results" / "validation" / "campaign.md"
SERVICES, SPEED, DRIFT, NOISE = 10, 0.3, 0.1, 0.01
"""Standard deviations of logarithms: of machines' speeds, of rounds, of a trial."""
LARGE = (50, 20)
REQUESTS = 1_200


@dataclass(frozen=True)
class Design:
    """A campaign of `machines` with so many `rounds` on each; true ratios differ by `between` from machine to machine."""

    machines: int
    rounds: int
    errors: str
    between: float


DESIGNS = [
    Design(machines, rounds, errors, between)
    for machines, rounds in ((2, 3), (2, 10), (5, 6), LARGE)
    for errors in ("normal", "contaminated")
    for between in (0.0, 0.01)
]


def noise(source: np.random.Generator, errors: str, shape: tuple[int, ...]) -> Floats:
    """Errors of one side: normal, or contaminated, 8% of them five times as wide."""
    normal = source.standard_normal(shape)
    return normal if errors == "normal" else normal * np.where(source.random(shape) < 0.08, 5.0, 1.0)


def logs_of(source: np.random.Generator, design: Design) -> tuple[Floats, Floats]:
    """Logarithms of a value of each service in each round, shape (services, machines, rounds), and of the true ratios to the
    first service on each machine, shape (services - 1, machines).
    """
    shape = (SERVICES, design.machines, design.rounds)
    level = np.linspace(0.0, 0.5, SERVICES)[:, None]
    own = design.between * source.standard_normal((SERVICES, design.machines))
    own[0] = 0.0
    speed = SPEED * source.standard_normal((1, design.machines, 1))
    drift = DRIFT * source.standard_normal((1, design.machines, design.rounds))
    logs: Floats = (level + own)[:, :, None] + speed + drift + NOISE * noise(source, design.errors, shape)
    return logs, (level + own)[1:]


def campaign(source: np.random.Generator, design: Design) -> tuple[int, bool]:
    """Simulate one; return how many of its intervals hold the truth, and whether it says that machines disagree."""
    logs, truths = logs_of(source, design)
    names = [f"m{number}" for number in range(design.machines) for _ in range(design.rounds)]
    values = np.exp(logs).reshape(SERVICES, -1)
    found = [
        compared(m.CPU_PER_REQUEST, ("x", "first"), (of.tolist(), values[0].tolist()), None, is_twin=False, machines=names)
        for of in values[1:]
    ]
    held = 0
    for comparison, truth in zip(found, np.exp(truths.mean(axis=1)), strict=True):
        assert comparison.interval is not None
        held += comparison.interval.low <= truth <= comparison.interval.high
    return held, bool(disagreeing(found))


def campaigns(design: Design, count: int) -> tuple[float, float]:
    """Return the share of intervals that hold the truth, and of campaigns that say that machines disagree."""
    source = np.random.default_rng(20)
    found = [campaign(source, design) for _ in range(count)]
    return sum(held for held, _ in found) / count / (SERVICES - 1), sum(disagree for _, disagree in found) / count


def write_large(path: Path, machines: int, rounds: int) -> int:
    """Write the records and rows of a campaign of ten services and an A/A control; return the number of trials."""
    folder = RunFolder(path)
    folder.create()
    labels = [*(f"s{number}" for number in range(SERVICES)), "s0:aa"]
    records = [CONTENDER.replace(label=label, title=label) for label in labels[:-1]]
    records.append(CONTENDER.replace(label="s0:aa", title="s0:aa", twin_of="s0", control=True))
    fields = {"contenders": records, "rounds": machines * rounds}
    names = {f"m{number}": MACHINE.replace(fingerprint=f"m{number}") for number in range(machines)}
    folder.write_run(RUN.replace(**fields, machines=names))
    source = np.random.default_rng(20)
    levels = np.append(np.linspace(0.0, 0.5, SERVICES), 0.0)
    assert TRIAL.cpu is not None
    with folder.trials_file.open("w") as file:  # forcing each line to the disk would take longer than all else
        for index, (number, place) in enumerate(np.ndindex(machines * rounds, len(labels))):
            factor = float(np.exp(levels[place] + NOISE * source.standard_normal()))
            start_s = np.linspace(0, 11.0, REQUESTS)
            columns = {
                "start_s": start_s,
                "end_s": start_s + 1e-3 * factor * np.exp(0.1 * source.standard_normal(REQUESTS)),
                "status": np.full(REQUESTS, 200, np.int16),
                "body_bytes": np.full(REQUESTS, 50, np.int32),
            }
            rows_file = f"raw/{index:05d}.parquet"
            pq.write_table(pa.table(columns), path / rows_file)
            trial = TRIAL.replace(
                index=index,
                round=number,
                position=place,
                contender=labels[place],
                machine=f"m{number // rounds}",
                load=Load(wall_s=11.0, statuses={"200": REQUESTS}, errors={}, rows_file=rows_file, rows=REQUESTS),
                cpu=TRIAL.cpu.replace(server_cpu_s=5.0 * factor),
            )
            file.write(json.dumps(trial.model_dump()) + "\n")
    return machines * rounds * len(labels)


def analyse(path: Path) -> tuple[float, float, int]:
    """Analyse the run in this process; return seconds of CPU time, the most memory in GB, and the number of ratios."""
    began = time.process_time()
    summary = summarise(path, [], scale_of)
    page(summary)
    took_s = time.process_time() - began
    ratios = sum(len(workload.comparisons) + len(workload.over_controls) for workload in summary.workloads)
    return took_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, ratios


def large() -> str:
    """Return what the large campaign took, in a sentence."""
    with tempfile.TemporaryDirectory() as scratch, multiprocessing.get_context("spawn").Pool(1) as process:
        trials = write_large(Path(scratch) / "run", *LARGE)
        took_s, most_gb, ratios = process.apply(analyse, (Path(scratch) / "run",))
    machines, rounds = LARGE
    return (
        f"{machines} machines x {rounds} rounds x {SERVICES} services and an A/A control, {trials:,} trials of {REQUESTS:,}\n"
        f"rows on the disk: analysed, with {ratios} ratios and all tables, in {took_s:.0f} s of CPU time and {most_gb:.1f} GB."
    )


def table(found: Sequence[tuple[Design, tuple[float, float]]]) -> str:
    """Return the table in Markdown."""
    lines = [
        f"| {design.machines} x {design.rounds} | {design.errors} | {design.between:.0%} | {held:.1%} | {disagree:.1%} |"
        for design, (held, disagree) in found
    ]
    heads = ("machines x rounds", "errors", "ratios differ by", "intervals hold the truth", "machines said to disagree")
    return "\n".join([f"| {' | '.join(heads)} |", "|---|---|---:|---:|---:|", *lines])


def report(count: int, coverage: str, size: str) -> str:
    """Return the page: what was simulated, and what came of it."""
    return f"""# Campaigns of known ratios

Made by `python -m tests.study.campaigns --write`: {count:,} simulated campaigns a row, of {SERVICES} services, nine
of them compared with the first. Machines differ by {SPEED:.0%} in speed, rounds by {DRIFT:.0%}, a trial by {NOISE:.0%}:
standard deviations of logarithms. Contaminated errors are normal, 8% of them five times as wide. Where ratios
differ between machines, the truth is their mean over these.
[How it is done](../../docs/explanation/pooling.md#these-machines-a-campaign)

{coverage}

{size}
"""


def main() -> None:
    """Simulate, print, and with --write keep it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--campaigns", type=int, default=2_000)
    arguments.add_argument("--write", action="store_true")
    asked = arguments.parse_args()
    with multiprocessing.Pool() as processes:
        found = processes.starmap(campaigns, [(design, asked.campaigns) for design in DESIGNS], chunksize=1)
    text = report(asked.campaigns, table(list(zip(DESIGNS, found, strict=True))), large())
    sys.stdout.write(text)
    if asked.write:
        TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
