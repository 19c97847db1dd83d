"""Checks of the load: whether generator, connections or rate were the limit, and whether memory and answers settled. Pure."""

from collections.abc import Sequence

from analysis.checks.cores import OTHERS_LIMIT, others_beside_the_server
from analysis.checks.generators import busiest
from analysis.checks.registry import LOAD, MEMORY, Raised, affects, check
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.flag import GENERATOR_BOUND, Flag
from analysis.model.metric import Figures
from analysis.stats.interval import Interval, interval_text
from analysis.trial import timeline
from analysis.trial.metrics import cores_of_generators
from loadgen.counted import counted
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial

SERVER_SATURATED = 0.90
GENERATOR_SATURATED = 0.95
LITTLE_TOLERANCE = 0.05
RATE_SERVED = 0.95
CEILING_SHARE = 0.90
PACING_ERROR = "pacing_error_p99_us"
LATE_US = 1000.0
GROWTH_LIMIT_BYTES = 1_000_000
GROWTH_LIMIT_SHARE = 0.20
"""A heap that settles moves by less: Go's by 11% in the second half of three seconds."""
AGREEMENT = {m.GOODPUT: 0.05, m.LATENCY_P50: 0.05, m.LATENCY_P99: 0.10}
"""What two generators are compared by, and how far apart they may be: in 12 rounds intervals reach 1 to 2%, of P99 about 5%."""
_GENERATOR_LIMIT = f"generator's cores below {GENERATOR_SATURATED:.0%} or server above {SERVER_SATURATED:.0%}"
_GENERATOR_REMEDY = "read goodput as 'at least', compare CPU per request instead; or give the generator more cores"


@check(
    remedy="look what the server waits for; compare latency at a fixed rate (open loop), which counts the wait", affects=LOAD
)
def stall(_run: RunRecord, _trial: LoadTrial, figures: Figures) -> Raised | None:
    """No answer for far longer than usual: pauses that a closed loop's quantiles can miss, for it sends nothing meanwhile."""
    share, longest_s = figures.get(timeline.STALLED_SHARE), figures.get(timeline.LONGEST_GAP)
    if not share or longest_s is None:
        return None
    return Raised(
        evidence=f"no answer for {longest_s * 1e3:.0f} ms; {share:.1%} of the window without answers",
        threshold=f"{timeline.stall_from_s(figures[timeline.GAP_EXPECTED]) * 1e3:.0f} ms",
    )


