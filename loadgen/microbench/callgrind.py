"""Instructions of one operation, counted by callgrind: twice as many operations less as many leaves nothing else.

The counts are exact where a program's own code is: they do not depend on the machine's load. A runtime with threads of its own
(Go) adds some that are not.
"""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from loadgen.build.toolchain import programs_of
from loadgen.config.microbench import Count
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.microbench.bench import Bench
from loadgen.microbench.output import split_name
from loadgen.record.benchmark import InstructionCount
from loadgen.record.trial import CountTrial
from loadgen.system.environment import service_environment
from loadgen.system.process import ending, spawn, stopped_at_end
from loadgen.system.scratch import scratch_folder
from loadgen.system.tool import run_tool
from loadgen.trial.new_trial import new_trial
from loadgen.trial.slot import Slot

CALLGRIND = ("valgrind", "--command-line-only=yes", "--tool=callgrind")
"""Nothing of the user's settings changes what it does."""
GO_RUNTIME = {"GODEBUG": "asyncpreemptoff=1"}
"""Preemption by signals crashes callgrind 3.19; no other program reads this."""
TIMES = 200
LONGEST_S = 300.0


class Job(NamedTuple):
    """One run under callgrind; `again` tells the two runs of the same operation and number apart."""

    name: str
    times: int
    again: bool


def run_count_trial(bench: Bench, slot: Slot, cases: Path, cores: int) -> CountTrial:
    """Count every benchmark that the bench times and that is selected for counting, `cores` at a time.

    What goes wrong is the trial's `failure`. A contender that cannot run under valgrind (AVX-512) is `failed`, with the reason.
    """
    begin = time.monotonic()
    trial = new_trial(CountTrial, slot)
    try:
        counts, failed = count_instructions(bench, cases, cores)
    except Error as error:
        return trial.replace(failure=str(error))
    overhead_s = time.monotonic() - begin
    return trial.replace(instructions=counts, failed=failed, overhead_s=overhead_s)


class Repeater(NamedTuple):
    """The program that repeats operations, its environment, and the names of those that are selected for counting."""

    command: list[str]
    environment: Mapping[str, str]
    names: list[str]


def repeater_of(bench: Bench, cases: Path) -> Repeater | None:
    """Return the program of `microbench.count`, None without one; raise Error if it does not list its names."""
    count = bench.plan.count
    if count is None:
        return None
    assert bench.built is not None
    home = bench.built.artefact.parent
    inherited = service_environment(programs_of(bench.plan.build), bench.plan.inherit)
    environment = inherited | count.environment | {"PRIMEBENCH_CASES": str(cases)}
    names = [name for name in _names(count, home, environment) if re.search(count.select, name) and re.search(bench.only, name)]
    return Repeater([str(home / count.command[0]), *count.command[1:]], environment, names)


def count_instructions(bench: Bench, cases: Path, cores: int) -> tuple[list[InstructionCount], dict[str, str]]:
    """Return the counts, and why others could not be counted, by name.

    Raises Error if valgrind is missing or nothing can be counted.
    """
    count = bench.plan.count
    if count is None:
        return [], {}
    if shutil.which("valgrind") is None:
        raise Error(f"{bench.label}: instructions: valgrind not found; run: primebench setup")
    repeater = repeater_of(bench, cases)
    assert repeater is not None
    jobs = [
        Job(name, times * factor, again)
        for name in repeater.names
        for times in [times_of(name, count)]
        for factor in (1, 2)
        for again in (False, True)
    ]
    with scratch_folder() as scratch:
        outcomes = dict(_counted(jobs, repeater.command, repeater.environment, scratch, cores))
    failed = {job.name: result for job, result in outcomes.items() if isinstance(result, str)}
    totals = {job: result for job, result in outcomes.items() if isinstance(result, int)}
    counts = [_count(name, count, totals) for name in repeater.names if name not in failed]
    if not counts:
        reasons = "".join(f"; {name} {reason}" for name, reason in failed.items())
        raise Error(f"{bench.label}: instructions: no program ran under callgrind{reasons}")
    return counts, failed


def _names(count: Count, home: Path, environment: Mapping[str, str]) -> list[str]:
    if count.list_command is None:
        return count.benchmarks
    listed = run_tool([str(home / count.list_command[0]), *count.list_command[1:]], environment=environment)
    if listed.code != 0:
        raise Error(f"{' '.join(count.list_command)}: {listed.last_error}")
    return list(dict.fromkeys(name for name in listed.text.split("\n") if name))


def times_of(name: str, count: Count) -> int:
    """Return how often an operation is repeated: as the service says, else TIMES."""
    return next((times for pattern, times in count.times.items() if re.search(pattern, name)), TIMES)


def _counted(
    jobs: Sequence[Job], command: list[str], environment: Mapping[str, str], scratch: Path, at_once: int
) -> Iterator[tuple[Job, int | str]]:
    """The instructions of each job that ran to its end; of another how it ended."""
    for first in range(0, len(jobs), at_once):
        with ExitStack() as running:
            started = []
            for position, job in enumerate(jobs[first : first + at_once]):
                out = scratch / str(first + position)
                out.mkdir()
                # A name, not a path, in which valgrind would expand %p and %q{}; each forked process has one of its own.
                tool = [*CALLGRIND, "--callgrind-out-file=%p", "--error-exitcode=9"]
                process = spawn([*tool, *command, job.name, str(job.times)], environment=environment, cwd=out)
                started.append((job, out, running.enter_context(stopped_at_end(process))))
            for job, out, process in started:
                try:
                    code = process.wait(LONGEST_S)
                except subprocess.TimeoutExpired as error:
                    raise Error(
                        f"{job.name}: {counted(job.times, 'time')} did not end within {LONGEST_S:g} s under callgrind"
                    ) from error
                yield job, _total(out) if code == 0 else f"did not run under callgrind: {ending(code)}"
                shutil.rmtree(out)


def _total(out: Path) -> int:
    """The instructions of a program: callgrind writes a file for each process that it forks, and for each part of a profile."""
    totals = [total for file in out.iterdir() if (total := total_in(file.read_text(errors="replace"))) is not None]
    if not totals:
        raise Error("callgrind wrote no total")
    return sum(totals)


def total_in(profile: str) -> int | None:
    """Return the instructions (Ir) of one file in callgrind's format, whichever events it has; None if it has no total."""
    fields = dict(re.findall(r"^(events|summary|totals): (.+)$", profile, re.MULTILINE))
    events, counts = fields.get("events", "Ir").split(), (fields.get("totals") or fields.get("summary") or "").split()
    return int(counts[events.index("Ir")]) if "Ir" in events and len(counts) > events.index("Ir") else None


def _count(name: str, count: Count, totals: Mapping[Job, int]) -> InstructionCount:
    times = times_of(name, count)
    once, again = (
        (totals[Job(name, 2 * times, second)] - totals[Job(name, times, second)]) / times for second in (False, True)
    )
    scenario, contender, case = split_name(name)
    return InstructionCount(
        scenario=scenario,
        contender=contender,
        case=case,
        times=times,
        instructions=once,
        again=again,
        exact=count.exact,
    )
