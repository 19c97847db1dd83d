"""Whatever is killed on whichever host, and whenever: no finished trial is lost or counted twice, and no process stays.

PRIMEBENCH_KILLS says how often something is killed, PRIMEBENCH_SEED what and when: 100 points take 20 min for each kind of run.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from loadgen.record.trial import Trial
from tests.cluster.campaigns import Campaign, Machines, kill
from tests.cluster.commands import ended, run_folder, start, trials_in
from tests.cluster.generators import GENERATORS, Several, with_generators
from tests.patience import PATIENCE_S, awaited

POINTS = int(os.environ.get("PRIMEBENCH_KILLS", "3"))
SEED = int(os.environ.get("PRIMEBENCH_SEED", "20"))
LATEST_S = 10.0
"""After a server first runs, which has been verified: its rounds take about as long."""

OWN_CODES = {"controller": (-signal.SIGKILL,), "interrupt": (130, -signal.SIGINT)}
"""Of what strikes the command itself. After its last line a signal ends it as any program, which shells call 130 as well."""


@dataclass(frozen=True)
class Kind:
    """A kind of run on several hosts: how to begin one, and words of its processes' command lines by what they are.

    The scheduler is a part of the controller.
    """

    make: Callable[[Machines, Path], Campaign | Several]
    words: Mapping[str, str]


KINDS = {
    "rounds on machines": Kind(
        Campaign.made,
        {"worker": "cluster.worker", "process": "campaign.process", "server": "hello.py", "generator": "primebench-load"},
    ),
    "generators on hosts": Kind(
        lambda machines, folder: with_generators(machines, folder / "project", GENERATORS, profile="struck"),
        {"worker": "cluster.worker", "server": "delayed.py", "generator": "primebench-load"},
    ),
}


@dataclass
class Ordeal:
    """Runs of a project that are killed, and gone on with until they are whole."""

    kind: Kind
    machines: Machines
    folder: Path
    draw: random.Random
    seen: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Take a project without runs."""
        self.seen = {}
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.run = self.kind.make(self.machines, self.folder)

    @property
    def has_begun(self) -> bool:
        """Return whether there is a record to go on with."""
        return bool(list(self.run.project.glob(".primebench/runs/*/run.json")))

    @property
    def is_whole(self) -> bool:
        """Return whether the run has come to its end."""
        return self.has_begun and run_folder(self.run.project).read_run().end_reason == "finished"

    def trials(self) -> list[Trial]:
        """Return the trials that are here, each of them once."""
        folder = run_folder(self.run.project)
        return trials_in(folder) if folder.trials_file.exists() else []

    def start(self) -> subprocess.Popen[str]:
        """Start a run, or go on with the one that is there; return once a server runs."""
        arguments = ("--resume", run_folder(self.run.project).path.name) if self.has_begun else ()
        process = start(self.run.command(*arguments), self.run.project)
        awaited(lambda: process.poll() is not None or bool(self._running("server")), "a server")
        return process

    def verify(self) -> None:
        """Have a run in peace: hosts keep that the service was verified, and later runs measure at once."""
        done = ended(self.run.command(), self.run.project)
        assert self.is_whole, done.stderr
        self.begin_anew()

    def _running(self, target: str) -> list[tuple[str, psutil.Process]]:
        words = self.kind.words[target]
        return [(name, process) for name in self.machines.namespaces for process in self.machines.processes(name, words)]

    def strike(self, process: subprocess.Popen[str]) -> str | None:
        """Kill something at some time; return what, or None where nothing of the kind was there."""
        time.sleep(self.draw.uniform(0, LATEST_S))
        target = self.draw.choice([*self.kind.words, "controller", "interrupt"])
        if target in ("controller", "interrupt"):
            process.send_signal(signal.SIGKILL if target == "controller" else signal.SIGINT)
            return target
        running = self._running(target)
        if not running:
            return None
        name, struck = self.draw.choice(running)
        kill(struck)
        return f"{target} on {name}"

    def check(self, struck: str) -> None:
        """Fail if a trial that was here is not, or is another one."""
        now = {trial.index: trial.started for trial in self.trials()} if self.has_begun else {}
        assert {index: now.get(index) for index in self.seen} == self.seen, struck
        self.seen = now


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_killed_costs_no_finished_trial(kind: str, machines: Machines, tmp_path: Path) -> None:
    ordeal = Ordeal(KINDS[kind], machines, tmp_path / "run", random.Random(SEED))
    ordeal.verify()
    left = POINTS
    while left or not ordeal.is_whole:
        process = ordeal.start()
        struck = []
        while left and process.poll() is None:
            if (what := ordeal.strike(process)) is not None:
                struck.append(what)
                left -= 1
        out, err = process.communicate(timeout=PATIENCE_S)
        own = {code for what in struck for code in OWN_CODES.get(what, ())}  # unless it had come to its end before
        assert process.returncode in {2 if err else 0, *own}, (struck, out, err)
        assert all(line.startswith("primebench: ") for line in err.splitlines() if line), (struck, err)
        machines.await_nothing_left()
        ordeal.check(", ".join(struck))
        print(f"{kind}: {', '.join(struck) or 'nothing'}: exit code {process.returncode}, {len(ordeal.seen)} trials")
        if ordeal.is_whole and left:
            ordeal.begin_anew()
    trials = ordeal.trials()
    assert all(
        len({trial.machine for trial in trials if trial.round == number}) <= 1 for number in {trial.round for trial in trials}
    )
