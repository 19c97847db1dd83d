"""Resident memory over time: idle, under load, after. Pure."""

from collections.abc import Sequence

import numpy as np

from analysis.model.summary import MemoryTimeline
from analysis.stats.arrays import Floats
from loadgen.record.trial import LoadTrial

POINTS = 41


def memory_timeline(trials: Sequence[LoadTrial]) -> MemoryTimeline | None:
    """The median over the trials and their range, at even steps of the load; None without samples or readings.

    Between two samples the earlier one counts, and before the first one that one.
    """
    whole = [trial for trial in trials if trial.samples and trial.idle and trial.after and trial.window_to_s]
    if not whole:
        return None
    at_s = np.linspace(0.0, min(trial.window_to_s or 0.0 for trial in whole), POINTS)
    each = np.array([_at(at_s, trial) for trial in whole])
    return MemoryTimeline(
        window_from_s=float(np.median([trial.window_from_s or 0.0 for trial in whole])),
        window_to_s=float(np.median([trial.window_to_s or 0.0 for trial in whole])),
        at_s=[round(float(value), 3) for value in at_s],
        rss_bytes=[float(value) for value in np.median(each, axis=0)],
        low_bytes=[float(value) for value in each.min(axis=0)],
        high_bytes=[float(value) for value in each.max(axis=0)],
        idle_bytes=float(np.median([trial.idle.rss_bytes for trial in whole if trial.idle])),
        after_bytes=float(np.median([trial.after.rss_bytes for trial in whole if trial.after])),
    )


def _at(at_s: Floats, trial: LoadTrial) -> Floats:
    seen = np.array([(sample.at_s, sample.server_rss_bytes) for sample in trial.samples])
    places = np.searchsorted(seen[:, 0], at_s + 1e-9, side="right") - 1
    values: Floats = seen[np.maximum(places, 0), 1]
    return values
