"""The answer in three sentences, made from the comparisons of a run: who is ahead, by how much, who ties. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from analysis.checks.affected import each_once, marked
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.flag import GENERATOR_BOUND
from analysis.model.invert import inverted
from analysis.model.standing import amount, hindered, main_workload
from analysis.model.summary import ContenderResult, Summary, WorkloadResult, between_services
from analysis.tables.generators import CROSS_CHECK
from loadgen.counted import counted

MOST_SPELT_OUT = 3
"""With more services than this, only what the best are ahead of is said: all pairs are in the tables."""

PHRASES = {
    m.GOODPUT.name: ("{winner} serves ", "{share} more requests than {loser}"),
    m.LATENCY_P99.name: ("P99 of {winner} is ", "{share} shorter than that of {loser}"),
    m.CPU_PER_REQUEST.name: ("{winner} needs ", "{share} less CPU than {loser}{beside}"),
}
"""How a difference is said, the better one first: once the beginning, then each of those that it is better than."""

ALONE = {
    m.CPU_PER_REQUEST.name: "needs {} µs of CPU per request",
    m.GOODPUT.name: "serves {} requests/s",
    m.LATENCY_P99.name: "has a P99 of {} ms",
}


class Ahead(NamedTuple):
    """A decided difference, the better one first; `share` is by how much, with its interval. Where that is another one side by
    side than alone, it is the one alone, if that is decided, too, and `beside` tells the other. `size` orders differences.
    """

    winner: str
    loser: str
    share: str
    beside: str
    size: float


MOST_NAMED = 4


def answer(summary: Summary) -> list[str]:
    """Sentences for the top of everything that shows a run; one that says why, where nothing was compared.

    CPU per request and speed where the most is calculated, and CPU per request where the least is.
    """
    compared = [workload for workload in summary.workloads if workload.comparisons]
    compared = [
        workload for workload in compared if any(comparison.ratio is not None for comparison in workload.comparisons)
    ] or compared
    if not compared:
        return [_nothing_compared(summary)]
    main = main_workload(compared)
    closed = [workload for workload in compared if workload.rate is None and workload is not main]
    sentences = [_sentence(main, m.CPU_PER_REQUEST), _speed(main)]
    if closed:
        sentences.append(_sentence(min(closed, key=amount), m.CPU_PER_REQUEST))
    return [name for name in (*sentences, _campaign(summary)) if name]


def _campaign(summary: Summary) -> str:
    if not summary.is_campaign:
        return ""
    names, more = list(summary.machines), len(summary.machines) - MOST_NAMED
    named = ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"Of {len(names)} machines ({named}), each a block: a ratio is over all of them, values are each machine's own."


def _nothing_compared(summary: Summary) -> str:
    if not summary.workloads:
        return "No service was put under load: the microbenchmarks below are all that this run has."
    measured = [
        (workload, [contender for contender in workload.contenders if not contender.control and contender.trials])
        for workload in summary.workloads
    ]
    alone = [(workload, contenders[0]) for workload, contenders in measured if contenders]
    if len({contender.label for _, contenders in measured for contender in contenders}) != 1:
        return "Nothing was compared."
    main = main_workload([workload for workload, _ in alone])
    return _alone(main, next(contender for workload, contender in alone if workload is main))


def _alone(workload: WorkloadResult, contender: ContenderResult) -> str:
    """What the only service that was measured does, with nothing beside it."""
    parts = []
    for metric, phrase in ALONE.items():
        figure = contender.figures.get(metric)
        if figure is not None and figure.value is not None:
            least = metric == m.GOODPUT.name and GENERATOR_BOUND in figure.doubts
            value = f"{'at least ' if least else ''}{m.BY_NAME[metric].write(figure.value)}"
            parts.append(marked(phrase.format(value), [name for name in figure.doubts if name != GENERATOR_BOUND or not least]))
    said = _listed(parts or ["was measured"])
    return f"At {workload.label} ({workload.name}), {contender.title} {said}; nothing was measured beside it."


def _speed(workload: WorkloadResult) -> str:
    """Goodput; P99 in an open loop, whose goodput is its rate; the limit where that was the generator's."""
    goodput = [comparison for comparison in workload.comparisons if comparison.metric == m.GOODPUT.name]
    if goodput and all(GENERATOR_BOUND in comparison.doubts for comparison in goodput):
        least = least_goodput(workload)
        return f"At {workload.label} ({workload.name}), each serves at least {least} requests/s, the generator's limit."
    return _sentence(workload, m.GOODPUT if goodput else m.LATENCY_P99)


