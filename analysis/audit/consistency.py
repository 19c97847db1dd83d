"""Published figures against each other, without measuring anything. Pure."""

from itertools import pairwise

from analysis.audit.model import Claim, PublishedSet, reach_of
from analysis.audit.ratio import quotient
from analysis.model import metric as m
from analysis.model.audit import ConsistencyResult
from loadgen.counted import counted
from loadgen.task.work import Scale

_ASCENDING = (m.LATENCY_P50.name, m.LATENCY_P90.name, m.LATENCY_P99.name, m.LATENCY_P999.name)


def check_consistency(published: PublishedSet, scale: Scale | None) -> list[ConsistencyResult]:
    """Of each contender Little's law and the order of its quantiles; of each ratio the quotient of the figures themselves."""
    groups: dict[tuple[str, str], dict[str, Claim]] = {}
    for claim in published.claims:
        if claim.workload is not None:
            groups.setdefault((claim.contender, claim.workload), {})[claim.metric] = claim
    rules = []
    for (contender, workload), claims in groups.items():
        rules += [rule for rule in (_littles_law(published, contender, workload, claims, scale),) if rule]
        rules += [rule for rule in (_ascending(published, contender, claims),) if rule]
    return rules + _ratios(published)


def _littles_law(
    published: PublishedSet, contender: str, workload: str, claims: dict[str, Claim], scale: Scale | None
) -> ConsistencyResult | None:
    """A closed loop of c connections has at most c requests in flight, and c if the generator loses no time."""
    rate, latency = claims.get(m.GOODPUT.name), claims.get(m.LATENCY_MEAN.name)
    if rate is None or latency is None:
        return None
    request = published.workloads[workload]
    in_flight = rate.figure * latency.figure / 1e3
    least = rate.hit[0] * latency.hit[0] / 1e3
    consistent = least <= request.connections
    derivation = (
        f"{m.GOODPUT.write(rate.figure)} requests/s x {m.LATENCY_MEAN.write(latency.figure)} ms = {in_flight:.1f} requests in "
        f"flight of {counted(request.connections, 'connection')}"
    )
    value = None if scale is None else request.parameters.get(scale.parameter)
    if consistent and scale is not None and isinstance(value, int) and (count := scale.amount(value)):
        derivation += (
            f": no more than there are. But {scale.parameter} = {value:,} is {count:,} {scale.unit}, which leaves "
            f"{latency.figure * 1e6 / count:.2f} ns for each if nothing else takes time and none waits for a core"
        )
    return _result(published, f"{contender}: Little's law", derivation, consistent)


def _ascending(published: PublishedSet, contender: str, claims: dict[str, Claim]) -> ConsistencyResult | None:
    """Quantiles ascend; and half of the requests take P50 or more, so that the mean is no less than half of it (Markov).

    What counts is what a figure may stand for: one that is "about" so much is no exact one.
    """
    quantiles = [claims[name] for name in _ASCENDING if name in claims]
    if len(quantiles) < 2:
        return None
    ascends = all(a.hit[0] <= b.hit[1] for a, b in pairwise(quantiles))
    derivation = " <= ".join(
        f"{m.BY_NAME[quantile.metric].title} {m.BY_NAME[quantile.metric].write(quantile.figure)} ms" for quantile in quantiles
    )
    mean = claims.get(m.LATENCY_MEAN.name)
    p50 = claims.get(m.LATENCY_P50.name)
    enough = mean is None or p50 is None or mean.hit[1] >= p50.hit[0] / 2
    if mean is not None and p50 is not None:
        derivation += f"; mean {m.LATENCY_MEAN.write(mean.figure)} ms >= P50 / 2"
    return _result(published, f"{contender}: quantiles", derivation, ascends and enough)


def _ratios(published: PublishedSet) -> list[ConsistencyResult]:
    """Ratios with a value of their own beside the quotient of the figures that are published of both sides."""
    rules = []
    for ratio in published.ratios:
        sides = [
            next(
                (
                    claim
                    for claim in published.claims
                    if (claim.contender, claim.workload, claim.metric) == (side, ratio.workload, ratio.metric)
                ),
                None,
            )
            for side in (ratio.numerator, ratio.denominator)
        ]
        a, b = sides
        if ratio.value is None or a is None or b is None:
            continue
        least, most = reach_of(ratio.value, about=ratio.approx)
        low, high = quotient(a.hit, b.hit)
        metric = m.BY_NAME[ratio.metric]
        derivation = (
            f"{metric.write(a.figure)} / {metric.write(b.figure)} {metric.unit} = {a.figure / b.figure:.2f}, published as "
            f"{ratio.value:.2f}"
        )
        rules.append(_result(published, f"{ratio.id}: {metric.title}", derivation, low <= most and high >= least))
    return rules


def _result(published: PublishedSet, about: str, derivation: str, consistent: bool) -> ConsistencyResult:
    return ConsistencyResult(published_by=published.name, about=about, derivation=derivation, consistent=consistent)
