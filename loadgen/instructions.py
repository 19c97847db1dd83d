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

from loadgen.begun import begun
from loadgen.benchmark_output import split_name
from loadgen.environment import service_environment
from loadgen.microbench import Bench
from loadgen.process import spawn, stopped_at_end
from loadgen.record import InstructionCount, Trial
from loadgen.schedule import Slot
from loadgen.scratch import scratch_folder
from loadgen.service import Count
from loadgen.tool import run_tool
from loadgen.toolchain import programs_of
from loadgen.trouble import Trouble

LOOP = "prime_loop"
TIMES = 200
LONGEST_S = 300.0


class Job(NamedTuple):
    """One run under callgrind; `again` tells the two runs of the same operation and number apart."""

    name: str
    times: int
    again: bool


def run_count_trial(bench: Bench, slot: Slot, n: int, cases: Path, cores: int) -> Trial:
    """Count every benchmark that the bench times (of the prime loop only `n`), `cores` at a time.

    What goes wrong is the trial's `failure`. A contender that cannot run under valgrind (AVX-512) is left out.
    """
    begin = time.monotonic()
    trial = begun(slot)
    try:
        counts = count_instructions(bench, n, cases, cores)
    except Trouble as trouble:
        return trial.model_copy(update={"failure": str(trouble)})
    return trial.model_copy(update={"instructions": counts, "overhead_s": time.monotonic() - begin})


def count_instructions(bench: Bench, n: int, cases: Path, cores: int) -> list[InstructionCount]:
    """The counts by name; raise Trouble if valgrind is missing or nothing can be counted."""
    assert bench.built is not None
    count = bench.plan.count
    if count is None:
        return []
    if shutil.which("valgrind") is None:
        raise Trouble(f"{bench.label}: instructions: valgrind not found; run: make setup")
    home = bench.built.artefact.parent
    inherited = service_environment(programs_of(bench.plan.build), bench.plan.inherit)
    environment = inherited | count.environment | {"PRIMEBENCH_CASES": str(cases)}
    names = [name for name in _names(count, home, environment) if not _other_n(name, n) and re.search(bench.only, name)]
    jobs = [
        Job(name, times * factor, again)
        for name in names
        for times in [_times(name, count)]
        for factor in (1, 2)
        for again in (False, True)
    ]
    with scratch_folder() as scratch:
        found = dict(_counted(jobs, [str(home / count.command[0]), *count.command[1:]], environment, scratch, cores))
    counts = [_count(name, count, found) for name in names if all(job in found for job in jobs if job.name == name)]
    if not counts:
        raise Trouble(f"{bench.label}: instructions: no program ran under callgrind")
    return counts


def _names(count: Count, home: Path, environment: Mapping[str, str]) -> list[str]:
    if count.list_command is None:
        return count.benchmarks
    listed = run_tool([str(home / count.list_command[0]), *count.list_command[1:]], environment=environment)
    if listed.code != 0:
        raise Trouble(f"{' '.join(count.list_command)}: {listed.last_error}")
    return listed.text.split("\n")[:-1]


def _other_n(name: str, n: int) -> bool:
    scenario, _, case = split_name(name)
    return scenario == LOOP and case != f"n={n}"


def _times(name: str, count: Count) -> int:
    return count.loop_times if name.startswith(LOOP + "/") else TIMES


def _counted(
    jobs: Sequence[Job], command: list[str], environment: Mapping[str, str], scratch: Path, at_once: int
) -> Iterator[tuple[Job, int]]:
    """The instructions of each job that ran to its end."""
    for first in range(0, len(jobs), at_once):
        with ExitStack() as running:
            started = []
            for place, job in enumerate(jobs[first : first + at_once]):
                out = scratch / f"{place}.callgrind"
                out.unlink(missing_ok=True)
                # A name, not a path, in which valgrind would expand %p and %q{}.
                tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", "--error-exitcode=9"]
                process = spawn([*tool, *command, job.name, str(job.times)], environment=environment, cwd=scratch)
                started.append((job, out, running.enter_context(stopped_at_end(process))))
            for job, out, process in started:
                try:
                    code = process.wait(LONGEST_S)
                except subprocess.TimeoutExpired as error:
                    raise Trouble(
                        f"{job.name}: {job.times} times did not end within {LONGEST_S:g} s under callgrind"
                    ) from error
                if code == 0:
                    yield job, _total(out)


def _total(out: Path) -> int:
    found = re.search(r"^(?:summary|totals): (\d+)", out.read_text(errors="replace"), re.MULTILINE)
    if found is None:
        raise Trouble("callgrind wrote no total")
    return int(found[1])


def _count(name: str, count: Count, found: Mapping[Job, int]) -> InstructionCount:
    times = _times(name, count)
    once, again = ((found[Job(name, 2 * times, second)] - found[Job(name, times, second)]) / times for second in (False, True))
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
