"""What a trial at a rate says: its latencies, and whether it kept the objective."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.checks.trial import check_trial
from analysis.curve.estimate import Outcome
from analysis.curve.rule import next_rate
from analysis.model import metric as m
from analysis.model.flag import GENERATOR_BOUND
from analysis.stats.arrays import Floats
from analysis.trial.metrics import figures_of
from analysis.trial.rows import Rows, read_rows
from loadgen.record.curve import Objective
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial, Trial
from loadgen.strict import Strict

SERVED = 0.99
"""Of the requests that are due in the window so many are answered in it, or the queue grows as long as the load lasts."""
IN_FLIGHT = 2
"""Requests that may be under way at either edge of the window."""
BLOCKS = 6
"""Of a window: late requests of one clump are in one of them, or in two."""
TOO_FEW = "too few requests"
FAILED = "failed"
BROKEN_BY = "errors"
"""The one check that says that a service does not keep an objective, not that the trial says nothing: requests without a right
response are none within the limit."""


class Point(Strict):
    """A trial at a rate: of the requests that were `due` in its window how many were `late`, and whether it kept the objective,
    or why it says nothing of that (`lost`); its figures by metric, and the share of a core that the server used.
    """

    trial: int
    rate_per_s: int
    kept: bool | None
    lost: str | None = None
    due: int = 0
    late: int = 0
    variance: float = 0.0
    figures: dict[str, float] = {}
    cpu_share: float | None = None

    @property
    def outcome(self) -> Outcome:
        """What the rule needs of it."""
        return Outcome(self.rate_per_s, self.kept, self.due, self.late, self.variance)


def outcome_of(
    objective: Objective,
    rate_per_s: int,
    window: tuple[float, float],
    due_s: Floats,
    late: npt.NDArray[np.bool_],
    answered: int,
) -> Outcome:
    """Return what a trial says whose requests were due at these times of its window: which of them had no right response within
    the limit, and how many right responses came in the window. All are late if that is fewer than a stable queue answers.
    """
    due, blocks = len(due_s), np.histogram(due_s[late], np.linspace(*window, BLOCKS + 1))[0]
    late_count = int(late.sum()) if answered >= SERVED * due - IN_FLIGHT else due
    kept = None if due * objective.allowed_share < 1 else late_count <= objective.allowed_share * due + 1e-9
    return Outcome(rate_per_s, kept, due, late_count, float(blocks.var(ddof=1)) * BLOCKS)


def point_of(folder: Path, run: RunRecord, trial: LoadTrial) -> Point:
    """Return what the open loop says; raise Error if its rows are missing."""
    assert run.curve is not None
    assert trial.rate_per_s is not None
    if trial.failure is not None:
        return Point(trial=trial.index, rate_per_s=trial.rate_per_s, kept=None, lost=FAILED)
    rows = read_rows(folder, trial)
    figures, outcome = figures_of(run, trial, rows), _outcome(run.curve.objective, trial, rows)
    lost = _lost(run, trial, figures) or (TOO_FEW if outcome.kept is None else None)
    return Point(
        trial=trial.index,
        rate_per_s=trial.rate_per_s,
        kept=None if lost else outcome.kept,
        lost=lost,
        due=outcome.due,
        late=outcome.late,
        variance=outcome.variance,
        figures={name: value for name, value in figures.items() if math.isfinite(value)},
        cpu_share=trial.cpu.server_cpu_s / (trial.cpu.to_s - trial.cpu.from_s) if trial.cpu else None,
    )


def _outcome(objective: Objective, trial: LoadTrial, rows: Rows) -> Outcome:
    """What the rows say; a request without a response was due at a time that nobody knows, and is late at the window's end."""
    assert trial.rate_per_s is not None
    window = window_of(trial)
    inside = (rows.start_s >= window[0]) & (rows.start_s < window[1])
    late = ~rows.right | (rows.end_s - rows.start_s > objective.limit_ms / 1e3)
    lost = sum(trial.load.errors.values()) if trial.load else 0
    due_s = np.concatenate([rows.start_s[inside], np.full(lost, window[1])])
    late = np.concatenate([late[inside], np.ones(lost, dtype=np.bool_)])
    return outcome_of(objective, trial.rate_per_s, window, due_s, late, rows.answered(*window))


def window_of(trial: LoadTrial) -> tuple[float, float]:
    """Return the measured window of a trial that did not fail."""
    assert trial.window_from_s is not None
    assert trial.window_to_s is not None
    return trial.window_from_s, trial.window_to_s


def _lost(run: RunRecord, trial: LoadTrial, figures: Mapping[str, float]) -> str | None:
    """The check by which the trial says nothing of the service; None if it does."""
    for flag in check_trial(run, trial, figures):
        if flag.check == GENERATOR_BOUND or (flag.fatal and flag.check != BROKEN_BY):
            return flag.check
    return None


def saturated_per_s(folder: Path, run: RunRecord, trials: Sequence[Trial]) -> float | None:
    """Return the goodput of the closed loop, in requests/s; None without one that finished."""
    closed = [trial for trial in trials if isinstance(trial, LoadTrial) and trial.rate_per_s is None and trial.failure is None]
    goodputs = [figures_of(run, trial, read_rows(folder, trial)).get(m.GOODPUT.name) for trial in closed]
    return next(iter(goodputs), None)


def rate_rule(folder: RunFolder, run: RunRecord) -> Callable[[str, Sequence[Trial]], int | None]:
    """Return the rule by which the run's curves go on; what a trial says is read once."""
    assert run.curve is not None
    allowed_share = run.curve.objective.allowed_share
    points: dict[int, Point] = {}
    saturated: dict[str, float | None] = {}

    def wanted(label: str, trials: Sequence[Trial]) -> int | None:
        if label not in saturated:
            saturated[label] = saturated_per_s(folder.path, run, trials)
        opened = [trial for trial in trials if isinstance(trial, LoadTrial) and trial.rate_per_s is not None]
        for trial in opened:
            if trial.index not in points:
                points[trial.index] = point_of(folder.path, run, trial)
        known = saturated[label]
        return None if known is None else next_rate([points[trial.index].outcome for trial in opened], known, allowed_share)

    return wanted
