"""Checks of several generators that put a load together: each by itself, and beside the others. Pure."""

from collections.abc import Mapping

from analysis.checks.registry import LOAD, NONE, Raised, check
from analysis.model import metric as m
from analysis.model.metric import Figures
from analysis.trial.generators import ANSWERED, MEAN
from loadgen.record.generators import GeneratorRecord, HostReadings
from loadgen.record.machine import Machine
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial

FEWER = 0.8
"""The share of the others' responses below which one is a straggler."""
BY_CHANCE = 5.0
"""Standard deviations of a count by which two shares of one load never differ."""
LATE_SHARE, LATE_LEAST_S, LATE_LATENCIES = 0.1, 0.5, 10.0
SKEW_LIMIT_S = 0.1
"""Half of the shortest warm-up that primebench's own profiles have."""
LINK_SHARE = 0.9
RETRANSMITTED_SHARE, RETRANSMITTED_LEAST = 0.002, 10
"""A link that loses nothing retransmits a few segments of many, when a host is late with an acknowledgement."""
WAY_SHARE = 0.5
MOVED_LIMIT_S, SLEWED_SHARE = 0.01, 0.001
"""A clock that is set right without a step moves by 0.05% (adjtimex(2)); chrony may let it move faster for a while."""
FARTHER_MS, FARTHER_TIMES = 0.5, 2.0


def busiest(trial: LoadTrial) -> tuple[str, float]:
    """Return which of several generators with cores of their own was the busiest, and which share of those was not idle."""
    shares = {"": 0.0}
    for generator in _generators(trial).values():
        if generator.cpu_s is None or generator.read_s is None or not generator.cores:
            continue
        core_seconds = generator.read_s * len(generator.cores)
        harness_s = (trial.cpu.harness_cpu_s if trial.cpu and not generator.host else None) or 0.0
        not_idle = 0.0 if generator.cores_idle_s is None else 1 - (generator.cores_idle_s + harness_s) / core_seconds
        shares[generator.label] = max(generator.cpu_s / core_seconds, not_idle)
    return max(shares.items(), key=lambda item: item[1])


