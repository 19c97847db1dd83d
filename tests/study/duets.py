"""Records each service alone, in pairs and all at once, to set the ratios of paired trials beside those of solo trials.

`.venv/bin/python -m tests.study.duets FILE --rounds N [--neighbour]`, from the checkout, on a quiet machine. Every round
has every group of every workload once, in a shuffled order. A recording that is there goes on where it ended. Without rounds
the table of docs/explanation/paired-trials.md is printed.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field
from scipy import stats

from analysis.stats.interval import interval_text, ratio_of_pairs
from analysis.trial.metrics import figures_of
from analysis.trial.rows import read_rows
from loadgen.build.git import git_state
from loadgen.config.contenders import contenders_named
from loadgen.config.project import read_scenarios
from loadgen.config.scenarios import LoadTiming, Timing
from loadgen.errors import Error
from loadgen.generator.request_file import RequestFiles
from loadgen.machine.cores import choose_cores
from loadgen.machine.machine import read_machine
from loadgen.machine.topology import read_topology
from loadgen.record.folder import RunFolder
from loadgen.record.machine import Machine
from loadgen.regress.prepare import slowed_copy
from loadgen.run.new_run import run_record
from loadgen.run.plan import Plan
from loadgen.run.prepare import Prepared, prepare
from loadgen.run.subject import Subjects, programs_for
from loadgen.strict import Strict
from loadgen.task.prime.task import TASK
from loadgen.trial.load import Subject
from loadgen.trial.paired import run_paired
from loadgen.trial.slot import Slot
from tests.validation.record import disturbed, say

CHECKOUT = Path(__file__).resolve().parents[2]
SERVICES = ["cpp", "fiber", "actix"]
ALONE: Sequence[tuple[str, ...]] = [("cpp",), ("fiber",), ("actix",)]
PAIRS: Sequence[tuple[str, ...]] = [("cpp", "cpp:aa"), ("cpp", "fiber"), ("cpp", "actix")]
PAIR = 2
ALL: tuple[str, ...] = ("cpp", "cpp:aa", "fiber", "actix")
TIMINGS: Mapping[str, Timing] = {
    "framework": Timing(warm_up_s=0.2, load_s=0.6),
    "n1-c256": Timing(warm_up_s=0.2, load_s=0.6),
    "mixed": Timing(warm_up_s=0.2, load_s=0.6),
    "n1000": Timing(warm_up_s=0.2, load_s=0.6),
    "article": Timing(warm_up_s=0.3, load_s=1.0),
}


class About(Strict):
    """The first line of a recording: where, when and of what."""

    machine: Machine
    commit: str | None
    started: str
    neighbour: bool
    workloads: dict[str, Timing]


class Group(Strict):
    """What ran at the same time, in the order of its starts: microseconds of CPU time per request of each label.

    `whole` is of all the load, `window` of what lies between two readings inside it.
    """

    round: Annotated[int, Field(ge=0)]
    workload: str
    labels: list[str]
    at_s: float
    took_s: float
    whole: dict[str, float]
    window: dict[str, float]


def read(path: Path) -> tuple[About, list[Group]]:
    """Read a recording; a last line that was cut short is passed over."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]
    about, *groups = (json.loads(line) for line in lines)
    return About.model_validate(about), [Group.model_validate(group) for group in groups]


class Recorder:
    """What a recording needs for each of its groups: services, the first one once more, and slower by each of the shares."""

    def __init__(self, timings: Mapping[str, LoadTiming], slowed: Mapping[str, float]) -> None:
        scenarios = read_scenarios(CHECKOUT / "scenarios.toml")
        times = {name: Timing(**timing.model_dump()) for name, timing in timings.items()}
        profile = scenarios.profiles["smoke"].replace(workloads=times, paired=None)
        workloads = {name: scenarios.workloads[name] for name in timings}
        self.plan = Plan("smoke", profile, workloads, TASK, 1, seed=1)
        cores = choose_cores(read_topology(), 1, pinned=True)
        found = prepare(contenders_named(SERVICES, CHECKOUT), cores, 1, say, verified=True)
        found.append(Prepared(found[0].contender.twin, found[0].built, None, None))
        found += [slowed_copy(found[0], label, share) for label, share in slowed.items()]
        self.prepared = {prepared.contender.label: prepared for prepared in found}
        self.run = run_record(self.plan, found, CHECKOUT)
        self.programs = programs_for(self.plan)
        self.files = RequestFiles(Path(tempfile.gettempdir()))  # oha takes none
        self.began_s = time.monotonic()

    def subject(self, label: str, workload: str) -> Subject:
        """The contender of that label under that workload."""
        timing = self.plan.profile.workloads[workload]
        return Subjects(self.programs, self.files).subject(self.plan, self.prepared[label], workload, timing, 0)

    def group(self, number: int, workload: str, labels: Sequence[str]) -> Group:
        """Measure one group; raise Error if a trial failed."""
        at_s = time.monotonic()
        whole, window = {}, {}
        with tempfile.TemporaryDirectory(prefix="primebench-") as scratch:
            folder = RunFolder(Path(scratch) / "run")
            folder.create()
            slots = [Slot(place, number, place, workload, label) for place, label in enumerate(labels)]
            for trial in run_paired([self.subject(label, workload) for label in labels], slots, folder):
                if trial.failure or trial.load is None:
                    raise Error(trial.failure or "no load")
                rows = read_rows(folder.path, trial)
                whole[trial.contender] = figures_of(self.run, trial, rows)["cpu_per_request_us"]
                inside = trial.replace(load=trial.load.replace(server_cpu_s=None))
                window[trial.contender] = figures_of(self.run, inside, rows)["cpu_per_request_us"]
        return Group(
            round=number,
            workload=workload,
            labels=list(labels),
            at_s=round(at_s - self.began_s, 2),
            took_s=round(time.monotonic() - at_s, 2),
            whole={label: round(value, 4) for label, value in whole.items()},
            window={label: round(value, 4) for label, value in window.items()},
        )


