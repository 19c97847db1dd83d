"""The rate of an open loop: a number, or a share of the capacity that closed loops have found in the same run. Pure."""

import statistics
from collections.abc import Collection, Sequence

from loadgen.errors import Error
from loadgen.record.trial import LoadTrial, Trial
from loadgen.record.workload import Rate


def rate_per_s(rate: Rate, label: str, services: Collection[str], trials: Sequence[Trial]) -> int:
    """Requests per second, whole, at least 1, for the contender `label`; `services` are those that a common rate must suit.

    Capacity is the median goodput of the contender's finished trials. Raise Error if there is none to take a share of.
    """
    if rate.share is None or rate.of is None:
        assert rate.per_s is not None
        return rate.per_s
    labels = services if rate.whose == "common" else (label,)
    capacities = [capacity_per_s(rate.of, label, trials) for label in labels]
    known = [value for value in capacities if value is not None]
    if not known:
        raise Error(f"{label}: no rate: no trial of workload '{rate.of}' has finished whose capacity it would be a share of")
    return max(1, round(rate.share * min(known)))


def capacity_per_s(workload: str, label: str, trials: Sequence[Trial]) -> float | None:
    """The median goodput of the finished trials, in requests/s; None without any."""
    goodputs = [
        trial.load.answered_in_window / (trial.window_to_s - trial.window_from_s)
        for trial in trials
        if isinstance(trial, LoadTrial)
        and (trial.workload, trial.contender, trial.failure) == (workload, label, None)
        and not trial.beside
        if trial.load and trial.load.answered_in_window
        if trial.window_from_s is not None and trial.window_to_s is not None
    ]
    return statistics.median(goodputs) if goodputs else None
