"""The trials of a run by their kind."""

from pathlib import Path

from loadgen.record.folder import load_run
from loadgen.record.run import RunRecord
from loadgen.record.trial import BenchmarkTrial, LoadTrial


def load_trials(folder: Path) -> tuple[RunRecord, list[LoadTrial]]:
    """Return the run and its load trials; there must be no others."""
    run, trials = load_run(folder)
    loads = [trial for trial in trials if isinstance(trial, LoadTrial)]
    assert len(loads) == len(trials)
    return run, loads


def benchmark_trials(folder: Path) -> list[BenchmarkTrial]:
    """Return the trials of microbenchmarks."""
    return [trial for trial in load_run(folder)[1] if isinstance(trial, BenchmarkTrial)]
