"""Plants faults, measures as its scenarios.toml says, and tells which check named each, and what was raised of honest services.

`.venv/bin/python -m tests.faults.study [--runs N] [--honest N] [--only FAULT]... [--keep FOLDER] [--out FILE]`, from the
checkout. Each group of faults is shown on stderr when its run is done; the report goes to stdout, as Markdown. With `--from
FOLDER` the report is made again of runs that were kept. Exit code 1 if a fault was missed or an honest service flagged.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from analysis.pipeline.summarise import summarise
from loadgen.errors import Error
from loadgen.system.process import spawn, stopped_at_end
from loadgen.task.find import scale_of
from tests.faults.findings import Outcome, failed, outcome_of, report, tables
from tests.faults.planted import FAULTS, HONEST_GROUP, Group, Start, group_named, groups_with, machine_of
from tests.trials import load_trials

CHECKOUT = Path(__file__).resolve().parents[2]
FAULTY = Path(__file__).resolve().parent
PRIMEBENCH = ("-m", "primebench")
PROFILE = "faults"
SCENARIOS = FAULTY / "scenarios.toml"


@dataclass
class Study:
    """What was found so far."""

    out: Path | None
    outcomes: list[Outcome] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def add(self, group: Group, results: Path) -> None:
        """Analyse the run in `results`, show it, and bring the report up to date."""
        try:
            outcome = _outcome(group, results)
        except Error as error:
            self.lose(group, str(error))
        else:
            self.outcomes.append(outcome)
            print(f"{group.name}\n\n" + "\n\n".join(tables([outcome])) + "\n", file=sys.stderr, flush=True)
            if outcome.summary.end_reason != "finished":
                self.lose(group, f"the run did not come to its end ({outcome.summary.end_reason or 'killed'})")
        self._write()

    def lose(self, group: Group, reason: str) -> None:
        """Note that a run gave nothing."""
        self.lost.append(f"{group.name}: {reason}")
        print(self.lost[-1], file=sys.stderr, flush=True)
        self._write()

    def _write(self) -> None:
        if self.out is not None:
            self.out.write_text(report(self.outcomes, self.lost), encoding="utf-8")


def main() -> None:
    """Run what is asked for, or read what was kept, and print the report."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what is planted is undone
    asked = _asked()
    study = Study(asked.out)
    if asked.from_folder:
        _read_kept(study, asked.from_folder)
    else:
        with _folder(asked.keep) as folder:
            groups = groups_with(asked.only) * asked.runs
            for group in [*groups, *[HONEST_GROUP] * asked.honest]:
                _measure(study, group, _next_place(folder / group.name))
    print(report(study.outcomes, study.lost), end="")
    sys.exit(1 if failed(study.outcomes, study.lost) else 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1, help="of each group of faults (default: 1)")
    parser.add_argument("--honest", type=int, default=0, help="runs of honest services alone (default: 0)")
    parser.add_argument("--only", action="append", default=[], choices=FAULTS, metavar="FAULT", help=", ".join(FAULTS))
    parser.add_argument("--keep", type=Path, help="keep each run's folder here")
    parser.add_argument("--from", dest="from_folder", type=Path, help="measure nothing: report what was kept here")
    parser.add_argument("--out", type=Path, help="write the report here, too, after each run")
    return parser.parse_args()


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="primebench-faults-") as scratch:
        yield Path(scratch)


def _next_place(folder: Path) -> Path:
    """A new folder for one more run of the group: a study that was broken off goes on beside what it kept."""
    number = 1
    while (folder / str(number)).exists():
        number += 1
    place = folder / str(number)
    place.mkdir(parents=True)
    return place


def _measure(study: Study, group: Group, results: Path) -> None:
    """One run of the group. What it needs is built before: a compiler is no part of what is measured on a faulty machine."""
    contenders = group.contenders(str(FAULTY))
    command = [
        *(
            *PRIMEBENCH,
            "run",
            "--scenarios",
            str(SCENARIOS),
            "--profile",
            PROFILE,
            "--results",
            str(results),
            "--service",
            ",".join(contenders),
        ),
        *(["--workload", ",".join(group.workloads)] if group.workloads else []),
    ]
    try:
        _run([*PRIMEBENCH, "build", *contenders], results)
        with machine_of(group) as start:
            _run(command, results, start)
    except Error as error:
        study.lose(group, str(error))
    else:
        study.add(group, results)


def _run(command: list[str], results: Path, start: Start = list) -> None:
    """Run primebench to its end, well or not; its last words are kept."""
    with (
        (results / "stderr").open("wb") as errors,
        stopped_at_end(
            spawn(start([sys.executable, *command]), environment=os.environ, stderr=errors, cwd=CHECKOUT)
        ) as process,
    ):
        process.wait()


def _outcome(group: Group, results: Path) -> Outcome:
    """What the run in `results` showed, from its records alone: its own summary may be missing, or older than the checks."""
    folders = list((results / "runs").glob("*"))
    if not folders:
        said = results / "stderr"
        words = said.read_text(errors="replace").strip() if said.exists() else ""
        raise Error(f"no run in {results.name}: {words.splitlines()[-1] if words else 'it said nothing'}")
    return outcome_of(group, summarise(folders[0], [], scale_of), load_trials(folders[0])[1])


def _read_kept(study: Study, kept: Path) -> None:
    """Every run below `kept`; what has to name each fault is as it is listed now."""
    if not kept.is_dir():
        raise SystemExit(f"{kept}: expected the folder that --keep was given")
    for folder in sorted(kept.iterdir()):
        group = group_named(folder.name)
        if group is None:
            continue
        for place in sorted(folder.glob("[0-9]*"), key=lambda path: int(path.name)):
            study.add(group, place)


if __name__ == "__main__":
    main()
