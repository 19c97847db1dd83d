"""How metrics moved over the runs of a history, each machine by itself, and where their level changed.

For reading, not for the verdict. Change points are searched for among ranks, so that neither one wild run nor the shape of the
noise counts, by PELT (Killick, Fearnhead and Eckley 2012, Journal of the American Statistical Association 107, 1590-1598) as
ruptures has it, with the cost l2 and this penalty: what the best single change gains, in all but 0.1% of shuffles of the same
ranks. If a series is noise, every order of it is as likely, so that whatever the noise, about one series in a thousand has a
change point that is none. Runs before and after a change point are then looked at in the same way, ranked anew: a large step
would otherwise hide a small one. The place of each is then where distances from the medians on both sides are least.
"""

import functools
import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import ruptures

from analysis.model.measured import MetricName
from analysis.stats.arrays import Floats
from analysis.trend.history import HistoryEntry, HistoryMetric
from analysis.trend.machines import OneMachine, machines_of
from loadgen.strict import Strict

FALSE_ALARM = 0.001
SHUFFLES = 10_000
FEWEST_RUNS = 16
"""Below, no step is large enough: of 12 runs, even two halves that do not overlap come up more often than that by chance."""
FEWEST_A_LEVEL = 4
"""Runs between two change points: fewer are a bad afternoon."""
NOTE = "for reading, not for the verdict: only pairs of one run decide, which primebench regress measures"


class Run(Strict):
    """One run of a trend. `value` is head's median, in the unit that ends the metric's name."""

    run_id: str
    started: str
    commit: str | None
    changed: bool
    value: float
    doubts: list[str]


class ChangePoint(Strict):
    """The level changed between the runs `first` - 1 and `first`, counted from 0: between two commits.

    `change` is the median up to the next change point over the median since the one before, less 1.
    """

    first: int
    run_id: str
    commit_before: str | None
    commit_after: str | None
    change: float
    worse: bool


class Trend(MetricName):
    """One metric on one machine. `not_searched` says why no change points were searched for; null if they were.

    `fingerprint` names the machine, `differs` says how it is another than the one before it in the history.
    """

    fingerprint: str
    cpu_model: str
    unit: str
    better: Literal["higher", "lower"]
    runs: list[Run]
    change_points: list[ChangePoint]
    not_searched: str | None
    differs: list[str] = []

    @property
    def levels(self) -> list[tuple[int, int, float]]:
        """Stretches without a change: first run, last run, median."""
        edges = [0, *(change_point.first for change_point in self.change_points), len(self.runs)]
        values = [run.value for run in self.runs]
        return [(a, b - 1, float(np.median(values[a:b]))) for a, b in pairwise(edges)]


class TrendResult(Strict):
    """All trends of a history, by machine, service, layer and workload. Runs that were `invalid` are in none of them."""

    schema_version: Literal[1] = 1
    note: str = NOTE
    runs: int
    invalid: list[str]
    trends: list[Trend]


def trends_of(entries: Sequence[HistoryEntry]) -> TrendResult:
    """The trends of a history, in the order of time."""
    valid = sorted((entry for entry in entries if entry.outcome != "invalid"), key=lambda entry: (entry.started, entry.run_id))
    return TrendResult(
        runs=len(valid),
        invalid=[entry.run_id for entry in entries if entry.outcome == "invalid"],
        trends=[trend for machine in machines_of(valid) for trend in _trends_on(machine)],
    )


def _trends_on(machine: OneMachine) -> list[Trend]:
    """Return the trends of one machine, by service."""
    by_metric: dict[tuple[str, ...], list[tuple[HistoryEntry, HistoryMetric]]] = {}
    for entry in machine.entries:
        for metric in entry.metrics:
            by_metric.setdefault((metric.service, metric.layer, metric.workload, metric.metric), []).append((entry, metric))
    return [_trend(pairs, machine) for pairs in sorted(by_metric.values(), key=lambda pairs: pairs[0][1].service)]


