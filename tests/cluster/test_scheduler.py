"""`primebench run --cluster tcp://` on a scheduler that somebody else has started, as job queues do: on this machine alone."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from distributed import Client, Security

from loadgen.cluster.quiet import as_yaml
from loadgen.cluster.started import KEYS
from loadgen.record.folder import RunFolder
from tests.cluster.campaigns import PROFILE, ROUNDS, SLOTS
from tests.cluster.commands import ended, run_folder, started
from tests.patience import PATIENCE_S, awaited
from tests.unit.console import CONSOLE
from tests.unit.sources import ROOT


@dataclass(frozen=True)
class There:
    """A scheduler that is there, and a project that is to be measured by its workers."""

    folder: Path
    environment: dict[str, str]
    stack: ExitStack

    @property
    def project(self) -> Path:
        """Return the project's folder."""
        return self.folder / "project"

    def scheduler(self, port: int = 0) -> tuple[subprocess.Popen[bytes], str]:
        """Start a scheduler; return its process and its address."""
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        options = ["--host", "127.0.0.1", "--port", str(port), "--scheduler-file", str(file), "--no-dashboard"]
        process = self._started("dask_scheduler", *options, "--dashboard-address", "127.0.0.1:0")
        awaited(file.is_file, "the scheduler")
        return process, str(json.loads(file.read_text(encoding="utf-8"))["address"])

    def worker(self, address: str, count: int) -> subprocess.Popen[bytes]:
        """Start a worker; return when there are so many."""
        own = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0", "--host", "127.0.0.1"]
        process = self._started("dask_worker", address, *own, "--death-timeout", "60")
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(count)
        return process

    def _started(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *options]
        process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stderr=subprocess.DEVNULL)
        self.stack.callback(process.wait)
        self.stack.callback(process.terminate)
        return process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `primebench run` to its end."""
        return ended([str(CONSOLE), "run", *arguments], self.project, self.environment)

    def running(self, *arguments: str) -> AbstractContextManager[subprocess.Popen[str]]:
        """Run `primebench run` meanwhile."""
        return started([str(CONSOLE), "run", *arguments], self.project, self.environment)

    @property
    def record(self) -> RunFolder:
        """Return the folder of the only run."""
        return run_folder(self.project)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[There]:
    shutil.copytree(ROOT / "tests" / "hello", tmp_path / "project")
    with (tmp_path / "project" / "primebench.toml").open("a", encoding="utf-8") as file:
        file.write(PROFILE)
    config = tmp_path / "dask.yaml"
    config.write_text(as_yaml(), encoding="utf-8")
    environment = {**os.environ, "DASK_CONFIG": str(config)}
    with ExitStack() as stack:
        yield There(tmp_path, environment, stack)


def test_workers_of_a_scheduler_are_machines(there: There) -> None:
    _, address = there.scheduler()
    empty = there.run("--profile", "tiny", "--cluster", address)
    assert empty.returncode == 2
    assert empty.stderr == f"primebench: {address}: has no workers; expected one on each machine\n"
    worker = there.worker(address, 1)
    there.run("--profile", "tiny", "--cluster", address)
    run = there.record.read_run()
    assert [trial.index for trial in there.record.read_trials()] == list(range(ROUNDS * SLOTS))
    assert (run.end_reason, list(run.machines), run.is_campaign) == ("finished", [socket.gethostname()], False)
    assert worker.poll() is None, "it is somebody else's"

    there.worker(address, 2)
    two = there.run("--profile", "tiny", "--cluster", address)
    assert two.returncode == 2
    assert two.stderr.startswith(f"primebench: {address}: two workers on {socket.gethostname()}; expected one a machine")
    assert "\n" not in two.stderr.rstrip("\n")


@pytest.mark.long
def test_a_scheduler_that_is_lost_is_one_line_and_the_run_goes_on_with_another(there: There) -> None:
    scheduler, address = there.scheduler()
    there.worker(address, 1)
    with there.running("--profile", "tiny", "--cluster", address) as process:
        awaited(lambda: bool(list(there.project.glob(".primebench/runs/*/trials.jsonl"))), "the run")
        awaited(lambda: bool(there.record.read_trials()), "a round")
        scheduler.kill()
        _, err = process.communicate()
    assert process.returncode == 2
    assert len(err.splitlines()) == 1, err
    before = there.record.read_trials()
    _, again = there.scheduler(int(address.rpartition(":")[2]))
    assert again == address
    there.worker(address, 1)
    there.run("--resume", there.record.path.name)
    trials = there.record.read_trials()
    assert [trial.index for trial in trials] == list(range(ROUNDS * SLOTS))
    known = {trial.index for trial in before}
    assert [trial for trial in trials if trial.index in known] == before


def test_a_worker_that_cannot_listen_or_join_says_why_in_a_line() -> None:
    security = Security.temporary()
    wanted: dict[str, object] = {"scheduler": "tls://127.0.0.1:9", "name": "anvil", "address": "192.0.2.1"}
    wanted |= {"security": {key: getattr(security, key) for key in KEYS}}
    done = subprocess.run(
        [sys.executable, "-m", "loadgen.cluster.worker"],
        input=json.dumps(wanted) + "\n",
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.stderr == ""
    said = json.loads(done.stdout)["error"]
    assert said.startswith("its worker on 192.0.2.1 could not join tls://127.0.0.1:9: ")
    assert "failed to start" not in said
