"""Validity checks that need all trials of a contender under a workload, or those of its neighbours or its twin. Pure."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np

from analysis.checks.load import SERVER_SATURATED
from analysis.checks.registry import SPEED, affects
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.flag import Flag
from analysis.model.metric import Figures
from analysis.model.summary import Fairness
from analysis.stats.arrays import Floats
from analysis.stats.distributions import NORMAL_QUARTILE, f_tail, t_quantile
from analysis.stats.interval import interval_text
from analysis.trial import timeline
from analysis.trial.metrics import SAMPLES_BEYOND
from loadgen.record.pilot import FALLS, Pilot
from loadgen.record.trial import Answers

TREND = 0.03
"""The second half of a window differs from the first by more."""
TREND_LEVEL = 0.99
BEYOND_DOUBT = 2.0
"""By such a factor no mood of a machine changes a window's halves in the same direction in each of a few trials, or in one."""
FEWEST_TRIALS = 5
FEWEST_CONNECTIONS = 8
UNFAIR_FACTOR = 1.5
UNFAIR_LEVEL = 1e-4
TAIL_FACTOR = 3.0
SPREAD_FACTOR = 3.0
SPREAD_LEAST = 0.02
SPREAD_LEVEL = 0.001

When = Literal["under load", "once idle"]
ByTrial = Mapping[int, Figures]
"""Trial index -> figures."""

affects("warming", SPEED)
affects("unsettled", SPEED)
affects("unfair", frozenset(metric.name for metric in m.LATENCIES))
affects("restart_variance", SPEED)
affects("aa_differs", None)


def warming(trials: ByTrial) -> Flag | None:
    """Goodput or CPU per request changes within the window, in the same direction in trial after trial.

    Of each trial the ratio of the window's halves; the flag is raised if the whole 99% interval of the mean lies beyond 3%, or,
    of fewer trials than an interval needs, if the halves of each differ by a factor that no machine's mood explains.
    """
    for name, what in ((timeline.LATE_GOODPUT, "goodput"), (timeline.LATE_CPU, "CPU per request")):
        ratios = {index: figures[name] for index, figures in trials.items() if name in figures}
        if not ratios:
            continue
        low, middle, high = _reach(np.log(list(ratios.values())))
        limit = TREND if len(ratios) >= FEWEST_TRIALS else BEYOND_DOUBT - 1
        if low > 1 + limit or high < 1 / (1 + limit):
            return Flag(
                check="warming",
                evidence=f"{what}, second half over first: {middle:.2f} [{low:.2f}, {high:.2f}]",
                threshold=f"within {limit:.0%}",
                remedy="warm up longer; or the service slows down as it goes: measure longer to see where it settles",
                fatal=False,
                trials=list(ratios),
            )
    return None


def _reach(logs: Floats) -> tuple[float, float, float]:
    """The mean ratio between the ends of its 99% interval, or between the trials' own where they are too few."""
    mean = float(logs.mean())
    if logs.size < FEWEST_TRIALS:
        return float(np.exp(logs.min())), float(np.exp(mean)), float(np.exp(logs.max()))
    half = t_quantile((1 + TREND_LEVEL) / 2, logs.size - 1) * float(logs.std(ddof=1)) / math.sqrt(logs.size)
    return float(np.exp(mean - half)), float(np.exp(mean)), float(np.exp(mean + half))


def unsettled(pilot: Pilot | None, trials: Sequence[int]) -> Flag | None:
    """CPU per request still fell when the run's pilot gave up: the service was measured before it was at its best."""
    if pilot is None or pilot.has_settled:
        return None
    costs = [segment.cpu_per_response_s for segment in pilot.segments if segment.cpu_per_response_s is not None]
    fell = f"from {costs[-2] * 1e6:,.0f} to {costs[-1] * 1e6:,.0f} µs" if len(costs) > 1 else "not known"
    return Flag(
        check="unsettled",
        evidence=f"after {pilot.warm_up_s:.0f} s of load CPU per request still fell: {fell} in the last two of its loads",
        threshold=f"{FALLS:.0%} from one load to the next",
        remedy="give the workload a longer warm_up_s in scenarios.toml",
        fatal=False,
        trials=list(trials),
    )


