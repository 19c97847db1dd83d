"""Records pairs of the base with itself, relinked, and slowed by known shares, for replays (tests.validation.replay).

`.venv/bin/python -m tests.validation.record FILE --minutes M [--neighbour]`, from the checkout. A recording that is there goes
on where it ended. `--between FILE` is locked while a pair is measured, so that other work can wait for the moment between two.
"""

import argparse
import fcntl
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from analysis.trial.metrics import figures_of
from analysis.trial.rows import read_rows
from loadgen.build.git import git_state
from loadgen.config.project import read_scenarios
from loadgen.config.regress import LOAD_METRICS, RegressConfig
from loadgen.config.scenarios import profile_named, workloads_named
from loadgen.config.service import read_service
from loadgen.errors import Error
from loadgen.generator.request_file import RequestFiles
from loadgen.machine.machine import read_machine
from loadgen.record.folder import RunFolder
from loadgen.record.regress import RegressRecord, Side
from loadgen.record.run import RunRecord
from loadgen.record.trial import BenchmarkTrial, LoadTrial, Trial
from loadgen.regress.pairing import RELINKED, Group, Pair, side
from loadgen.regress.prepare import prepare_sides, slowed_copy
from loadgen.regress.run import RegressPlan, RegressRun
from loadgen.run.new_run import run_record
from loadgen.run.plan import Plan
from loadgen.run.run import CASES
from loadgen.run.subject import Subjects, programs_for
from loadgen.system.process import spawn, stopped_at_end
from loadgen.task.prime.task import TASK
from tests.validation.planted import copied, plant
from tests.validation.recording import KINDS, SLOWED, About, Kind, RecordedPair, rounds_of

CHECKOUT = Path(__file__).resolve().parents[2]
NEIGHBOUR = Path(__file__).with_name("neighbour.py")
SERVICE = "cpp"
PLANTED_SHARE = 0.02


@dataclass
class Recorder:
    """What a recording needs for each of its pairs."""

    plan: RegressPlan
    run: RunRecord
    source: random.Random
    began_s: float

    def pair(self, number: int, workload: str, kind: Kind) -> RecordedPair:
        """Measure one pair, whose figures are read at once; raise Error if a trial failed."""
        layout = "" if kind == "relinked" else self.source.choice(["", RELINKED])
        base = side(SERVICE, "base", layout)
        other = side(SERVICE, "base", RELINKED) if kind == "relinked" else side(SERVICE, _name(kind), layout)
        labels = self.source.sample([base, other], 2)
        at_s = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="primebench-") as scratch:
            folder = RunFolder(Path(scratch) / "run")
            folder.create()
            going = RegressRun(
                self.plan, folder, Subjects(programs_for(self.plan.plan), RequestFiles(Path(scratch))), CHECKOUT / CASES
            )
            pair = Pair(Group(SERVICE, workload), "change", number, (labels[0], labels[1]))
            trials = {trial.contender: trial for trial in going.measure(pair)}
            figures = {label: self._figures(folder, trial) for label, trial in trials.items()}
        return RecordedPair(
            round=number,
            workload=workload,
            kind=kind,
            relinked=layout == RELINKED,
            base_first=labels[0] == base,
            at_s=round(at_s - self.began_s, 3),
            took_s=round(time.monotonic() - at_s, 3),
            base=figures[base],
            other=figures[other],
        )

    def _figures(self, folder: RunFolder, trial: Trial) -> dict[str, float]:
        if trial.failure:
            raise Error(trial.failure)
        if isinstance(trial, BenchmarkTrial):
            found: Mapping[str, float] = {timing.name: timing.cpu_ns or timing.time_ns for timing in trial.timings}
        else:
            assert isinstance(trial, LoadTrial)
            figures = figures_of(self.run, trial, read_rows(folder.path, trial))
            found = {name: figures[name] for name in LOAD_METRICS if name in figures}
        return {name: float(f"{value:.6g}") for name, value in found.items()}


def _name(kind: Kind) -> str:
    return "head" if kind == "again" else kind


