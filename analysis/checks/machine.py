"""Checks of what else took the cores or the memory. Pure functions of one trial."""

from analysis.checks.cores import OTHERS_LIMIT, core_seconds, others_beside_the_server
from analysis.checks.registry import SPEED, Raised, check
from analysis.model import metric as m
from analysis.model.metric import Figures
from loadgen.counted import counted
from loadgen.machine.core_use import kinds_of, shared_cores
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial

STEAL_LIMIT = 0.01
STEAL_LEAST_S = 0.025
"""The kernel counts it in ticks of 10 ms: one or two are within the error of any short window."""
THROTTLED_LIMIT = 0.01
STALLED_FOR_MEMORY_LIMIT = 0.01
MAJOR_FAULTS_LIMIT_PER_S = 1.0
MAJOR_FAULTS_LEAST = 10
IDLE_LIMIT = 0.2
"""Of a core, in the tenth of a second before the first request: a runtime's own start is not over at once."""
CORES_TOLERANCE = 1.02
CORES_LEAST_S = 0.02
"""The kernel brings a process's CPU time up to date at each tick, of 10 ms at most: both ends of a window may be off by one."""


@check(remedy="make the service keep to --threads and to the cores that it is started on", fatal=True, of_a_half=True)
def cores_exceeded(run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """More CPU time than the server's threads can use: it works on cores that it was not given."""
    busy = figures.get(m.SERVER_BUSY.name)
    if busy is None or busy <= CORES_TOLERANCE or _beyond_cores_s(run, trial, busy) <= CORES_LEAST_S:
        return None
    return Raised(
        evidence=f"CPU time is {busy:.0%} of {run.server_threads} thread(s) x wall time",
        threshold=f"{CORES_TOLERANCE:.0%}, and {CORES_LEAST_S * 1e3:.0f} ms",
    )


@check(remedy="look for a thread that spins or a timer that runs all the time: it takes CPU from the requests", affects=SPEED)
def busy_idle(_run: RunRecord, _trial: LoadTrial, figures: Figures) -> Raised | None:
    """The server uses CPU time before anybody asks, and takes it from the requests later."""
    share = figures.get(m.IDLE_BUSY.name)
    if share is None or share <= IDLE_LIMIT:
        return None
    return Raised(evidence=f"{share:.0%} of a core while nobody asks", threshold=f"{IDLE_LIMIT:.0%}")


@check(remedy="free memory, or raise the limit of the container: the disk was measured, too", of_a_half=True)
def memory_short(_run: RunRecord, trial: LoadTrial, _figures: Figures) -> Raised | None:
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
    return Raised(
        evidence=f"programs waited for memory {stalled:.1%} of the time, the server had {faults:.0f} major faults/s{hits}",
        threshold=f"{STALLED_FOR_MEMORY_LIMIT:.0%} of the time, {MAJOR_FAULTS_LIMIT_PER_S:g} faults/s",
    )


@check(
    remedy="use a machine with two or more physical cores; on this one compare ratios of one run only",
    affects=SPEED,
    of_a_half=True,
)
def shared_core(run: RunRecord, _trial: LoadTrial, _figures: Figures) -> Raised | None:
    """Server and generator are on one physical core: what one of them calculates slows the other down."""
    shared = shared_cores(run.machine.core_groups, run.server_cores, run.generator_cores)
    if not shared:
        return None
    return Raised(
        evidence=f"server and generator share a physical core (CPUs {'; '.join(shared)})",
        threshold="a physical core for each",
    )


@check(remedy="", affects=SPEED, of_a_half=True)
def mixed_cores(run: RunRecord, _trial: LoadTrial, _figures: Figures) -> Raised | None:
    """The server is on fast and slow cores at the same time, or on whichever the kernel moves it to."""
    kinds = kinds_of(run.machine.core_groups, run.server_cores)
    if len(kinds) < 2:
        return None
    where = "the server's CPUs are of" if run.pinned else "nothing is pinned, and the machine has"
    listed = "; ".join(f"{kind} (CPUs {cpus})" for kind, cpus in kinds.items())
    fastest = next(iter(kinds.values()))
    return Raised(
        evidence=f"{where} {len(kinds)} kinds of cores: {listed}",
        threshold="one kind",
        remedy=f"lower server_cores in the profile, or keep to one kind: taskset -c {fastest} primebench run",
    )


@check(
    remedy="stop other work on this machine, or measure when its neighbours are quiet",
    affects=SPEED | {m.SERVER_BUSY.name, m.GENERATOR_BUSY.name},
    of_a_half=True,
)
def noisy(run: RunRecord, trial: LoadTrial, _figures: Figures) -> Raised | None:
    """The hypervisor, other processes, a CPU quota or heat took time from the server's cores."""
    if trial.cpu is None:
        return None
    stolen = trial.cpu.stolen_s / core_seconds(run, trial.cpu)
    others = others_beside_the_server(run, trial)
    throttled = (trial.cpu.throttled_s or 0.0) / (trial.cpu.to_s - trial.cpu.from_s)
    heat = trial.cpu.thermal_events or 0
    robbed = stolen > STEAL_LIMIT and trial.cpu.stolen_s > STEAL_LEAST_S
    if not robbed and others <= OTHERS_LIMIT and throttled <= THROTTLED_LIMIT and not heat:
        return None
    capped = f", CPU quota used up for {throttled:.1%} of the time" if throttled else ""
    hot = f", {counted(heat, 'time')} slowed down for heat" if heat else ""
    return Raised(
        evidence=f"{stolen:.1%} of the server's cores stolen by the hypervisor, {others:.1%} used by other processes"
        f"{capped}{hot}",
        threshold=f"steal {STEAL_LIMIT:.0%}, others {OTHERS_LIMIT:.0%}, throttled {THROTTLED_LIMIT:.0%}",
    )


def _beyond_cores_s(run: RunRecord, trial: LoadTrial, busy: float) -> float:
    """CPU time beyond what the threads had in the window."""
    return 0.0 if trial.cpu is None else (busy - 1) * run.server_threads * (trial.cpu.to_s - trial.cpu.from_s)