def unfair(answers: Mapping[int, Answers]) -> Flag | None:
    """Some connections are served more slowly than others, trial after trial, under load or once the server is idle.

    Trial index -> what the harness's own client saw on its connections. Latencies are compared between and within the
    connections of each trial (one-way analysis of variance of their logarithms): a server that is slow at times is slow on all
    of them.
    """
    for when in READINGS:
        times = _grouped(answers, when)
        if not times:
            continue
        factor, chance = _between_connections(list(times.values()))
        if factor > UNFAIR_FACTOR and chance < UNFAIR_LEVEL:
            return Flag(
                check="unfair",
                evidence=f"slow connections take {factor:.1f} times as long as fast ones, {when}",
                threshold=f"{UNFAIR_FACTOR:g} times",
                remedy="quantiles mix two kinds of clients: look how connections are shared out and in which order served",
                fatal=False,
                trials=list(times),
            )
    return None


def fairness(answers: Mapping[int, Answers]) -> Fairness | None:
    """How alike connections are served: under load, of the trials in which enough of them had answers; without any, once idle.

    Trial index -> what the harness's own client saw. None where no trial has enough connections to compare.
    """
    for when in READINGS:
        times = _grouped(answers, when)
        if times:
            factor, chance = _between_connections(list(times.values()))
            levels = [
                float(np.exp(np.mean(group) - np.mean(np.concatenate(groups)))) for groups in times.values() for group in groups
            ]
            return Fairness(when=when, levels=[round(level, 4) for level in levels], factor=factor, p_value=chance)
    return None


def _grouped(answers: Mapping[int, Answers], when: When) -> dict[int, "Groups"]:
    """Trial index -> its connections, of the trials that have enough of them."""
    of_trial = READINGS[when]
    return {index: groups for index, answer in answers.items() if len(groups := of_trial(answer)) >= FEWEST_CONNECTIONS}


Groups = Sequence[Floats]
"""Logarithms of the latencies of each connection that has at least two."""


def _under_load(answers: Answers) -> Groups:
    by_connection: dict[int, list[float]] = {}
    for connection, latency_us in zip(answers.connections, answers.latencies_us, strict=False):
        by_connection.setdefault(connection, []).append(latency_us)
    return [np.log(group) for group in by_connection.values() if len(group) > 1]


def _once_idle(answers: Answers) -> Groups:
    if len(answers.idle_latencies_us) < 2:
        return []
    return [np.log(group) for group in zip(*answers.idle_latencies_us, strict=True)]


READINGS: Mapping[When, Callable[[Answers], Groups]] = {"under load": _under_load, "once idle": _once_idle}


def _between_connections(trials: Sequence[Groups]) -> tuple[float, float]:
    """By which factor slow connections differ from fast ones, and the chance that equal connections look so (F test).

    The factor is two standard deviations of the connections' own levels: that between two equal halves.
    """
    groups = [group - np.mean(np.concatenate(trial)) for trial in trials for group in trial]
    count = sum(group.size for group in groups)
    between_df, within_df = len(groups) - len(trials), count - len(groups)
    between = sum(group.size * float(np.mean(group)) ** 2 for group in groups) / between_df
    within = sum(float(np.sum((group - np.mean(group)) ** 2)) for group in groups) / within_df
    level_variance = max(0.0, between - within) / (count / len(groups))
    if within == 0:
        return float(np.exp(2 * np.sqrt(level_variance))), 0.0 if between > 0 else 1.0
    return float(np.exp(2 * np.sqrt(level_variance))), f_tail(between / within, between_df, within_df)


def wide_pairs(trials: ByTrial, neighbours: Sequence[ByTrial], rounds: Mapping[int, int], limit: float) -> Flag | None:
    """CPU per request against that of the others in the same rounds varies too much: the machine changes within a round.

    `limit` is the profile's, of the robust standard deviation (median absolute deviation) of the logarithms. Of few rounds
    nothing can be said.
    """
    logs = [_by_round(by_trial, rounds) for by_trial in (trials, *neighbours)]
    shared = sorted(set.intersection(*(set(log) for log in logs)))
    if len(logs) < 2 or len(shared) < FEWEST_TRIALS:
        return None
    pairs = np.asarray([logs[0][number] - float(np.median([log[number] for log in logs[1:]])) for number in shared])
    spread = float(np.expm1(np.median(np.abs(pairs - np.median(pairs))) / NORMAL_QUARTILE))
    if spread <= limit:
        return None
    return Flag(
        check="noisy",
        evidence=f"CPU per request against the others' of the same rounds varies by {spread:.1%} (robust standard deviation)",
        threshold=f"{limit:.0%}",
        remedy="stop other work on this machine, or measure more rounds when its neighbours are quiet",
        fatal=False,
        trials=list(trials),
    )