def record(recorder: Recorder, groups: Sequence[tuple[str, ...]], path: Path, rounds: int, neighbour: bool) -> None:
    """Append so many rounds of these groups to the file."""
    source, timings = random.Random(random.SystemRandom().randrange(1 << 31)), recorder.plan.profile.workloads
    first = 0
    if path.exists():
        first = max((group.round for group in read(path)[1]), default=-1) + 1
    else:
        about = About(
            machine=read_machine(),
            commit=git_state(CHECKOUT)[0],
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            neighbour=neighbour,
            workloads=timings,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(about.model_dump_json() + "\n", encoding="utf-8")
    with disturbed(neighbour, source.randrange(1 << 31)):
        for number in range(first, first + rounds):
            todo = [(workload, labels) for workload in timings for labels in groups]
            found = [
                recorder.group(number, workload, source.sample(labels, len(labels)))
                for workload, labels in source.sample(todo, len(todo))
            ]
            with path.open("a", encoding="utf-8") as file:
                file.writelines(group.model_dump_json() + "\n" for group in found)
            say(f"round {number + 1}: {sum(group.took_s for group in found):.0f} s")


def ratio_in(groups: Sequence[Group], workload: str, label: str, size: int) -> dict[int, float]:
    """Round -> CPU per request of the service over cpp: of solo trials (1), of a pair (2) or of all at once (4)."""
    sides: dict[int, dict[str, float]] = {}
    for group in groups:
        if group.workload == workload and len(group.labels) == size and (size != PAIR or label in group.labels):
            sides.setdefault(group.round, {}).update(group.whole)
    return {number: of[label] / of["cpp"] for number, of in sorted(sides.items()) if {label, "cpp"} <= of.keys()}


def shown(ratios: Sequence[float], others: Sequence[float] | None = None) -> str:
    """The ratio with its interval, of `ratios` or relative to `others` in the same rounds; empty without rounds."""
    if not ratios:
        return ""
    found = ratio_of_pairs(ratios, others or [1.0] * len(ratios))
    return f"{found.ratio:.3f} {interval_text(found.interval)}"


def spread(ratios: Sequence[float]) -> str:
    """The robust standard deviation of the ratio of a round; empty without rounds."""
    return f"{float(stats.median_abs_deviation(np.log(ratios), scale='normal')):.1%}" if ratios else ""


def table(groups: Sequence[Group]) -> str:
    """What paired trials say beside what solo trials say, as Markdown."""
    lines = [
        "| workload | over cpp | solo | spread | pair | spread | pair over solo | all at once | all at once over solo |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for workload in dict.fromkeys(group.workload for group in groups):
        for label in ALL[1:]:
            solo, pair, every = (ratio_in(groups, workload, label, size) for size in (1, PAIR, len(ALL)))
            rounds = [number for number in solo if number in pair and number in every]
            of_solo, of_pair, of_every = ([found[number] for number in rounds] for found in (solo, pair, every))
            cells = [
                *(workload, label, shown(of_solo), spread(of_solo), shown(list(pair.values())), spread(list(pair.values()))),
                *(shown(of_pair, of_solo), shown(list(every.values())), shown(of_every, of_solo)),
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def options(description: str | None) -> argparse.Namespace:
    """What a recording is asked for on the command line."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--neighbour", action="store_true", help="with a noisy neighbour on every core")
    return parser.parse_args()


def main() -> None:
    """Record, or print the table."""
    asked = options(__doc__)
    if asked.rounds:
        record(Recorder(TIMINGS, {}), (*ALONE, *PAIRS, ALL), asked.file, asked.rounds, asked.neighbour)
    print(table(read(asked.file)[1]))


if __name__ == "__main__":
    main()