def _trend(pairs: Sequence[tuple[HistoryEntry, HistoryMetric]], machine: OneMachine) -> Trend:
    runs = [
        Run.from_fields_of(
            entry,
            value=metric.head,
            doubts=metric.doubts,
        )
        for entry, metric in pairs
    ]
    entry, metric = pairs[-1]
    enough = len(runs) >= FEWEST_RUNS
    return Trend.from_fields_of(
        metric,
        fingerprint=machine.name,
        cpu_model=entry.cpu_model,
        runs=runs,
        change_points=_described(runs, metric.better) if enough else [],
        not_searched=None if enough else f"change points need {FEWEST_RUNS} runs",
        differs=machine.differs,
    )


def _described(runs: Sequence[Run], better: Literal["higher", "lower"]) -> list[ChangePoint]:
    values = [run.value for run in runs]
    firsts = change_points(values)
    edges = [0, *firsts, len(runs)]
    described = []
    for before, first, after in zip(edges, firsts, edges[2:], strict=False):
        change = float(np.median(values[first:after]) / np.median(values[before:first])) - 1
        described.append(
            ChangePoint(
                first=first,
                run_id=runs[first].run_id,
                commit_before=runs[first - 1].commit,
                commit_after=runs[first].commit,
                change=change,
                worse=(change > 0) == (better == "lower"),
            )
        )
    return described


def change_points(values: Sequence[float]) -> list[int]:
    """Where the level of `values` changed: the index of the first of each new level, going up."""
    placed = [0]
    searched = [*_searched(values), len(values)]
    for _, after in pairwise(searched):  # each is at least FEWEST_A_LEVEL runs from the next, and stays so
        placed.append(placed[-1] + _step(values[placed[-1] : after]))
    return placed[1:]


def _searched(values: Sequence[float]) -> list[int]:
    """Change points by ranks: whether there are any, and nearly where."""
    if len(values) < FEWEST_RUNS:
        return []
    from scipy.stats import rankdata  # importing it takes 0.4 s, which other commands need not wait

    ranks = rankdata(values)
    ties = tuple(sorted(Counter(ranks.tolist()).items()))
    if len(ties) == 1:
        return []
    search = ruptures.Pelt(model="l2", min_size=FEWEST_A_LEVEL, jump=1).fit(ranks)
    firsts = [int(value) for value in search.predict(pen=penalty(ties))[:-1]]
    if not firsts:
        return []
    edges = [0, *firsts, len(values)]
    within = [a + number for a, b in pairwise(edges) for number in _searched(values[a:b])]
    return sorted([*firsts, *within])


def _step(values: Sequence[float]) -> int:
    """Where the one step in `values` is: ranks may be a run off where one level is longer, distances from medians are not."""
    search = ruptures.Dynp(model="l1", min_size=FEWEST_A_LEVEL, jump=1).fit(np.asarray(values))
    return int(search.predict(n_bkps=1)[0])


@functools.lru_cache(maxsize=1024)
def penalty(ties: tuple[tuple[float, int], ...]) -> float:
    """What a change must gain, in squared ranks, if these are the ranks and how often each comes. Shuffles are always the same.

    The gain of a single change after k of n runs is the sum of squares that it takes away: n / (k (n - k)) times the square of
    the sum of the first k ranks, less their mean.
    """
    ranks = np.repeat([rank for rank, _ in ties], [times for _, times in ties])
    centred = ranks - ranks.mean()
    n = len(ranks)
    draw = np.random.default_rng(0)
    after = np.arange(FEWEST_A_LEVEL, n - FEWEST_A_LEVEL + 1)
    gains = np.empty(SHUFFLES)
    for shuffle in range(SHUFFLES):
        gains[shuffle] = _largest_gain(draw.permutation(centred), after)
    return math.nextafter(float(np.quantile(gains, 1 - FALSE_ALARM, method="higher")), math.inf)


def _largest_gain(centred: Floats, after: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> float:
    n = len(centred)
    return float(np.max(np.cumsum(centred)[after - 1] ** 2 * (n / (after * (n - after)))))
