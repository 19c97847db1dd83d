"""Where a service's CPU time goes: whole stacks that perf samples while the service is asked.

What instructions cannot show (a cache that is missed, a call of the kernel that has more to do) takes time in a function, too.
A sample is chance, and a machine's speed changes: each side is sampled several times, in turns with the other.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.explain.callgrind_file import stable_name
from loadgen.explain.requests import ask_for
from loadgen.explain.traced import Explained, asked_behind, check_there
from loadgen.record.explain import FunctionTime
from loadgen.setup.inferno import STACKS_OF_PERF, inferno
from loadgen.system.environment import tool_environment
from loadgen.system.proc import cpu_time_s
from loadgen.system.process import ending, spawned, tree
from loadgen.system.scratch import scratch_folder
from loadgen.system.tool import run_tool
from loadgen.trial.server import Server
from loadgen.trial.server_log import last_words

SECONDS = 3
WARM_S = 0.5
MOST = 1_000_000
"""Requests of a warm-up: its seconds come first."""
SAMPLES_PER_S = 1999
"""No multiple of what timers do."""
STACK_BYTES = 8192
"""Of each sample, by which callers are found without frame pointers."""
LEAST_SAMPLES = 100
_PARANOID = Path("/proc/sys/kernel/perf_event_paranoid")
_KERNEL_TOO, _ITSELF = 1, 2
"""perf_event_paranoid up to which a user may sample the kernel, and up to which the user's own programs."""

Stacks = dict[str, float]
"""By `caller;callee`: microseconds of CPU time a request."""


def sampled_event() -> str:
    """Return what perf is to sample here: a clock, which needs no counters of the processor. Raise Error if it is not there, or
    this user may not.
    """
    check_there("perf", "linux-perf")
    inferno(STACKS_OF_PERF)
    try:
        level = int(_PARANOID.read_text())
    except (OSError, ValueError):
        level = -1
    if os.geteuid() == 0 or level <= _KERNEL_TOO:
        return "cpu-clock"
    if level <= _ITSELF:
        return "cpu-clock:u"
    raise Error(f"kernel.perf_event_paranoid is {level}: expected at most {_ITSELF}, or root")


def sampled(explained: Explained, event: str, at_once: int) -> Stacks:
    """Return the CPU time of a request by stack; raise Error if perf fails, or the service did next to nothing."""
    label = f"{explained.contender.label}: perf"
    spent_us = 0.0

    def asking(server: Server, turns: Iterator[int]) -> int:
        nonlocal spent_us
        before = ask_for(turns, WARM_S, at_once, MOST)
        pids = tree(server.process.pid)
        how = ["--event", event, "--freq", str(SAMPLES_PER_S), "--call-graph", f"dwarf,{STACK_BYTES}", "--no-buildid-cache"]
        whom = ["--output", str(data), "--pid", ",".join(map(str, pids)), "--", "sleep", str(SECONDS)]
        with (
            errors.open("wb") as stderr,
            spawned(["perf", "record", *how, *whom], environment=tool_environment(), stdout=stderr, stderr=stderr) as perf,
        ):
            from_s, done = cpu_time_s(pids), before
            while perf.poll() is None:
                done = next(turns)
            spent_us = (cpu_time_s(pids) - from_s) * 1e6 / max(1, done - before)
        if perf.returncode != 0:
            raise Error(f"{label} record: {ending(perf.returncode)}{last_words(errors)}")
        return done

    with scratch_folder() as scratch:
        data, errors, script = scratch / "perf.data", scratch / "stderr", scratch / "script"
        asked_behind(explained, [], at_once, asking)
        done = run_tool(["perf", "script", "--no-inline", "--input", str(data)])
        if done.code != 0:
            raise Error(f"{label} script: {done.last_error}")
        script.write_bytes(done.stdout)
        folded = run_tool([inferno(STACKS_OF_PERF), str(script)])
        if folded.code != 0:
            raise Error(f"{STACKS_OF_PERF}: {folded.last_error}")
    return stacks_in(folded.text, spent_us, label)


def stacks_in(folded: str, spent_us: float, label: str) -> Stacks:
    """Return the time of each stack, of what is spent on a request; the first name, which is the thread's, is left out. Pure.

    Raises Error for too few samples.
    """
    counts: dict[str, int] = {}
    for line in folded.splitlines():
        stack, _, count = line.rpartition(" ")
        names = ";".join(stable_name(name) for name in stack.split(";")[1:])
        counts[names] = counts.get(names, 0) + int(count)
    total = sum(counts.values())
    if total < LEAST_SAMPLES:
        raise Error(f"{label}: {counted(total, 'sample')}; expected {LEAST_SAMPLES} or more")
    return {stack: count / total * spent_us for stack, count in counts.items()}


def function_times(stacks: Stacks) -> dict[str, FunctionTime]:
    """Return the time of each function. Pure."""
    exclusive: dict[str, float] = {}
    inclusive: dict[str, float] = {}
    for stack, time_us in stacks.items():
        names = stack.split(";")
        exclusive[names[-1]] = exclusive.get(names[-1], 0.0) + time_us
        for name in set(names):
            inclusive[name] = inclusive.get(name, 0.0) + time_us
    return {name: FunctionTime(exclusive_us=exclusive.get(name, 0.0), inclusive_us=time) for name, time in inclusive.items()}


def mean_stacks(every: list[Stacks]) -> list[str]:
    """Return folded stacks of several times, in nanoseconds a request. Pure."""
    total: Stacks = {}
    for stacks in every:
        for stack, time_us in stacks.items():
            total[stack] = total.get(stack, 0.0) + time_us * 1e3 / len(every)
    return [f"{stack} {round(time_ns)}" for stack, time_ns in sorted(total.items()) if round(time_ns) > 0]
