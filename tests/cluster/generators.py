"""`primebench run --cluster` with a server on one host and generators on others, as a user runs it."""

import shutil
import subprocess
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from analysis.model.flag import Flag
from analysis.model.summary import WorkloadResult, read_summary
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial
from tests.cluster.campaigns import Machines
from tests.cluster.commands import ended, run_folder, started
from tests.cluster.hosts import write_hosts
from tests.patience import awaited
from tests.trials import load_trials
from tests.unit.console import CONSOLE

SERVER, GENERATORS = "anvil", ["bellows", "hammer"]
WAIT_MS = 2.0
"""As in delayed.py."""
PROJECT = """
schema = 1

[service]
name = "delayed"
title = "a greeting after 2 ms"
language = "Python"
tier = "reference"

[service.build]
commands = [["cp", "delayed.py", "{out}/delayed.py"]]
artefact = "delayed.py"

[service.start]
command = ["python3", "-S", "{artefact}", "{host}", "{port}"]

[task]
name = "greeting"
title = "a greeting"

[[task.requests]]
name = "root"
path = "/"
expect = { status = [200], body = "hello\\n" }

[workloads.native]
title = "by native generators"
connections = 5
generator = "native"

[workloads.oha]
title = "by oha"
connections = 5

[workloads.due]
title = "at a rate"
connections = 5
generator = "native"
rate = { per_s = 101 }
"""


def _profile(name: str, title: str, *workloads: str, rounds: int = 1, load_s: float = 1.0) -> str:
    """Return a profile of these workloads, server and generators on a core each, as TOML."""
    timings = "".join(f"{workload} = {{ warm_up_s = 0.3, load_s = {load_s} }}\n" for workload in workloads)
    return f"""
[profiles.{name}]
title = "{title}"
services = ["delayed"]
rounds = {rounds}
pinned = true
server_cores = 1
pilot = false

[profiles.{name}.workloads]
{timings}"""


PROFILES = (
    _profile("smoke", "short", "native", "oha", "due"),
    _profile("rounds", "enough for intervals", "native", rounds=10),
    _profile("long", "long enough for a host to stand still meanwhile", "native", load_s=4.0),
    _profile("twice", "a round more than a lost host lets be measured", "native", rounds=2, load_s=4.0),
    _profile("struck", "loads enough to be struck between and within", "native", "due", rounds=3),
)


@dataclass(frozen=True)
class Several:
    """A project, and runs of it with a server and two generators."""

    machines: Machines
    project: Path
    file: Path
    profile: str = "smoke"

    def command(self, *arguments: str, profile: str | None = None) -> list[str]:
        """Return a command; with `arguments` that begin with --resume that one names no cluster."""
        named = (
            []
            if arguments[:1] == ("--resume",)
            else ["--profile", profile or self.profile, "--cluster", str(self.file), "--seed", "7"]
        )
        return [*self.machines.controller.command, str(CONSOLE), "run", *named, *arguments]

    def run(self, profile: str) -> subprocess.CompletedProcess[str]:
        return ended(self.command(profile=profile), self.project)

    def started(self, profile: str) -> AbstractContextManager[subprocess.Popen[str]]:
        return started(self.command(profile=profile), self.project)

    def await_generator(self, name: str, run: subprocess.Popen[str]) -> None:
        """Wait until a host has started its generator; fail if the run ends before."""
        load = "primebench-load --host"
        awaited(lambda: bool(self.machines.processes(name, load)) or run.poll() is not None, f"a generator on {name}")
        assert run.poll() is None, run.communicate()

    @property
    def folder(self) -> RunFolder:
        return run_folder(self.project)

    def trials(self) -> tuple[RunRecord, dict[str, LoadTrial]]:
        """Return the run, and its trials by workload."""
        run, trials = load_trials(self.folder.path)
        assert len({trial.workload for trial in trials}) == len(trials)
        return run, {trial.workload: trial for trial in trials}

    def flags(self, name: str) -> dict[str, Flag]:
        """Return the flags of the service under a workload."""
        return {flag.check: flag for flag in self.workload(name).contenders[0].flags}

    def workload(self, name: str) -> WorkloadResult:
        return next(workload for workload in read_summary(self.folder.path / "summary.json").workloads if workload.name == name)


def with_generators(machines: Machines, folder: Path, generators: Sequence[str], profile: str = "smoke") -> Several:
    """The project in a folder of its own, for the server's host and those of some generators."""
    folder.mkdir()
    shutil.copy(Path(__file__).parent / "delayed.py", folder)
    (folder / "primebench.toml").write_text("".join((PROJECT, *PROFILES)), encoding="utf-8")
    hosts = [host for name in (SERVER, *generators) for host in machines.hosts if host.name == name]
    file = write_hosts(folder / "hosts.toml", hosts, machines.keys, ["server", *["generator"] * len(generators)])
    return Several(machines, folder, file, profile)