def main() -> None:
    """Record until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--neighbour", action="store_true", help="with a noisy neighbour on every core")
    parser.add_argument("--between", type=Path, help="a file that is locked while a pair is measured")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="primebench-planted-") as scratch:
        recorder = prepared_recorder(Path(scratch))
        record(recorder, asked.file, asked.minutes * 60, asked.neighbour, asked.between)


def prepared_recorder(scratch: Path) -> Recorder:
    """Everything built: the base in both layouts, its slowed copies, and the benchmarks of a base with a slower prime loop."""
    scenarios = read_scenarios(CHECKOUT / "scenarios.toml")
    gate = RegressConfig.model_validate(scenarios.regress.model_dump() | {"layers": ["load", "microbench"]})
    profile = profile_named(scenarios, gate.profile)
    plan = Plan(gate.profile, profile, workloads_named(scenarios, profile, []), TASK, gate.looks[-1], seed=1)
    planted = copied(CHECKOUT, scratch / "tree")
    plant(planted, PLANTED_SHARE)
    base = read_service(CHECKOUT / "server")
    ready = prepare_sides([base], [base], gate, plan.cores, plan.seed, CHECKOUT / CASES, say)
    slower = prepare_sides([base], [read_service(planted / "server")], gate, plan.cores, plan.seed, CHECKOUT / CASES, say)
    for layout in ("", RELINKED):
        for kind, share in SLOWED.items():
            label = side(SERVICE, kind, layout)
            ready.prepared[label] = slowed_copy(ready.prepared[side(SERVICE, "base", layout)], label, share)
        label = side(SERVICE, f"planted-{PLANTED_SHARE * 100:.0f}", layout)
        ready.benches[label] = replace(slower.benches[side(SERVICE, "head", layout)], label=label)
    nothing = Side(asked="", commit=None)
    regress = RegressRecord(base=nothing, head=nothing, merge_base=False, gate={}, command=[])
    regress_plan = RegressPlan(gate, plan, ready.prepared, ready.benches, ready.services, regress)
    run = run_record(plan, list(ready.prepared.values()), CHECKOUT)
    return Recorder(regress_plan, run, random.Random(random.SystemRandom().randrange(1 << 31)), time.monotonic())


def record(recorder: Recorder, path: Path, seconds: float, neighbour: bool, between: Path | None) -> None:
    """Append rounds to the file until `seconds` are over; the last round is whole."""
    first = max(rounds_of(path), default=-1) + 1
    if first == 0:
        commit, _ = git_state(CHECKOUT)
        about = About(
            machine=read_machine(),
            commit=commit,
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            neighbour=neighbour,
            seed=recorder.source.randrange(1 << 31),
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(about.model_dump_json() + "\n", encoding="utf-8")
    number, until_s = first, time.monotonic() + seconds
    with disturbed(neighbour, recorder.source.randrange(1 << 31)):
        while time.monotonic() < until_s:
            record_round(recorder, number, path, between)
            number += 1
            say(f"{number} rounds, {max(0, until_s - time.monotonic()) / 60:.1f} min left")


def record_round(recorder: Recorder, number: int, path: Path, between: Path | None) -> None:
    """Measure every kind of pair once, in a shuffled order, and append them."""
    todo = [(workload, kind) for workload, kinds in KINDS.items() for kind in kinds]
    lines = []
    for workload, kind in recorder.source.sample(todo, len(todo)):
        with locked(between):
            lines.append(recorder.pair(number, workload, kind).model_dump_json() + "\n")
    with path.open("a", encoding="utf-8") as file:
        file.writelines(lines)


@contextmanager
def locked(path: Path | None) -> Iterator[None]:
    """Hold the lock on `path` for the block."""
    if path is None:
        yield
        return
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def disturbed(wanted: bool, seed: int) -> Iterator[None]:
    """Have a noisy neighbour for the block, if one is wanted."""
    if not wanted:
        yield
        return
    with stopped_at_end(spawn([sys.executable, "-S", "-E", str(NEIGHBOUR), str(seed)], environment=os.environ)):
        yield


def say(line: str) -> None:
    """One line on stderr."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
