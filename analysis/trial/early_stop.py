"""Whether a workload has been measured precisely enough to stop: by the width of intervals alone, never by what they say. Pure
but for reading rows.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from analysis.model import metric as m
from analysis.stats.interval import Interval, median_interval, ratio_of_pairs
from analysis.trial.metrics import figures_of
from analysis.trial.rows import read_rows
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial, Trial

CLOSED_LOOP = (m.GOODPUT, m.CPU_PER_REQUEST)
OPEN_LOOP = (m.LATENCY_P50, m.LATENCY_P99)
"""The metrics whose intervals must be narrow: what a load of that kind is there to tell."""

ByRound = Mapping[int, Mapping[str, float]]
"""Round -> metric name -> value."""


def stopping_rule(folder: RunFolder, run: RunRecord) -> Callable[[str, Sequence[Trial]], bool]:
    """The rule by which a workload of this run stops early; figures of a trial are computed once."""
    known: dict[int, Mapping[str, float]] = {}

    def figures(trial: LoadTrial) -> Mapping[str, float]:
        if trial.index not in known:
            known[trial.index] = figures_of(run, trial, read_rows(folder.path, trial))
        return known[trial.index]

    def settled(workload: str, trials: Sequence[Trial]) -> bool:
        if run.half_width is None or workload not in run.workloads:
            return False
        services = [contender.label for contender in run.contenders if not contender.control and contender.not_measured is None]
        by_round: dict[str, dict[int, Mapping[str, float]]] = {label: {} for label in services}
        for trial in trials:
            if isinstance(trial, LoadTrial) and trial.failure is None and trial.contender in by_round:
                by_round[trial.contender][trial.round] = figures(trial)
        metrics = CLOSED_LOOP if run.workloads[workload].rate is None else OPEN_LOOP
        return narrow_enough([entry for entry in by_round.values() if entry], metrics, run.half_width)

    return settled


def narrow_enough(services: Sequence[ByRound], metrics: Sequence[m.Metric], half_width: float) -> bool:
    """Whether each interval reaches at most `half_width` (0.01 is 1%) to either side of its middle.

    Of two or more services: those of the ratios, pair by pair; of one alone: those of its own figures. Each contender has at
    least one round. What has no interval is not narrow enough.
    """
    intervals = [interval for metric in metrics for interval in _intervals(services, metric.name)]
    return bool(intervals) and all(interval is not None and _half_width(interval) <= half_width for interval in intervals)


def _intervals(services: Sequence[ByRound], metric: str) -> list[Interval | None]:
    if len(services) == 1:
        return [median_interval([figures[metric] for figures in services[0].values() if metric in figures])]
    return [_ratio_interval(a, b, metric) for a, b in combinations(services, 2)]


def _ratio_interval(a: ByRound, b: ByRound, metric: str) -> Interval | None:
    rounds = [number for number in sorted(set(a) & set(b)) if metric in a[number] and metric in b[number]]
    if not rounds:
        return None
    return ratio_of_pairs([a[number][metric] for number in rounds], [b[number][metric] for number in rounds]).interval


def _half_width(interval: Interval) -> float:
    return (interval.high - interval.low) / (interval.high + interval.low)
