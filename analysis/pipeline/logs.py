"""The logs of trials that have a P99, with the window as the server's own clock has it."""

from collections.abc import Sequence
from pathlib import Path

from analysis.audit.gctrace import TracedTrial
from analysis.model import metric as m
from analysis.pipeline.compared import Analysed
from loadgen.errors import Error
from loadgen.record.trial import LoadTrial


def traced(run_folder: Path, trials: Sequence[Analysed]) -> list[TracedTrial]:
    """The logs of trials that have a P99, with the window as the server's own clock has it.

    A server that wrote nothing has an empty one; trials from before logs were kept are left out.
    """
    traced_trials = []
    for trial, figures in ((trial.trial, trial.figures) for trial in trials if not any(flag.fatal for flag in trial.flags)):
        if trial.load_began_s is None or m.LATENCY_P99.name not in figures:
            continue
        assert trial.window_from_s is not None
        assert trial.window_to_s is not None
        traced_trials.append(
            TracedTrial(
                log=_log_of(run_folder, trial),
                from_s=trial.load_began_s + trial.window_from_s,
                to_s=trial.load_began_s + trial.window_to_s,
                p50_ms=figures[m.LATENCY_P50.name],
                p99_ms=figures[m.LATENCY_P99.name],
            )
        )
    return traced_trials


def _log_of(run_folder: Path, trial: LoadTrial) -> str:
    """What the trial's server wrote on stderr; raise Error if the file is gone."""
    if trial.log_file is None:
        return ""
    path = run_folder / trial.log_file
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise Error(f"{path}: {error.strerror}; trial {trial.index} says that its server's log is there") from error