def least_goodput(workload: WorkloadResult) -> str:
    """The lowest goodput of all services, in requests/s."""
    values = [
        contender.figures[m.GOODPUT.name].value
        for contender in workload.contenders
        if not contender.control and contender.figures
    ]
    return m.GOODPUT.write(min((value for value in values if value is not None), default=0.0))


def _sentence(workload: WorkloadResult, metric: m.Metric) -> str:
    comparisons = [comparison for comparison in between_services(workload) if comparison.metric == metric.name]
    if not comparisons:
        return ""
    titles = names_of(workload)
    opening = f"At {workload.label} ({workload.name})"
    parts = [
        *_ahead(metric, comparisons, titles, hindered(workload)),
        *_ties(comparisons, titles),
        *_unknown(metric, comparisons, titles),
    ]
    return f"{opening}, {'; '.join(parts)}."


def names_of(workload: WorkloadResult) -> dict[str, str]:
    """Label -> name: of "C++ · Beast" the language, where no other service has the same; titles are in every table."""
    titles = {contender.label: contender.title for contender in workload.contenders}
    short = {contender.label: contender.title.partition(" · ")[0] for contender in workload.contenders if not contender.control}
    return titles | (short if len(set(short.values())) == len(short) else {})


def _ahead(
    metric: m.Metric, comparisons: Sequence[Comparison], titles: dict[str, str], apart: Sequence[tuple[Comparison, Comparison]]
) -> list[str]:
    """Of each winner, everybody that it is ahead of; `apart` are those whose ratio is another one side by side than alone."""
    alone = {(comparison.metric, comparison.numerator, comparison.denominator): solo for comparison, solo in apart}
    decided = [comparison for comparison in comparisons if comparison.verdict in ("higher", "lower")]
    differences = [
        _oriented(comparison, metric, alone.get((comparison.metric, comparison.numerator, comparison.denominator)))
        for comparison in decided
    ]
    if _many(comparisons):
        wins = Counter(difference.winner for difference in differences)
        differences = [difference for difference in differences if wins[difference.winner] == max(wins.values())]
    begin, rest = PHRASES[metric.name]
    by_winner: dict[str, list[Ahead]] = {}
    for difference in differences:
        by_winner.setdefault(difference.winner, []).append(difference)
    parts = []
    for winner, behind in sorted(by_winner.items(), key=lambda item: -len(item[1])):
        near = behind if len(behind) <= MOST_NAMED else sorted(behind, key=lambda ahead: ahead.size)[: MOST_NAMED - 1]
        losers = [rest.format(share=ahead.share, loser=titles[ahead.loser], beside=ahead.beside) for ahead in near]
        parts.append(begin.format(winner=titles[winner]) + _listed(losers))
        parts += (
            [f"{counted(len(behind) - len(near), 'other is', 'others are')} further behind"] if len(near) < len(behind) else []
        )
    return parts


def _oriented(comparison: Comparison, metric: m.Metric, alone: Comparison | None) -> Ahead:
    first, second = (
        other if comparison.verdict == metric.better else inverted(other) for other in (comparison, alone or comparison)
    )
    said, other = marked(difference(first), first.doubts), marked(difference(second), second.doubts)
    pair, size = (first.numerator, first.denominator), abs(math.log(first.ratio or 1.0))
    if alone is None:
        return Ahead(*pair, said, "", size)
    if second.verdict == first.verdict:
        return Ahead(*pair, other, f" ({said} beside it)", size)
    return Ahead(*pair, said, f" beside it (alone: {second.verdict})", size)


