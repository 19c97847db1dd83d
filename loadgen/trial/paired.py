"""A pair of trials at the same time: two fresh servers on the same cores, each under its own load.

Neighbours on the machine, clock rates and heat change within tenths of a second; what happens to one of the two then happens to
the other (Bulej et al. 2020, "Duet Benchmarking", ICPE). The scheduler gives each an equal share of the cores in turns of a few
milliseconds. CPU time per request stays what it is; goodput and latency are those of a server that has half of the machine, and
only their ratio means anything. In turns of milliseconds a server answers in bursts, whose CPU time and answers would not
belong together at the edges of a window inside the load: CPU time per request is that of the whole load, warm-up and all.
"""

import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from loadgen.errors import Error
from loadgen.record.folder import RunFolder
from loadgen.record.trial import Comparison, CpuWindow, LoadTrial
from loadgen.system.proc import cpu_time_s, memory
from loadgen.system.process import stopped_at_end
from loadgen.system.scratch import scratch_folder
from loadgen.trial.load import Subject, check_ended_well, given_up_when_overdue, kept_to, start_generator, stopped
from loadgen.trial.new_trial import new_trial
from loadgen.trial.probe import ProbeClient
from loadgen.trial.readings import Observed, Spent, read_before
from loadgen.trial.sampler import Watched, check_not_overdue, read_counters, sleeping_beside
from loadgen.trial.server import running
from loadgen.trial.slot import Slot

BEFORE_THE_END_S = 0.05
"""The last reading is taken so long before the load ends: whichever ends first leaves the other the whole of the machine."""


@dataclass
class Half(Observed):
    """One of the two, while it is measured."""

    cpu_before_s: float = 0.0
    witnessed_before: int = 0
    generator: subprocess.Popen[bytes] | None = None

    @property
    def running_generator(self) -> subprocess.Popen[bytes]:
        """The generator, which has been started."""
        assert self.generator is not None
        return self.generator


def run_pair(subjects: Sequence[Subject], slots: Sequence[Slot], comparison: Comparison, folder: RunFolder) -> list[LoadTrial]:
    """Run both at once; the first is started first. If one fails, neither counts: both records say why.

    OSError from writing rows goes to the caller.
    """
    trials = [new_trial(LoadTrial, slot).replace(comparison=comparison) for slot in slots]
    begin = time.monotonic()
    cores, timing = subjects[0].cores, subjects[0].timing
    try:
        with kept_to(cores.generator), ExitStack() as stack:
            halves = [_set_up(stack, subject) for subject in subjects]
            _load(stack, halves)
            trials = [_measured(trial, half, _other(half, halves), folder) for trial, half in zip(trials, halves, strict=True)]
            codes = [stopped(half.server) for half in halves]
        trials = [trial.replace(exit_code=code) for trial, code in zip(trials, codes, strict=True)]
    except Error as failure:
        trials = [trial.replace(failure=str(failure)) for trial in trials]
    overhead_s = time.monotonic() - begin - timing.warm_up_s - timing.load_s
    return [trial.replace(overhead_s=overhead_s) for trial in trials]


def _other(half: Half, halves: Sequence[Half]) -> Half:
    return next(one for one in halves if one is not half)


def _set_up(stack: ExitStack, subject: Subject) -> Half:
    server = stack.enter_context(running(subject.contender, subject.artefact, subject.cores))
    before = read_before(server)
    probe = stack.enter_context(ProbeClient(server.address, subject.asked, idle_rounds=0))
    scratch = stack.enter_context(scratch_folder())
    return Half(subject, server, before, probe, scratch, Watched(time.monotonic(), own_cores=False))


def _load(stack: ExitStack, halves: Sequence[Half]) -> None:
    """Run both generators to their ends, and read the counters at the edges of the window and of the load."""
    cores, (from_s, to_s) = halves[0].subject.cores, halves[0].subject.window
    for half in halves:
        half.cpu_before_s = cpu_time_s(half.pids)
        half.witnessed_before = half.probe.answered
    for half in halves:
        half.generator = stack.enter_context(stopped_at_end(start_generator(half.subject, half.server, half.scratch)))
        half.seen = Watched(time.monotonic(), own_cores=cores.apart)
    begin_s = halves[-1].seen.begin_s
    with sleeping_beside(halves[0].running_generator) as sleep:
        sleep(begin_s + from_s - time.monotonic())
        for half in halves:
            half.seen.first = read_counters(half.pids, half.running_generator.pid, cores)
        sleep(begin_s + to_s - BEFORE_THE_END_S - time.monotonic())
        for half in halves:
            half.seen.last = read_counters(half.pids, half.running_generator.pid, cores)
        for half in halves:
            half.seen.loaded = memory(half.pids)
    for half in halves:
        _await_end(half, to_s)


def _await_end(half: Half, load_s: float) -> None:
    """Wait until the generator has all its answers; raise TrialFailedError if the server died, or hangs."""
    generator = half.running_generator
    with sleeping_beside(generator) as sleep, given_up_when_overdue(half.subject, half.server):
        while generator.poll() is None:
            half.server.check_alive()
            check_not_overdue(half.seen.begin_s + load_s, half.probe.last_answer_s())
            sleep(1.0)
    check_ended_well(half.subject.generator, generator, half.scratch / "stderr")


def _measured(trial: LoadTrial, half: Half, other: Half, folder: RunFolder) -> LoadTrial:
    """The trial with all that was read of its half; `other` is what ran beside it."""
    trial = half.into(trial, folder, Spent())
    assert trial.load is not None
    assert trial.answers is not None
    whole = trial.load.replace(
        server_cpu_s=cpu_time_s(half.pids) - half.cpu_before_s,
        witnessed=max(0, trial.answers.checked - len(trial.answers.wrong) - half.witnessed_before),
    )
    return trial.replace(window_to_s=half.subject.window[1] - BEFORE_THE_END_S, load=whole, cpu=_window(half, other))


def _window(half: Half, other: Half) -> CpuWindow | None:
    own, beside = half.seen.window(half.probe), other.seen.window(other.probe)
    if own is None or beside is None:
        return None
    return own.replace(beside_server_cpu_s=beside.server_cpu_s, beside_generator_cpu_s=beside.generator_cpu_s)
