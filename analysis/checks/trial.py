"""Validity checks: reasons to doubt a figure, each with evidence, threshold and remedy. Pure functions of one trial."""

from collections.abc import Callable, Sequence

import numpy as np

from analysis.model import metric as m
from analysis.model.flag import GENERATOR_BOUND, Flag
from analysis.model.metric import Figures
from analysis.trial import timeline as course
from loadgen.machine.core_use import kinds_of, shared_cores
from loadgen.record.run import RunRecord
from loadgen.record.trial import CpuWindow, LoadTrial

SERVER_SATURATED = 0.90
GENERATOR_SATURATED = 0.95
LITTLE_TOLERANCE = 0.05
STEAL_LIMIT = 0.01
STEAL_LEAST_S = 0.025
"""The kernel counts it in ticks of 10 ms: one or two are within the error of any short window."""
OTHERS_LIMIT = 0.05
THROTTLED_LIMIT = 0.01
RATE_SERVED = 0.95
STALLED_FOR_MEMORY_LIMIT = 0.01
MAJOR_FAULTS_LIMIT_PER_S = 1.0
MAJOR_FAULTS_LEAST = 10
CORES_TOLERANCE = 1.02
CORES_LEAST_S = 0.02
"""The kernel brings a process's CPU time up to date at each tick, of 10 ms at most: both ends of a window may be off by one."""
CEILING_SHARE = 0.90
GROWTH_LIMIT_BYTES = 1_000_000
GROWTH_LIMIT_SHARE = 0.20
"""A heap that settles moves by less: Go's by 11% in the second half of three seconds."""
TELLING_US = 100.0
"""A calculation that cannot take less is most of its request: its own duration can be compared with the CPU time."""
DURATION_SHARE = 0.5

_GENERATOR_REMEDY = "read goodput as 'at least', compare CPU per request instead; or give the generator more cores"


Check = Callable[[RunRecord, LoadTrial, Figures], Flag | None]


def errors(_run: RunRecord, trial: LoadTrial, _figures: Figures) -> Flag | None:
    """Any status but a right response's, any request without an answer, any connection closed that is to be kept."""
    assert trial.load is not None
    right = {str(status) for status in trial.load.right_statuses}
    wrong = {f"status {status}": count for status, count in trial.load.statuses.items() if status not in right}
    wrong |= trial.load.errors
    if trial.load.closed_by_server:
        wrong["connection closed by the server that it should have kept"] = trial.load.closed_by_server
    if not wrong:
        return None
    counts = ", ".join(f"{count} x {kind}" for kind, count in wrong.items())
    return Flag(
        check="errors",
        evidence=f"{counts} among {trial.load.rows} answers",
        threshold="none",
        remedy="look at the server's log; errors are cheaper than answers, so no figure of this trial means anything",
        fatal=True,
        trials=[trial.index],
    )


def wrong_answers(_run: RunRecord, trial: LoadTrial, _figures: Figures) -> Flag | None:
    """Any wrong answer seen by the harness's own client while the load ran."""
    if trial.answers is None or not trial.answers.wrong:
        return None
    return Flag(
        check="wrong_answers",
        evidence=f"{len(trial.answers.wrong)} of {trial.answers.checked} checked: {trial.answers.wrong[0]}",
        threshold="none",
        remedy="run `primebench verify`; a wrong answer is not worth timing",
        fatal=True,
        trials=[trial.index],
    )


def unchecked_answers(_run: RunRecord, trial: LoadTrial, _figures: Figures) -> Flag | None:
    """The harness's own client got no answer while the load ran: goodput rests on statuses alone."""
    if trial.answers is None:
        return None
    checked = trial.answers.checked if trial.answers.under_load is None else trial.answers.under_load
    if checked > 0:
        return None
    return Flag(
        check="unchecked_answers",
        evidence="no answer was checked during the load",
        threshold="at least one a trial",
        remedy="measure longer, or look why one client more gets no answer",
        fatal=False,
        trials=[trial.index],
    )