@check(remedy="measure longer to see whether it settles; the memory shown is that of this moment", affects=MEMORY)
def leak(_run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """Memory still grows with the requests served when the window ends."""
    growth = figures.get(timeline.MEMORY_GROWTH)
    if growth is None or trial.loaded is None:
        return None
    limit = max(GROWTH_LIMIT_BYTES, GROWTH_LIMIT_SHARE * trial.loaded.rss_bytes)
    if growth <= limit:
        return None
    each = figures.get(timeline.MEMORY_GROWTH_PER_REQUEST)
    by_request = f", {each:,.0f} bytes a request" if each else ""
    return Raised(
        evidence=f"resident memory grew by {growth / 1e6:.1f} MB in the window's second half{by_request}",
        threshold=f"{limit / 1e6:.1f} MB",
    )


@check(remedy=_GENERATOR_REMEDY, affects=LOAD, of_a_half=True)
def generator_bound(run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """The generator is at its limit, or others take its cores, and the server is not: goodput and latency are its own."""
    server, generator = figures.get(m.SERVER_BUSY.name), figures.get(m.GENERATOR_BUSY.name)
    if server is None or generator is None:
        return None
    if trial.cpu is not None:  # two at the same time have the cores together
        wall_s = trial.cpu.to_s - trial.cpu.from_s
        server += trial.cpu.beside_server_cpu_s / (wall_s * run.server_threads)
        generator += trial.cpu.beside_generator_cpu_s / (wall_s * cores_of_generators(run, trial))
    if server >= SERVER_SATURATED:
        return None
    if trial.load is not None and (late_us := trial.load.reported.get(PACING_ERROR)) is not None:
        return _late(late_us)  # who keeps time has not been at the limit, however busy it was with waiting
    label, busy = busiest(trial)
    if label:
        evidence = f"generator {label} {busy:.0%} busy, server {server:.0%}"
        return Raised(evidence, _GENERATOR_LIMIT) if busy >= GENERATOR_SATURATED else None
    others = _others_beside_the_generator(run, trial)
    if generator + others < GENERATOR_SATURATED:
        return None
    beside = f", others on its cores {others:.0%}" if others > OTHERS_LIMIT else ""
    return Raised(
        evidence=f"generator {generator:.0%} busy{beside}, server {server:.0%}",
        threshold=_GENERATOR_LIMIT,
    )


def _late(late_us: float) -> Raised | None:
    if late_us <= LATE_US:
        return None
    return Raised(
        evidence=f"requests were sent {late_us / 1e3:.1f} ms late (P99) while connections were free",
        threshold=f"{LATE_US / 1e3:g} ms",
    )


@check(remedy="use more connections, or look for what the server waits for", affects=LOAD)
def not_saturated(run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """A closed loop that does not keep the server's cores busy does not measure its capacity.

    Others that keep them busy are noise; a client for each thread cannot keep them busy: it takes turns with the server.
    """
    server, workload = figures.get(m.SERVER_BUSY.name), run.workloads[trial.workload]
    if server is None or _is_open(run, trial) or workload.connections <= run.server_threads:
        return None
    full = server + others_beside_the_server(run, trial) + _generator_beside_the_server(run, trial)
    full += sidecars_busy(run, trial) if run.sidecar_cores == run.server_cores else 0.0
    if full >= SERVER_SATURATED or generator_bound(run, trial, figures) or sidecar_bound(run, trial, figures):
        return None
    return Raised(
        evidence=f"server's cores {server:.0%} busy",
        threshold=f"{SERVER_SATURATED:.0%}",
    )


@check(
    remedy="goodput and latency are the side service's: compare CPU per request, or give the side service more cores",
    affects=LOAD,
    of_a_half=True,
)
def sidecar_bound(run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """A side service keeps its cores busy for longer than the service does: it is the limit, not the service."""
    server, beside = figures.get(m.SERVER_BUSY.name), sidecars_busy(run, trial)
    if server is None or beside <= server:
        return None
    own = run.sidecar_cores != run.server_cores
    if beside + (0.0 if own else server) < SERVER_SATURATED or (own and server >= SERVER_SATURATED):
        return None
    return Raised(
        evidence=f"side services {beside:.0%} busy, the server {server:.0%}{'' if own else ', on the same cores'}",
        threshold=f"side services below {SERVER_SATURATED:.0%}, or the server above" if own else "less than the server",
    )


def sidecars_busy(run: RunRecord, trial: LoadTrial) -> float:
    """The share of their cores that side services use."""
    if trial.cpu is None or not trial.cpu.sidecar_cpu_s:
        return 0.0
    cores = len(run.sidecar_cores) or run.machine.cores
    return sum(trial.cpu.sidecar_cpu_s.values()) / ((trial.cpu.to_s - trial.cpu.from_s) * cores)


@check(remedy="measure longer: the load has not settled, or connections were idle or lost", affects=LOAD)
def littles_law(run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """In a closed loop throughput x mean latency is the number of connections (Little, 1961)."""
    goodput, mean_ms = figures.get(m.GOODPUT.name), figures.get(m.LATENCY_MEAN.name)
    workload = run.workloads[trial.workload]
    if goodput is None or mean_ms is None or _is_open(run, trial) or not workload.sending.keep_alive:
        return None
    connections = workload.connections
    in_flight = goodput * mean_ms / 1e3
    if abs(in_flight / connections - 1) <= LITTLE_TOLERANCE:
        return None
    return Raised(
        evidence=f"goodput x mean latency = {in_flight:.1f} requests in flight, on {counted(connections, 'connection')}",
        threshold=f"within {LITTLE_TOLERANCE:.0%}",
    )


@check(remedy="let it listen with a longer queue (the backlog of listen), or use fewer connections", affects=LOAD)
def accept_queue_full(_run: RunRecord, trial: LoadTrial, _figures: Figures) -> Raised | None:
    """Connections found no room where they wait to be accepted: their clients try again after seconds."""
    queue = trial.accept_queue
    if queue is None or not queue.turned_away:
        return None
    return Raised(
        evidence=f"connections found no room in the service's accept queue: {counted(queue.turned_away, 'time')}",
        threshold=f"0; its backlog is {queue.places:,}",
    )


@check(remedy="latency tells how long the load lasted, not how fast the service is: lower the rate", affects=LOAD)
def rate_missed(_run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """An open loop whose requests are not answered as fast as they are due: the queue grows as long as the load lasts."""
    goodput = figures.get(m.GOODPUT.name)
    if trial.rate_per_s is None or goodput is None or goodput >= RATE_SERVED * trial.rate_per_s:
        return None
    return Raised(
        evidence=f"{m.GOODPUT.write(goodput)} answers a second, {trial.rate_per_s:,} were due",
        threshold=f"{RATE_SERVED:.0%} of the rate",
    )


def _is_open(run: RunRecord, trial: LoadTrial) -> bool:
    """Whether requests were due at a rate: of a capacity curve each trial has its own."""
    return trial.rate_per_s is not None or run.workloads[trial.workload].rate is not None


def _generator_beside_the_server(run: RunRecord, trial: LoadTrial) -> float:
    """Share of the server's threads that the generator used where the two have no cores of their own."""
    cpu = trial.cpu
    if cpu is None or set(run.server_cores) - set(run.generator_cores):
        return 0.0
    return cpu.generator_cpu_s / ((cpu.to_s - cpu.from_s) * run.server_threads)


def _others_beside_the_generator(run: RunRecord, trial: LoadTrial) -> float:
    """The same of the generator's cores, the harness not counted."""
    cpu = trial.cpu
    if cpu is None or cpu.generator_cores_idle_s is None or not run.generator_cores:
        return 0.0
    core_seconds = (cpu.to_s - cpu.from_s) * len(run.generator_cores)
    own_s = cpu.generator_cores_idle_s + cpu.generator_cpu_s + cpu.beside_generator_cpu_s + (cpu.harness_cpu_s or 0.0)
    return max(0.0, 1 - own_s / core_seconds)


def beside_ceiling(share: float | None, ceiling: str, trials: Sequence[int]) -> Flag | None:
    """Nearly the goodput of a control that does nothing and still had time to spare: the generator is the limit of both."""
    if share is None or share < CEILING_SHARE:
        return None
    return Flag(
        check=GENERATOR_BOUND,
        evidence=f"goodput is {share:.0%} of what the generator reaches with {ceiling}, which waits for it",
        threshold=f"{CEILING_SHARE:.0%}",
        remedy=_GENERATOR_REMEDY,
        fatal=False,
        trials=list(trials),
    )


affects("generators_differ", LOAD)


def generators_differ(one_over_other: Sequence[Comparison], trials: Sequence[int]) -> Flag | None:
    """Two generators that put the same load on the same service, where neither was the limit, tell different figures.

    `one_over_other` are the comparisons of the cross-check; one is off if its whole interval lies beyond what is agreement.
    """
    off = [
        comparison
        for comparison in one_over_other
        if comparison.reason is None
        and comparison.interval is not None
        and _beyond(comparison.interval, AGREEMENT[m.BY_NAME[comparison.metric]])
    ]
    if not off:
        return None
    ratios = "; ".join(
        f"{m.BY_NAME[comparison.metric].title} {comparison.ratio:.3f} {interval_text(comparison.interval)}"
        for comparison in off
    )
    return Flag(
        check="generators_differ",
        evidence=f"{off[0].numerator} over {off[0].denominator}, the same load on the same service: {ratios}",
        threshold=f"within {agreement_in_words()}",
        remedy="one of them is wrong, or disturbs the server: compare CPU per request; results/validation/native.md has more",
        fatal=False,
        trials=list(trials),
    )


def _beyond(interval: Interval, margin: float) -> bool:
    return interval.low > 1 + margin or interval.high < 1 / (1 + margin)


def agreement_in_words() -> str:
    """Return by how much two generators may differ, metric by metric."""
    return ", ".join(f"{margin:.0%} ({metric.title})" for metric, margin in AGREEMENT.items())
