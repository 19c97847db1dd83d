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
    whole = [one for one in trials if one.samples and one.idle and one.after and one.window_to_s]
    if not whole:
        return None
    at_s = np.linspace(0.0, min(one.window_to_s or 0.0 for one in whole), POINTS)
    each = np.array([_at(at_s, one) for one in whole])
    return MemoryTimeline(
        window_from_s=float(np.median([one.window_from_s or 0.0 for one in whole])),
        window_to_s=float(np.median([one.window_to_s or 0.0 for one in whole])),
        at_s=[round(float(one), 3) for one in at_s],
        rss_bytes=[float(one) for one in np.median(each, axis=0)],
        low_bytes=[float(one) for one in each.min(axis=0)],
        high_bytes=[float(one) for one in each.max(axis=0)],
        idle_bytes=float(np.median([one.idle.rss_bytes for one in whole if one.idle])),
        after_bytes=float(np.median([one.after.rss_bytes for one in whole if one.after])),
    )


def _at(at_s: Floats, trial: LoadTrial) -> Floats:
    seen = np.array([(sample.at_s, sample.server_rss_bytes) for sample in trial.samples])
    places = np.searchsorted(seen[:, 0], at_s + 1e-9, side="right") - 1
    values: Floats = seen[np.maximum(places, 0), 1]
    return values
