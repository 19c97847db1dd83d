"""Campaigns as a user runs them, on hosts with networks of their own."""

import contextlib
import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil

from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.record.trial import Trial
from tests.cluster.commands import ended, run_folder, started, trials_in
from tests.cluster.hosts import MadeHost, Reached, write_hosts
from tests.cluster.networks import Namespace
from tests.patience import awaited
from tests.unit.console import CONSOLE
from tests.unit.sources import ROOT

PROFILE = """
[profiles.tiny]
title = "rounds of a second, with an A/A control"
services = ["hello"]
rounds = 3
pinned = true
server_cores = 1
pilot = false
twin = true
paired = { rounds = 3, workloads = { main = { warm_up_s = 0.1, load_s = 0.3 } } }

[profiles.tiny.workloads]
main = { warm_up_s = 0.1, load_s = 0.4 }
"""
ROUNDS, SLOTS = 3, 4
"""Of each round: the service and its control alone, and both at the same time."""


@dataclass(frozen=True)
class Machines(Reached):
    """Hosts that have primebench."""

    idle: dict[str, set[int]] = field(default_factory=dict)
    """The processes of each that are always there."""

    def file_of(self, folder: Path, *names: str, **more: object) -> Path:
        """Return a hosts.toml with some of them."""
        hosts = [host for host in self.hosts if host.name in names]
        return write_hosts(folder / "hosts.toml", hosts, self.keys, ["machine"] * len(hosts), **more)

    def processes(self, name: str, words: str) -> list[psutil.Process]:
        """Return the processes on a host whose command line has these words."""
        found = []
        for pid in self.namespaces[name].processes() - self.idle[name]:
            try:
                process = psutil.Process(pid)
                if words in " ".join(process.cmdline()):
                    found.append(process)
            except psutil.NoSuchProcess:
                continue
        return found

    def measures(self, number: int) -> bool:
        """Return whether the host of that number has begun a round."""
        return bool(list(campaigns_folder(self.hosts[number]).glob("*/*/rounds/*.?")))

    def await_nothing_left(self) -> None:
        """Wait until no host has a process more than before."""
        for name, namespace in self.namespaces.items():
            awaited(partial(_are_gone, namespace, self.idle[name]), f"the end of all on {name}")


@dataclass(frozen=True)
class Campaign:
    """A project of its own, and runs of it on machines."""

    machines: Machines
    project: Path

    @classmethod
    def made(cls, machines: Machines, folder: Path) -> "Campaign":
        """Return one whose project is the smallest service there is."""
        project = folder / "project"
        shutil.copytree(ROOT / "tests" / "hello", project)
        with (project / "primebench.toml").open("a", encoding="utf-8") as file:
            file.write(PROFILE)
        return cls(machines, project)

    def command(self, *arguments: str, cluster: Path | str | None = None) -> list[str]:
        """Return a command; with `arguments` that begin with --resume that one names no cluster."""
        named = [] if arguments[:1] == ("--resume",) else ["--profile", "tiny", "--cluster", str(cluster or self.machines.file)]
        return [*self.machines.controller.command, str(CONSOLE), "run", *named, *arguments]

    def started(self, *arguments: str) -> AbstractContextManager[subprocess.Popen[str]]:
        """Run it meanwhile; it has ended when the block ends."""
        return started(self.command(*arguments), self.project)

    def run(self, *arguments: str, cluster: Path | str | None = None) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return ended(self.command(*arguments, cluster=cluster), self.project)

    @property
    def folder(self) -> RunFolder:
        """Return the folder of the only run."""
        return run_folder(self.project)

    def record(self) -> RunRecord:
        """Return its record."""
        return self.folder.read_run()

    def lines(self) -> list[Trial]:
        """Return the trials, one for each line of trials.jsonl."""
        return trials_in(self.folder)

    def measured(self) -> int:
        """Return how many trials are here so far."""
        files = list(self.project.glob(".primebench/runs/*/trials.jsonl"))
        return files[0].read_bytes().count(b"\n") if files else 0

    def check_whole(self, rounds: int = ROUNDS) -> list[Trial]:
        """Return all trials; fail unless each is there once, has its rows, and each round is on one machine."""
        trials = self.lines()
        assert [trial.index for trial in trials] == list(range(rounds * SLOTS))
        assert all(len({trial.machine for trial in trials if trial.round == number}) == 1 for number in range(rounds))
        for trial in trials:
            if trial.failure is None:
                assert (self.folder.raw / f"{trial.index:05d}.parquet").is_file()
        return trials


def _are_gone(namespace: Namespace, but: set[int]) -> bool:
    return namespace.processes() <= but


OF_CHECKS = ("noisy", "unchecked_answers", "generator_bound")
"""Checks that find this machine too busy, which it is: both measure at the same time."""


def faults(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the lines of errors but for those of checks."""
    return [line for line in done.stderr.splitlines() if not any(word in line for word in OF_CHECKS)]


def await_while(process: subprocess.Popen[str], condition: Callable[[], bool], what: str) -> None:
    """Return once the condition holds; fail if the command has ended before."""
    awaited(lambda: condition() or process.poll() is not None, what)
    assert condition(), process.communicate()


def kill(process: psutil.Process) -> None:
    """Send SIGKILL, if it is still there."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


def campaigns_folder(host: MadeHost) -> Path:
    """Return where a host keeps runs."""
    return host.home / ".cache" / "primebench" / "campaigns"


def campaigns_of(host: MadeHost) -> list[str]:
    """Return the runs of which a host keeps something."""
    folder = campaigns_folder(host)
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def fill(file: Path) -> None:
    """Take all the room that the file system has left."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as taking:
        while True:
            taking.write(bytes(4096))
