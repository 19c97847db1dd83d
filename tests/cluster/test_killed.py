"""Whatever is killed in a campaign, and whenever: no finished trial is lost or counted twice, and no process stays.

PRIMEBENCH_KILLS says how often something is killed, PRIMEBENCH_SEED what and when: 100 points take an hour.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cluster.campaigns import Campaign, Machines, kill
from tests.patience import PATIENCE_S, awaited

POINTS = int(os.environ.get("PRIMEBENCH_KILLS", "3"))
SEED = int(os.environ.get("PRIMEBENCH_SEED", "20"))
TARGETS = {"worker": "cluster.worker", "process": "campaign.process", "server": "hello.py", "generator": "primebench-load"}
"""Words of the command lines; the scheduler is a part of the controller."""
LATEST_S = 4.0


@dataclass
class Ordeal:
    """Runs of a project that are killed, and gone on with until they are whole."""

    machines: Machines
    folder: Path
    draw: random.Random
    number: int = 0
    seen: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Take a project without runs."""
        self.number += 1
        self.seen = {}
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.campaign = Campaign.made(self.machines, self.folder)

    def start(self) -> "subprocess.Popen[str]":
        """Start a run, or go on with the one that is there; return once a machine measures."""
        began = list(self.campaign.project.glob(".primebench/runs/*/run.json"))
        arguments = ("--resume", self.campaign.folder.path.name) if began else ()
        process = subprocess.Popen(
            self.campaign.command(*arguments),
            cwd=self.campaign.project,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        awaited(lambda: process.poll() is not None or self._measuring(), "a server")
        return process

    def _measuring(self) -> bool:
        return any(self.machines.processes(name, TARGETS["server"]) for name in self.machines.namespaces)

    def strike(self, process: "subprocess.Popen[str]") -> str:
        """Kill something at some time; return what."""
        time.sleep(self.draw.uniform(0, LATEST_S))
        target = self.draw.choice([*TARGETS, "controller", "interrupt"])
        name = self.draw.choice(list(self.machines.namespaces))
        if target in ("controller", "interrupt"):
            process.send_signal(signal.SIGKILL if target == "controller" else signal.SIGINT)
            return target
        for running in self.machines.processes(name, TARGETS[target])[:1]:
            kill(running)
        return f"{target} on {name}"

    def check(self, struck: str) -> None:
        """Fail if a trial that was here is not, or is another one."""
        if not list(self.campaign.project.glob(".primebench/runs/*/trials.jsonl")):
            return
        now = {trial.index: trial.started for trial in self.campaign.lines()}
        assert {index: now.get(index) for index in self.seen} == self.seen, struck
        self.seen = now

    @property
    def is_whole(self) -> bool:
        """Return whether the run has come to its end."""
        began = list(self.campaign.project.glob(".primebench/runs/*/run.json"))
        return bool(began) and self.campaign.record().end_reason == "finished"


@pytest.mark.long
def test_what_is_killed_costs_no_finished_trial(machines: Machines, tmp_path: Path) -> None:
    ordeal = Ordeal(machines, tmp_path / "run", random.Random(SEED))
    left = POINTS
    while left or not ordeal.is_whole:
        process = ordeal.start()
        struck = []
        while left and process.poll() is None:
            struck.append(ordeal.strike(process))
            left -= 1
        out, err = process.communicate(timeout=PATIENCE_S)
        assert "Traceback" not in err, (struck, err)
        own = {"controller": -signal.SIGKILL, "interrupt": 130}  # unless it had come to its end before
        assert process.returncode in {2 if err else 0, *(own[name] for name in struck if name in own)}, (struck, out, err)
        assert all(line.startswith("primebench: ") for line in err.splitlines() if line), (struck, err)
        machines.await_nothing_left()
        ordeal.check(", ".join(struck))
        if ordeal.is_whole and left:
            ordeal.begin_anew()
    trials = ordeal.campaign.lines()
    assert all(
        len({trial.machine for trial in trials if trial.round == number}) <= 1 for number in {trial.round for trial in trials}
    )