def cores_exceeded(run: RunRecord, trial: LoadTrial, figures: Figures) -> Flag | None:
    """More CPU time than the server's threads can use: it works on cores that it was not given."""
    busy = figures.get(m.SERVER_BUSY.name)
    if busy is None or busy <= CORES_TOLERANCE or _beyond_cores_s(run, trial, busy) <= CORES_LEAST_S:
        return None
    return Flag(
        check="cores_exceeded",
        evidence=f"CPU time is {busy:.0%} of {run.server_threads} thread(s) x wall time",
        threshold=f"{CORES_TOLERANCE:.0%}, and {CORES_LEAST_S * 1e3:.0f} ms",
        remedy="make the service keep to --threads and to the cores that it is started on",
        fatal=True,
        trials=[trial.index],
    )


def _beyond_cores_s(run: RunRecord, trial: LoadTrial, busy: float) -> float:
    """CPU time beyond what the threads had in the window."""
    return 0.0 if trial.cpu is None else (busy - 1) * run.server_threads * (trial.cpu.to_s - trial.cpu.from_s)


def too_good(run: RunRecord, trial: LoadTrial, figures: Figures) -> Flag | None:
    """Less CPU time per request, or an answer in less time, than the work of its tier takes on any processor: answers are
    remembered or looked up, all of them or some.
    """
    least_us, work = _least_us(run, trial), run.workloads[trial.workload].work
    if least_us is None or work is None:
        return None
    cpu_us, quickest_us = figures.get(m.CPU_PER_REQUEST.name), _quickest_us(trial)
    if cpu_us is not None and cpu_us < least_us:
        evidence = f"{_us(cpu_us)} of CPU a request"
    elif quickest_us is not None and quickest_us < least_us:
        evidence = f"an answer within {_us(quickest_us)}"
    else:
        return None
    return Flag(
        check="too_good",
        evidence=f"{evidence}; {work.amount:,.0f} {work.unit} take longer",
        threshold=_us(least_us),
        remedy="calculate each answer anew, or name the tier better-algorithm",
        fatal=True,
        trials=[trial.index],
    )


def _quickest_us(trial: LoadTrial) -> float | None:
    """The shortest latency that the harness's own client saw, under load or after it."""
    if trial.answers is None:
        return None
    seen = [*trial.answers.latencies_us, *(one for idle in trial.answers.idle_latencies_us for one in idle)]
    return min(seen, default=None)


def _us(value: float) -> str:
    return f"{m.CPU_PER_REQUEST.write(float(value))} µs"


def _least_us(run: RunRecord, trial: LoadTrial) -> float | None:
    """What the work that the contender's tier promises takes at least, in µs; None if it promises none."""
    promising = [one for one in run.contenders if not one.control or one.twin_of is not None]
    tier = next((one.tier for one in promising if one.label == trial.contender), "")
    work = run.workloads[trial.workload].work
    return None if work is None or tier not in work.floor_ns else work.amount * work.floor_ns[tier] / 1e3


def duration_mismatch(run: RunRecord, trial: LoadTrial, figures: Figures) -> Flag | None:
    """The duration that a service reports is longer than its latency, or falls short of the CPU time of its requests."""
    if trial.answers is None or not trial.answers.durations_us:
        return None
    durations, latencies = np.array(trial.answers.durations_us), np.array(trial.answers.latencies_us)
    if (impossible := durations > latencies).any():
        worst = int(np.argmax(np.where(impossible, durations / latencies, 0)))
        evidence = f"says {_us(durations[worst])} of an answer that took {_us(latencies[worst])}"
    else:
        cpu_us, least_us = figures.get(m.CPU_PER_REQUEST.name), _least_us(run, trial)
        said_us = float(np.median(durations))
        if cpu_us is None or least_us is None or least_us < TELLING_US or said_us >= DURATION_SHARE * cpu_us:
            return None
        evidence = f"says {_us(said_us)} (median), but a request costs {_us(cpu_us)} of CPU"
    return Flag(
        check="duration_mismatch",
        evidence=evidence,
        threshold=f"at most the latency; at least {DURATION_SHARE:.0%} of the CPU time, where the calculation is most of it",
        remedy="do not use the service's own durations; measure from outside",
        fatal=False,
        trials=[trial.index],
    )