def difference(comparison: Comparison) -> str:
    """By how much the ratio is off 1, without its sign, and its interval likewise: 3.4% [2.6, 4.1]."""
    assert comparison.ratio is not None
    sign = 1.0 if comparison.ratio >= 1 else -1.0
    off = f"{sign * (comparison.ratio - 1):.1%}"
    if comparison.interval is None:
        return off
    low, high = sorted(sign * (end - 1) * 100 for end in (comparison.interval.low, comparison.interval.high))
    return f"{off} [{low:.1f}, {high:.1f}]"


def _ties(comparisons: Sequence[Comparison], titles: dict[str, str]) -> list[str]:
    tied = [comparison for comparison in comparisons if comparison.verdict == "tie"]
    if _many(comparisons) and 0 < len(tied) < len(comparisons):
        return [
            marked(
                f"{len(tied)} of {counted(len(comparisons), 'pair')} {'ties' if len(comparisons) == 1 else 'tie'}",
                each_once(*(comparison.doubts for comparison in tied)),
            )
        ]
    if len(tied) == len(comparisons) > 1:
        everybody = dict.fromkeys(
            label for comparison in comparisons for label in (comparison.numerator, comparison.denominator)
        )
        named = _listed([titles[label] for label in everybody])
        return [
            marked(
                f"{named} tie on {m.BY_NAME[comparisons[0].metric].title}",
                each_once(*(comparison.doubts for comparison in tied)),
            )
        ]
    return [
        marked(
            f"{titles[comparison.numerator]} and {titles[comparison.denominator]} tie on {m.BY_NAME[comparison.metric].title}",
            comparison.doubts,
        )
        for comparison in tied
    ]


def _many(comparisons: Sequence[Comparison]) -> bool:
    return (
        len({label for comparison in comparisons for label in (comparison.numerator, comparison.denominator)}) > MOST_SPELT_OUT
    )


def _unknown(metric: m.Metric, comparisons: Sequence[Comparison], titles: dict[str, str]) -> list[str]:
    """What nothing can be said of, and why; each reason once."""
    by_reason: dict[str, list[str]] = {}
    for comparison in comparisons:
        if comparison.verdict == "cannot tell":
            pair = f"{titles[comparison.numerator]} and {titles[comparison.denominator]}"
            by_reason.setdefault(comparison.reason or "no reason known", []).append(pair)
    unknown = sum(len(pairs) for pairs in by_reason.values())
    if _many(comparisons) and 0 < unknown < len(comparisons):
        return [f"nothing can be said of {unknown} of {counted(len(comparisons), 'pair')}"]
    if len(by_reason) == 1 and len(next(iter(by_reason.values()))) == len(comparisons):
        return [f"nothing can be said of {metric.title}: {next(iter(by_reason))}"]
    return [f"nothing can be said of {metric.title} of {', of '.join(pairs)}: {reason}" for reason, pairs in by_reason.items()]


def _listed(words: Sequence[str]) -> str:
    """a; a and b; a, b and c."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def doubts_in_words(summary: Summary) -> list[str]:
    """Every check that cast doubt on some figure, and on whose: "generator_bound: framework (Go · one, ...)"."""
    places: dict[str, dict[str, list[str]]] = {}
    for workload in summary.workloads:
        for contender in workload.contenders:
            for name in dict.fromkeys(flag.check for flag in contender.flags):
                places.setdefault(name, {}).setdefault(workload.name, []).append(contender.title)
    if summary.cross_check:
        for flag in summary.cross_check.flags:
            places.setdefault(flag.check, {})[CROSS_CHECK] = [contender.title for contender in summary.cross_check.contenders]
    return [
        f"{name}: " + "; ".join(f"{workload} ({', '.join(titles)})" for workload, titles in by_workload.items())
        for name, by_workload in places.items()
    ]
