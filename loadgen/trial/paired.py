"""Paired trials: two or more fresh servers at the same time on the same cores, each under its own load.

Neighbours on the machine, clock rates and heat change within tenths of a second; what happens to one of them then happens to
the others (Bulej et al. 2020, "Duet Benchmarking", ICPE). The scheduler gives each an equal share of the cores in turns of some
milliseconds. CPU time per request stays what it is; goodput and latency are those of a server that has a part of the machine,
and only their ratio means anything. In turns of milliseconds a server answers in bursts, whose CPU time and answers would not
belong together at the edges of a window inside the load: CPU time per request is that of a whole load. The warm-up is a load of
its own, which ends before.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from loadgen.errors import Error
from loadgen.machine.cores import Cores, cores_beside
from loadgen.record.folder import RunFolder
from loadgen.record.trial import Comparison, CpuWindow, LoadTrial
from loadgen.system.proc import cpu_time_s, memory
from loadgen.task.task import LOADED, WARMING
from loadgen.trial.generators import UnderWay, await_end, under_way
from loadgen.trial.load import Subject, kept_to, stopped
from loadgen.trial.new_trial import new_trial
from loadgen.trial.probe import ProbeClient
from loadgen.trial.readings import Observed, Spent, read_before
from loadgen.trial.sampler import Reading, Watched, read_counters, sleeping_beside
from loadgen.trial.server import running
from loadgen.trial.slot import Slot

BEFORE_THE_END_S = 0.05
"""The last reading is taken so long before the load ends: whichever ends first leaves the other the whole of the machine."""


@dataclass
class Side(Observed):
    """One of those that are measured at the same time, by a generator each."""

    probe: ProbeClient
    warm_up_s: float = 0.0
    cpu_before_s: float = 0.0
    sidecar_cpu_before_s: dict[str, float] = field(default_factory=dict)
    witnessed_before: int = 0

    def read_counters(self, cores: Cores) -> Reading:
        """All counters now."""
        return read_counters(self.pids, [process.pid for process in self.under_way.processes], cores, self.server.sidecars)

    @property
    def under_way(self) -> UnderWay:
        """The load, which has been started."""
        assert self.load is not None
        return self.load


def run_paired(
    subjects: Sequence[Subject], slots: Sequence[Slot], folder: RunFolder, comparison: Comparison | None = None
) -> list[LoadTrial]:
    """Run all at once, started in the order given. If one fails, none counts: all records say why.

    OSError from writing rows goes to the caller.
    """
    trials = [new_trial(LoadTrial, slot).replace(comparison=comparison) for slot in slots]
    begin = time.monotonic()
    cores, timing = subjects[0].cores, subjects[0].timing
    try:
        for block, seconds in ((WARMING, timing.warm_up_s), (LOADED, timing.load_s)):
            if seconds:
                _lasting(subjects[0], seconds).requests(block)  # the same for all
        with kept_to(cores.generator), ExitStack() as stack:
            sides = [_set_up(stack, subject) for subject in subjects]
            if timing.warm_up_s:
                _warm_up(sides)
            _load(stack, sides)
            trials = [_measured(trial, side, sides, folder) for trial, side in zip(trials, sides, strict=True)]
            codes = [stopped(side.server) for side in sides]
        trials = [trial.replace(exit_code=code) for trial, code in zip(trials, codes, strict=True)]
    except Error as failure:
        trials = [trial.replace(failure=str(failure)) for trial in trials]
    overhead_s = time.monotonic() - begin - timing.warm_up_s - timing.load_s
    return [trial.replace(overhead_s=overhead_s) for trial in trials]


def _lasting(subject: Subject, seconds: float) -> Subject:
    """The subject under a load of so many seconds, all of them measured."""
    return replace(subject, timing=subject.timing.replace(warm_up_s=0.0, load_s=seconds))


def _set_up(stack: ExitStack, subject: Subject) -> Side:
    server = stack.enter_context(running(subject.contender, subject.artefact, subject.cores, subject.sending))
    before = read_before(server)
    asking = ProbeClient(server.reached_at, subject.asked, subject.seed, 0, keep_alive=subject.sending.keep_alive)
    probe = stack.enter_context(asking)
    measured = replace(_lasting(subject, subject.timing.load_s), generators=())
    return Side(measured, server, before, probe, Watched(time.monotonic(), own_cores=False), None, subject.timing.warm_up_s)


def _warm_up(sides: Sequence[Side]) -> None:
    """Run a load on all, and drop what it measured."""
    with ExitStack() as stack:
        for side in sides:
            side.load = stack.enter_context(under_way(_lasting(side.subject, side.warm_up_s), side.server, WARMING))
        for side in sides:
            await_end(side.server, side.under_way, side.warm_up_s, side.probe.last_answer_s)


def _load(stack: ExitStack, sides: Sequence[Side]) -> None:
    """Run the generators to their ends, and read the counters at the edges of the window and of the load."""
    cores, (_, to_s) = sides[0].subject.cores, sides[0].subject.window
    for side in sides:
        side.cpu_before_s, side.sidecar_cpu_before_s = cpu_time_s(side.pids), side.server.sidecars.cpu_s()
        side.witnessed_before = side.probe.answered
    for side in sides:
        side.load = stack.enter_context(under_way(side.subject, side.server))
        side.seen = Watched(side.load.begin_s, cores.apart, sidecars_share_cores=cores_beside(cores) == cores.server)
    begin_s = sides[-1].seen.begin_s
    with sleeping_beside(sides[0].under_way.processes) as sleep:
        for side in sides:
            side.seen.first = side.read_counters(cores)
        sleep(begin_s + to_s - BEFORE_THE_END_S - time.monotonic())
        for side in sides:
            side.seen.last = side.read_counters(cores)
        for side in sides:
            side.seen.loaded, side.seen.sidecars = memory(side.pids), side.server.sidecars.memory()
    for side in sides:
        await_end(side.server, side.under_way, to_s, side.probe.last_answer_s)


def _measured(trial: LoadTrial, side: Side, sides: Sequence[Side], folder: RunFolder) -> LoadTrial:
    """The trial with all that was read of its side; the others ran beside it."""
    trial = side.into(trial, folder, Spent())
    assert trial.load is not None
    assert trial.answers is not None
    whole = trial.load.replace(
        server_cpu_s=cpu_time_s(side.pids) - side.cpu_before_s,
        sidecar_cpu_s={name: spent - side.sidecar_cpu_before_s[name] for name, spent in side.server.sidecars.cpu_s().items()},
        witnessed=max(0, trial.answers.checked - len(trial.answers.wrong) - side.witnessed_before),
    )
    return trial.replace(window_to_s=side.subject.window[1] - BEFORE_THE_END_S, load=whole, cpu=_window(side, sides))


def _window(side: Side, sides: Sequence[Side]) -> CpuWindow | None:
    windows = [side.seen.window(side.probe) for side in sides]
    own = side.seen.window(side.probe)
    beside = [window for window, other in zip(windows, sides, strict=True) if other is not side and window is not None]
    if own is None or len(beside) < len(sides) - 1:
        return None
    return own.replace(
        beside_server_cpu_s=sum(window.server_cpu_s + _sharing_s(side, window) for window in beside),
        beside_generator_cpu_s=sum(window.generator_cpu_s for window in beside),
    )


def _sharing_s(side: Side, window: CpuWindow) -> float:
    """What side services used of the servers' cores."""
    return sum(window.sidecar_cpu_s.values()) if side.seen.sidecars_share_cores else 0.0