@check(
    remedy="look what that generator or its machine waits for; the others' connections had the server for themselves",
    affects=LOAD,
)
def straggler(_run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """Of several generators that share out a load, one had fewer responses than the others, or its last one much later."""
    generators = _generators(trial)
    if len(generators) < 2:
        return None
    return _slowest(generators, figures) or _latest(trial, figures)


def _slowest(generators: Mapping[str, GeneratorRecord], figures: Figures) -> Raised | None:
    """A server that is the limit serves connections alike, generators that are it send alike: what is less is expected."""
    answered = {label: figures.get(f"{ANSWERED} {label}", 0.0) for label in generators}
    label = min(generators, key=lambda name: answered[name] / generators[name].connections)
    others = [generator for name, generator in generators.items() if name != label]
    of_others, connections = sum(answered[other.label] for other in others), sum(other.connections for other in others)
    expected = of_others * min(generators[label].connections / connections, 1 / len(others))
    chance = BY_CHANCE * expected**0.5 + generators[label].connections
    if answered[label] >= FEWER * expected or expected - answered[label] <= chance:
        return None
    share = f"{answered[label] / expected:.0%} of its share beside the others"
    return Raised(evidence=f"{label} had {answered[label]:,.0f} responses, {share}", threshold=f"{FEWER:.0%}")


def _latest(trial: LoadTrial, figures: Figures) -> Raised | None:
    generators = sorted(_generators(trial).values(), key=lambda generator: generator.ended_s)
    window_s = (trial.window_to_s or 0.0) - (trial.window_from_s or 0.0)
    slowest_s = max(LATE_LATENCIES * figures.get(m.LATENCY_MEAN.name, 0.0), figures.get(m.LATENCY_P999.name, 0.0)) / 1e3
    limit_s = max(LATE_SHARE * window_s, LATE_LEAST_S, slowest_s)
    late_s = generators[-1].ended_s - generators[-2].ended_s
    if late_s <= limit_s:
        return None
    return Raised(
        evidence=f"{generators[-1].label} had its last response {late_s:.1f} s after the others", threshold=f"{limit_s:.1f} s"
    )


@check(
    remedy="use the native generator, which waits for the common start, or a longer warm-up; see what keeps that machine busy",
    affects=LOAD,
)
def start_skew(_run: RunRecord, trial: LoadTrial, _figures: Figures) -> Raised | None:
    """One of several generators began too long after the common start: its warm-up was shorter than the server's was taken for,
    and the window in which all ran is.
    """
    generators = _generators(trial).values()
    if not generators:
        return None
    last = max(generators, key=lambda generator: generator.started_s)
    uncertain_s = max((generator.host.start_uncertainty_s for generator in generators if generator.host), default=0.0)
    phase_s = (len(generators) - 1) / trial.rate_per_s if trial.rate_per_s else 0.0
    if last.started_s + uncertain_s <= SKEW_LIMIT_S + phase_s:
        return None
    known = f", known to {uncertain_s * 1e3:,.0f} ms" if uncertain_s > SKEW_LIMIT_S / 10 else ""
    return Raised(
        evidence=f"{last.label} began {last.started_s * 1e3:,.0f} ms after the common start{known}",
        threshold=f"{(SKEW_LIMIT_S + phase_s) * 1e3:.0f} ms",
    )


@check(remedy="let chrony or systemd-timesyncd set it slowly (chrony: makestep 1 3), and look who else sets it", affects=NONE)
def clock_stepped(_run: RunRecord, trial: LoadTrial, _figures: Figures) -> Raised | None:
    """The time of day of a host jumped while the load ran. No figure rests on it, but the times of records and logs do."""
    for name, host in _hosts(trial).items():
        limit_s = MOVED_LIMIT_S + SLEWED_SHARE * host.seconds
        if abs(host.clock_moved_s) > limit_s:
            way = "forward" if host.clock_moved_s > 0 else "back"
            return Raised(
                evidence=f"{name}: set {way} by {abs(host.clock_moved_s):.3f} s within {host.seconds:.1f} s",
                threshold=f"{limit_s * 1e3:.0f} ms",
            )
    return None


@check(
    remedy="goodput and latency are the network's: compare CPU per request, or use a faster link, see ethtool -S and cables",
    affects=LOAD,
)
def network_bound(_run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """The link of a host was full, segments were lost on it, or the way to the server is most of the latency."""
    for name, host in _hosts(trial).items():
        if full := _full(host):
            return Raised(evidence=f"{name}: {full}", threshold=f"{LINK_SHARE:.0%} of the link")
        lost = host.segments_retransmitted / max(host.segments_sent, 1)
        if lost > RETRANSMITTED_SHARE and host.segments_retransmitted >= RETRANSMITTED_LEAST:
            return Raised(
                evidence=f"{name}: {host.segments_retransmitted:,} of {host.segments_sent:,} segments sent again ({lost:.1%})",
                threshold=f"{RETRANSMITTED_SHARE:.1%}, and {RETRANSMITTED_LEAST}",
            )
        mean_ms = figures.get(f"{MEAN} {name}")
        if host.connect_ms is not None and mean_ms and host.connect_ms > WAY_SHARE * mean_ms:
            return Raised(
                evidence=f"{name}: the way to the server and back takes {host.connect_ms:.2f} ms, a response {mean_ms:.2f} ms",
                threshold=f"{WAY_SHARE:.0%} of the latency",
            )
    return None


def _full(host: HostReadings) -> str:
    """In words how full the link was, if it was."""
    if host.link_mbit_per_s is None:
        return ""
    for what, count in (("received", host.received_bytes), ("sent", host.sent_bytes)):
        mbit_per_s = count * 8 / 1e6 / host.seconds
        if mbit_per_s > LINK_SHARE * host.link_mbit_per_s:
            return f"{mbit_per_s:,.0f} Mbit/s {what} by a link of {host.link_mbit_per_s:,}"
    return ""


@check(
    remedy="use generator hosts that are alike, on one switch; latencies of unlike ones are a mixture, and one of them may be "
    "the limit",
    affects=LOAD,
)
def host_differs(run: RunRecord, trial: LoadTrial, _figures: Figures) -> Raised | None:
    """A generator's host is another machine than the others, or its way to the server is longer."""
    hosts = {generator.label: generator.host for generator in _generators(trial).values() if generator.host}
    machines = {name: run.generator_machines[name] for name in hosts if name in run.generator_machines}
    return _farther(hosts) or _unlike(machines)


def _farther(hosts: Mapping[str, HostReadings]) -> Raised | None:
    ways = {name: host.connect_ms for name, host in hosts.items() if host.connect_ms is not None}
    if len(ways) < 2:
        return None
    near, far = min(ways, key=lambda name: ways[name]), max(ways, key=lambda name: ways[name])
    limit_ms = max(ways[near] + FARTHER_MS, FARTHER_TIMES * ways[near])
    if ways[far] <= limit_ms:
        return None
    return Raised(
        evidence=f"{far}: the way to the server and back takes {ways[far]:.2f} ms, from {near} {ways[near]:.2f} ms",
        threshold=f"{limit_ms:.2f} ms",
    )


def _unlike(machines: Mapping[str, Machine]) -> Raised | None:
    first, *others = machines or [""]
    for name in others:
        for what in ("cpu_model", "cores", "kernel"):
            own, other = (getattr(machines[label], what) for label in (first, name))
            if own != other:
                return Raised(evidence=f"{name} has {what} {other}, {first} {own}", threshold="the same")
    return None


def _generators(trial: LoadTrial) -> dict[str, GeneratorRecord]:
    return {generator.label: generator for generator in trial.load.generators} if trial.load else {}


def _hosts(trial: LoadTrial) -> dict[str, HostReadings]:
    """The hosts that read something: the generators', then the server's."""
    hosts = {generator.label: generator.host for generator in _generators(trial).values() if generator.host}
    server = trial.load.server_host if trial.load else None
    return hosts | ({"server": server} if server else {})