def stall(_run: RunRecord, trial: LoadTrial, figures: Figures) -> Flag | None:
    """No answer for far longer than usual: pauses that a closed loop's quantiles can miss, for it sends nothing meanwhile."""
    share, longest_s = figures.get(course.STALLED_SHARE), figures.get(course.LONGEST_GAP)
    if not share or longest_s is None:
        return None
    return Flag(
        check="stall",
        evidence=f"no answer for {longest_s * 1e3:.0f} ms; {share:.1%} of the window without answers",
        threshold=f"{course.stall_from_s(figures[course.GAP_EXPECTED]) * 1e3:.0f} ms",
        remedy="look what the server waits for; compare latency at a fixed rate (open loop), which counts the wait",
        fatal=False,
        trials=[trial.index],
    )


def leak(_run: RunRecord, trial: LoadTrial, figures: Figures) -> Flag | None:
    """Memory still grows with the requests served when the window ends."""
    growth = figures.get(course.MEMORY_GROWTH)
    if growth is None or trial.loaded is None:
        return None
    limit = max(GROWTH_LIMIT_BYTES, GROWTH_LIMIT_SHARE * trial.loaded.rss_bytes)
    if growth <= limit:
        return None
    each = figures.get(course.MEMORY_GROWTH_PER_REQUEST)
    by_request = f", {each:,.0f} bytes a request" if each else ""
    return Flag(
        check="leak",
        evidence=f"resident memory grew by {growth / 1e6:.1f} MB in the window's second half{by_request}",
        threshold=f"{limit / 1e6:.1f} MB",
        remedy="measure longer to see whether it settles; the memory shown is that of this moment",
        fatal=False,
        trials=[trial.index],
    )


def generator_bound(run: RunRecord, trial: LoadTrial, figures: Figures) -> Flag | None:
    """The generator is at its limit, or others take its cores, and the server is not: goodput and latency are its own."""
    server, generator = figures.get(m.SERVER_BUSY.name), figures.get(m.GENERATOR_BUSY.name)
    if server is None or generator is None:
        return None
    if trial.cpu is not None:  # two at the same time have the cores together
        wall_s = trial.cpu.to_s - trial.cpu.from_s
        server += trial.cpu.beside_server_cpu_s / (wall_s * run.server_threads)
        generator += trial.cpu.beside_generator_cpu_s / (wall_s * (len(run.generator_cores) or run.machine.cores))
    if server >= SERVER_SATURATED:
        return None
    others = _others_beside_the_generator(run, trial)
    if generator + others < GENERATOR_SATURATED:
        return None
    beside = f", others on its cores {others:.0%}" if others > OTHERS_LIMIT else ""
    return Flag(
        check=GENERATOR_BOUND,
        evidence=f"generator {generator:.0%} busy{beside}, server {server:.0%}",
        threshold=f"generator's cores below {GENERATOR_SATURATED:.0%} or server above {SERVER_SATURATED:.0%}",
        remedy=_GENERATOR_REMEDY,
        fatal=False,
        trials=[trial.index],
    )


def _core_seconds(run: RunRecord, cpu: CpuWindow) -> float:
    """Time of the server's cores in the window."""
    return (cpu.to_s - cpu.from_s) * max(run.server_threads, len(run.server_cores))


def _others_beside_the_server(run: RunRecord, trial: LoadTrial) -> float:
    """Share of the server's cores that others used, interrupts among them; 0 where it cannot be told.

    What was neither idle nor the server's: both are exact where the kernel does without ticks. By ticks, which beat with a
    server that wakes up at a fixed rate, the same time was off by -31% to +14%; they serve where idle time is not on record.
    """
    cpu = trial.cpu
    if cpu is None:
        return 0.0
    if cpu.server_cores_idle_s is None:
        return max(0.0, ((cpu.others_on_server_cores_s or 0.0) - cpu.beside_server_cpu_s) / _core_seconds(run, cpu))
    own_s = cpu.server_cpu_s + cpu.beside_server_cpu_s
    return max(0.0, 1 - (cpu.server_cores_idle_s + own_s) / _core_seconds(run, cpu))


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