def hidden_stall(closed_ms: Floats, open_ms: Floats, closed_workload: str, trials: Sequence[int]) -> Flag | None:
    """The tail at a fixed rate is far beyond that of the saturated closed loop: a closed loop sends nothing during a pause.

    At saturation every request waits for all connections' turns, so an open loop at less than that should be the faster one.
    Arrays of latencies in ms, pooled over trials.
    """
    if closed_ms.size * 0.01 < SAMPLES_BEYOND or open_ms.size * 0.001 < SAMPLES_BEYOND:
        return None
    closed_p99, open_p999 = float(np.quantile(closed_ms, 0.99)), float(np.quantile(open_ms, 0.999))
    limit_ms = max(TAIL_FACTOR * closed_p99, timeline.STALL_LEAST_S * 1e3)
    if open_p999 <= limit_ms:
        return None
    return Flag(
        check="stall",
        evidence=f"P99.9 at the fixed rate is {open_p999:,.0f} ms, P99 of the saturated closed loop {closed_p99:,.0f} ms "
        f"({closed_workload})",
        threshold=f"{limit_ms:,.0f} ms",
        remedy="look what the server waits for; the closed loop's quantiles hide it, for it sends nothing meanwhile",
        fatal=False,
        trials=list(trials),
    )


def restart_variance(trials: ByTrial, neighbours: Sequence[ByTrial], rounds: Mapping[int, int]) -> Flag | None:
    """CPU per request differs between starts far more than its neighbours' does in the same rounds.

    What a round does to every contender is taken out first, and what is usual is what the neighbours differ by from each
    other: so two of them are needed. `rounds` maps trial indices to rounds.
    """
    logs = [_by_round(by_trial, rounds) for by_trial in (trials, *neighbours)]
    shared = sorted(set.intersection(*(set(log) for log in logs)))
    if len(logs) < 3 or len(shared) < FEWEST_TRIALS:
        return None
    own, *others = (_centred([log[number] for number in shared]) for log in logs)
    spread = float(np.std(own - np.mean(others, axis=0), ddof=1) / np.sqrt(1 + 1 / len(others)))
    usual = float(np.sqrt(np.mean(np.var(others, axis=0, ddof=1))))
    if spread < max(SPREAD_LEAST, SPREAD_FACTOR * usual) or not _certain(spread, usual, len(shared), len(others)):
        return None
    return Flag(
        check="restart_variance",
        evidence=f"CPU per request differs by {spread:.1%} from start to start; the others' by {usual:.1%} in the same rounds",
        threshold=f"{SPREAD_FACTOR:g} times the others', and {SPREAD_LEAST:.0%}",
        remedy="more rounds, not longer trials: one start is one draw",
        fatal=False,
        trials=list(trials),
    )


def aa_differs(over_itself: Sequence[Comparison], trials: Sequence[int]) -> Flag | None:
    """A contender differs from itself under another name.

    `over_itself` holds the decided comparisons of one A/A control under one workload; `trials` are the indices of the flagged
    contender's trials.
    """
    evidence = [
        f"{m.BY_NAME[comparison.metric].title} {comparison.ratio:.3f} {interval_text(comparison.interval)}, "
        f"p = {comparison.adjusted_p_value:.2g}"
        for comparison in over_itself
        if comparison.verdict in ("higher", "lower") and comparison.ratio and comparison.adjusted_p_value is not None
    ]
    if not evidence:
        return None
    return Flag(
        check="aa_differs",
        evidence=f"{over_itself[0].numerator} over {over_itself[0].denominator}, the same program: {'; '.join(evidence)}",
        threshold="p of 5%, shared by all A/A controls of the run (Holm)",
        remedy="something other than the program differs between trials: more rounds, or a quieter machine",
        fatal=False,
        trials=list(trials),
    )


def _centred(logs: Sequence[float]) -> Floats:
    """Less their mean: that one contender is slower than another is no spread."""
    values: Floats = np.asarray(logs) - np.mean(logs)
    return values


def _certain(spread: float, usual: float, rounds: int, others: int) -> bool:
    """Whether chance makes such a ratio of spreads in less than 0.1% of runs (F test; the neighbours' is known the better)."""
    if usual == 0:
        return True
    return f_tail((spread / usual) ** 2, rounds - 1, rounds * (others - 1)) < SPREAD_LEVEL


def _by_round(trials: ByTrial, rounds: Mapping[int, int]) -> dict[int, float]:
    """Round -> logarithm of CPU per request, of trials in which the server was saturated.

    In others it depends on how the requests bunch: a bare loop behind a generator at its limit took 6.5 to 9.8 µs a request,
    the more the fewer it found at each look.
    """
    return {
        rounds[index]: float(np.log(figures[m.CPU_PER_REQUEST.name]))
        for index, figures in trials.items()
        if m.CPU_PER_REQUEST.name in figures and figures.get(m.SERVER_BUSY.name, 0.0) >= SERVER_SATURATED
    }
