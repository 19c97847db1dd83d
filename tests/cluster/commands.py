"""Commands as a user gives them, to their end or meanwhile, and the run that they made."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from loadgen.record.folder import RunFolder
from loadgen.record.trial import Trial
from tests.patience import PATIENCE_S


def ended(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def start(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start it; what it prints is kept."""
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextmanager
def started(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run it meanwhile; it has ended when the block ends."""
    process = start(command, folder, environment)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def run_folder(project: Path) -> RunFolder:
    """Return the folder of the project's only run."""
    (folder,) = (project / ".primebench" / "runs").iterdir()
    return RunFolder(folder)


def trials_in(folder: RunFolder) -> list[Trial]:
    """Return the trials, one for each line of trials.jsonl."""
    trials = folder.read_trials()
    assert len(trials) == folder.trials_file.read_bytes().count(b"\n"), "a trial was counted twice"
    return trials