def not_saturated(run: RunRecord, trial: LoadTrial, figures: Figures) -> Flag | None:
    """A closed loop that does not keep the server's cores busy does not measure its capacity.

    Others that keep them busy are noise; a client for each thread cannot keep them busy: it takes turns with the server.
    """
    server, workload = figures.get(m.SERVER_BUSY.name), run.workloads[trial.workload]
    if server is None or workload.rate is not None or workload.connections <= run.server_threads:
        return None
    full = server + _others_beside_the_server(run, trial) + _generator_beside_the_server(run, trial)
    if full >= SERVER_SATURATED or generator_bound(run, trial, figures):
        return None
    return Flag(
        check="not_saturated",
        evidence=f"server's cores {server:.0%} busy",
        threshold=f"{SERVER_SATURATED:.0%}",
        remedy="use more connections, or look for what the server waits for",
        fatal=False,
        trials=[trial.index],
    )


def littles_law(run: RunRecord, trial: LoadTrial, figures: Figures) -> Flag | None:
    """In a closed loop throughput x mean latency is the number of connections (Little, 1961)."""
    goodput, mean_ms = figures.get(m.GOODPUT.name), figures.get(m.LATENCY_MEAN.name)
    if goodput is None or mean_ms is None or run.workloads[trial.workload].rate is not None:
        return None
    connections = run.workloads[trial.workload].connections
    in_flight = goodput * mean_ms / 1e3
    if abs(in_flight / connections - 1) <= LITTLE_TOLERANCE:
        return None
    return Flag(
        check="littles_law",
        evidence=f"goodput x mean latency = {in_flight:.1f} requests in flight, on {connections} connections",
        threshold=f"within {LITTLE_TOLERANCE:.0%}",
        remedy="measure longer: the load has not settled, or connections were idle or lost",
        fatal=False,
        trials=[trial.index],
    )


def rate_missed(_run: RunRecord, trial: LoadTrial, figures: Figures) -> Flag | None:
    """An open loop whose requests are not answered as fast as they are due: the queue grows as long as the load lasts."""
    goodput = figures.get(m.GOODPUT.name)
    if trial.rate_per_s is None or goodput is None or goodput >= RATE_SERVED * trial.rate_per_s:
        return None
    return Flag(
        check="rate_missed",
        evidence=f"{m.GOODPUT.write(goodput)} answers a second, {trial.rate_per_s:,} were due",
        threshold=f"{RATE_SERVED:.0%} of the rate",
        remedy="latency tells how long the load lasted, not how fast the service is: lower the rate",
        fatal=False,
        trials=[trial.index],
    )


def memory_short(_run: RunRecord, trial: LoadTrial, _figures: Figures) -> Flag | None:
    """Programs waited for memory, or the server's own pages had to be read from the disk again."""
    cpu = trial.cpu
    if cpu is None:
        return None
    window_s = cpu.to_s - cpu.from_s
    stalled, faults = (cpu.memory_stalled_s or 0.0) / window_s, (cpu.server_major_faults or 0) / window_s
    many = faults > MAJOR_FAULTS_LIMIT_PER_S and (cpu.server_major_faults or 0) >= MAJOR_FAULTS_LEAST
    if stalled <= STALLED_FOR_MEMORY_LIMIT and not many:
        return None
    hits = f", {cpu.memory_limit_hits:,} hits of the memory limit" if cpu.memory_limit_hits else ""
    return Flag(
        check="memory_short",
        evidence=f"programs waited for memory {stalled:.1%} of the time, the server had {faults:.0f} major faults/s{hits}",
        threshold=f"{STALLED_FOR_MEMORY_LIMIT:.0%} of the time, {MAJOR_FAULTS_LIMIT_PER_S:g} faults/s",
        remedy="free memory, or raise the limit of the container: the disk was measured, too",
        fatal=False,
        trials=[trial.index],
    )


