"""Who stands where under a workload with many services: ranks that are shared, and groups that nothing tells apart. Pure."""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Literal

from analysis.field.model import FieldWorkload, Place
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.invert import inverted
from analysis.model.standing import hindered
from analysis.model.summary import ContenderResult, WorkloadResult, between_services, paired_between
from loadgen.record.run import DirectPair
from loadgen.record.workload import load_in_words

SHOWN = (m.GOODPUT, m.LATENCY_P50, m.LATENCY_P99, m.CPU_PER_REQUEST, m.RSS_IDLE, m.RSS_LOADED, m.PSS_LOADED, m.RSS_PEAK)
METRIC = m.CPU_PER_REQUEST
Said = Literal["win", "loss", "tie", "not comparable"]
_SAID: dict[str, Said] = {"lower": "win", "higher": "loss", "tie": "tie", "cannot tell": "not comparable"}


def field_workload(workload: WorkloadResult) -> FieldWorkload:
    """Return the places of a workload's services by CPU per request: of paired trials where there are any, but of solo trials
    for a service that is another one side by side.

    The workload must have services, and comparisons of them.
    """
    services = [contender for contender in workload.contenders if not contender.control]
    paired = paired_between(workload)
    reference = paired[0].numerator if paired else services[0].label
    beside = {
        pair.numerator: pair
        for comparison, _ in hindered(workload)
        for pair in (comparison, inverted(comparison))
        if pair.denominator == reference
    }
    pairs = {
        (pair.numerator, pair.denominator): pair
        for solo, either in zip(workload.comparisons, between_services(workload), strict=True)
        if solo.metric == METRIC.name
        for comparison in (solo if {solo.numerator, solo.denominator} & beside.keys() else either,)
        for pair in (comparison, inverted(comparison))
    }
    order = _as_told(sorted(services, key=lambda service: _order(service, reference, pairs)), pairs)
    comparable = [service.label for service in order if _is_told(service.label, reference, pairs)]
    comparable = [] if comparable == [reference] else comparable  # first of one is no rank
    between = [(a.label, b.label) for a, b in combinations(order, 2)]
    return FieldWorkload(
        name=workload.name,
        title=workload.title,
        label=workload.label,
        load=", ".join([load_in_words(workload.connections, workload.rate), *workload.sending.in_words]),
        reference=reference,
        paired=bool(paired),
        places=[
            _place(service, reference, pairs, comparable).replace(beside=_without_rounds(beside.get(service.label)))
            for service in order
        ],
        pairs=[pairs[pair].replace(each=[], machines=[]) for pair in between if pair in pairs],
    )


def _without_rounds(pair: Comparison | None) -> Comparison | None:
    return None if pair is None else pair.replace(each=[], machines=[])


Pairs = Mapping[tuple[str, str], Comparison]


def _is_told(label: str, reference: str, pairs: Pairs) -> bool:
    """Whether there is something to say of the service beside the reference."""
    return label == reference or ((label, reference) in pairs and pairs[label, reference].verdict != "cannot tell")


def _order(service: ContenderResult, reference: str, pairs: Pairs) -> tuple[bool, float]:
    """By the ratio to the reference, those last of which nothing is told."""
    pair = pairs.get((service.label, reference))
    ratio = 1.0 if service.label == reference else pair.ratio if pair is not None and pair.ratio is not None else float("inf")
    return not _is_told(service.label, reference, pairs), ratio


def _as_told(order: Sequence[ContenderResult], pairs: Pairs) -> list[ContenderResult]:
    """With neighbours the other way round where their direct pairs say so, whatever the reference says of each."""
    places = list(order)
    for _ in places:
        for at in range(1, len(places)):
            if said_of(pairs.get((places[at].label, places[at - 1].label))) == "win":
                places[at - 1], places[at] = places[at], places[at - 1]
    return places


def _place(service: ContenderResult, reference: str, pairs: Pairs, comparable: Sequence[str]) -> Place:
    label = service.label
    others = [said_of(pairs.get((label, other))) for other in comparable if other != label]
    ranked = label in comparable
    return Place(
        label=label,
        best_rank=1 + others.count("loss") if ranked else None,
        worst_rank=len(comparable) - others.count("win") if ranked else None,
        ratio=None if label == reference else pairs.get((label, reference)),
        figures={metric.name: service.figures[metric.name] for metric in SHOWN if metric.name in service.figures},
    )


def said_of(pair: Comparison | None) -> Said:
    """Return what a pair says of its first service: less CPU per request is better."""
    return "not comparable" if pair is None else _SAID[pair.verdict]


def said_between(workload: FieldWorkload) -> dict[tuple[str, str], tuple[Said, Comparison]]:
    """Return for each ordered pair of services what can be told of the first."""
    both = [(pair, other) for pair in workload.pairs for other in (pair, inverted(pair))]
    return {(shown.numerator, shown.denominator): (said_of(shown), shown) for _, shown in both}


def rank_text(place: Place) -> str:
    """Return "2", "2–4" where the service may have any of these, or "?" where nothing is told of it."""
    if place.best_rank is None or place.worst_rank is None:
        return "?"
    if place.best_rank == place.worst_rank:
        return str(place.best_rank)
    return f"{place.best_rank}–{place.worst_rank}"


def groups(workload: FieldWorkload) -> list[list[str]]:
    """Return the services in groups, best first: each of one group is told apart from each of every other.

    Within a group some may be told apart, where a third one ties with both. Those of which nothing is told are in none.
    """
    between = said_between(workload)
    labels = [place.label for place in workload.places if place.best_rank is not None]
    service_groups: list[list[str]] = [[]]
    for number, label in enumerate(labels):
        apart = all(
            between.get((before, behind), ("tie", None))[0] == "win" for before in labels[:number] for behind in labels[number:]
        )
        if apart and service_groups[-1]:
            service_groups.append([])
        service_groups[-1].append(label)
    return [group for group in service_groups if group]


def undecided(workload: FieldWorkload, direct_pairs: Sequence[DirectPair] = ()) -> list[Comparison]:
    """Return the ties whose direct pairs would decide most: neighbours that were not side by side, those first that
    are the furthest apart. Services that are another one side by side than alone are left out.
    """
    beside = {
        frozenset((direct_pair.service, direct_pair.beside))
        for direct_pair in direct_pairs
        if direct_pair.workload == workload.name
    }
    if workload.paired:
        beside |= {frozenset((workload.reference, place.label)) for place in workload.places}
    neighbours = set(pairwise(place.label for place in workload.places if place.beside is None))
    ties = [
        pair
        for pair in workload.pairs
        if pair.verdict == "tie" and (pair.numerator, pair.denominator) in neighbours
        if frozenset((pair.numerator, pair.denominator)) not in beside
    ]
    return sorted(ties, key=apart, reverse=True)


def apart(pair: Comparison) -> float:
    """How far the estimate of a pair is from 1, as measured by its interval."""
    if pair.interval is None or pair.ratio is None or pair.interval.high <= pair.interval.low:
        return 0.0
    return abs(pair.ratio - 1) / (pair.interval.high - pair.interval.low)