def noisy(run: RunRecord, trial: LoadTrial, _figures: Figures) -> Flag | None:
    """The hypervisor, other processes, a CPU quota or heat took time from the server's cores."""
    if trial.cpu is None:
        return None
    stolen = trial.cpu.stolen_s / _core_seconds(run, trial.cpu)
    others = _others_beside_the_server(run, trial)
    throttled = (trial.cpu.throttled_s or 0.0) / (trial.cpu.to_s - trial.cpu.from_s)
    heat = trial.cpu.thermal_events or 0
    robbed = stolen > STEAL_LIMIT and trial.cpu.stolen_s > STEAL_LEAST_S
    if not robbed and others <= OTHERS_LIMIT and throttled <= THROTTLED_LIMIT and not heat:
        return None
    capped = f", CPU quota used up for {throttled:.1%} of the time" if throttled else ""
    hot = f", {heat} times slowed down for heat" if heat else ""
    return Flag(
        check="noisy",
        evidence=f"{stolen:.1%} of the server's cores stolen by the hypervisor, {others:.1%} used by other processes"
        f"{capped}{hot}",
        threshold=f"steal {STEAL_LIMIT:.0%}, others {OTHERS_LIMIT:.0%}, throttled {THROTTLED_LIMIT:.0%}",
        remedy="stop other work on this machine, or measure when its neighbours are quiet",
        fatal=False,
        trials=[trial.index],
    )


def shared_core(run: RunRecord, trial: LoadTrial, _figures: Figures) -> Flag | None:
    """Server and generator are on one physical core: what one of them calculates slows the other down."""
    shared = shared_cores(run.machine.core_groups, run.server_cores, run.generator_cores)
    if not shared:
        return None
    return Flag(
        check="shared_core",
        evidence=f"server and generator share a physical core (CPUs {'; '.join(shared)})",
        threshold="a physical core for each",
        remedy="use a machine with two or more physical cores; on this one compare ratios of one run only",
        fatal=False,
        trials=[trial.index],
    )


def mixed_cores(run: RunRecord, trial: LoadTrial, _figures: Figures) -> Flag | None:
    """The server is on fast and slow cores at the same time, or on whichever the kernel moves it to."""
    kinds = kinds_of(run.machine.core_groups, run.server_cores)
    if len(kinds) < 2:
        return None
    where = "the server's CPUs are of" if run.pinned else "nothing is pinned, and the machine has"
    listed = "; ".join(f"{kind} (CPUs {cpus})" for kind, cpus in kinds.items())
    fastest = next(iter(kinds.values()))
    return Flag(
        check="mixed_cores",
        evidence=f"{where} {len(kinds)} kinds of cores: {listed}",
        threshold="one kind",
        remedy=f"lower server_cores in the profile, or keep to one kind: taskset -c {fastest} primebench run",
        fatal=False,
        trials=[trial.index],
    )


CHECKS: tuple[Check, ...] = (
    errors,
    wrong_answers,
    cores_exceeded,
    too_good,
    unchecked_answers,
    duration_mismatch,
    stall,
    leak,
    generator_bound,
    not_saturated,
    littles_law,
    rate_missed,
    memory_short,
    shared_core,
    mixed_cores,
    noisy,
)


CHECKS_OF_A_HALF: tuple[Check, ...] = (
    errors,
    wrong_answers,
    cores_exceeded,
    too_good,
    unchecked_answers,
    generator_bound,
    memory_short,
    shared_core,
    mixed_cores,
    noisy,
)
"""Of a server that is measured beside another, on the same cores: what does not ask for the cores to be its own."""


def check_trial(run: RunRecord, trial: LoadTrial, figures: Figures, checks: Sequence[Check] = CHECKS) -> list[Flag]:
    """Every flag that this trial raises."""
    return [flag for check in checks if (flag := check(run, trial, figures)) is not None]


def _both(first: Flag, other: Flag) -> Flag:
    """One flag for two of the same check; of two kinds of evidence, as their thresholds show, both are told."""
    update: dict[str, object] = {"trials": sorted({*first.trials, *other.trials})}
    if other.threshold not in first.threshold:
        update |= {
            "evidence": f"{first.evidence}; {other.evidence}",
            "threshold": f"{first.threshold}; {other.threshold}",
        }
    return first.replace(**update)


def merged(flags: list[Flag]) -> list[Flag]:
    """One flag per check, in the order of CHECKS, with the first trial's evidence and all trials' indices."""
    by_check: dict[str, Flag] = {}
    for flag in flags:
        first = by_check.setdefault(flag.check, flag)
        if first is not flag:
            by_check[flag.check] = _both(first, flag)
    order = [*(check.__name__ for check in CHECKS), "warming", "unfair", "restart_variance", "aa_differs"]
    return sorted(by_check.values(), key=lambda flag: order.index(flag.check))
