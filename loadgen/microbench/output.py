"""Results of one benchmark program, whichever tool it was written with: times, and what was skipped or failed, by name.

A file for each tool reads that tool's documented format: benchmark_google.py, benchmark_go.py, benchmark_criterion.py.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.record.benchmark import Timing

MOST_OF_A_LINE = 200
"""What is quoted of a program's line: some print all that they have to say in one."""


@dataclass(frozen=True)
class Repetition:
    """One timed repetition of a benchmark: the time of one operation in ns, CPU time where the tool reports it."""

    iterations: int
    time_ns: float
    cpu_ns: float | None = None
    counters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Results:
    """What a program reported: no benchmark is in more than one of `timings`, `skipped` and `failed` (name -> reason)."""

    timings: list[Timing] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Every benchmark that was reported, timed or not."""
        return [*(timing.name for timing in self.timings), *self.skipped, *self.failed]


def split_name(name: str) -> tuple[str, str, str]:
    """Return scenario, contender and case of `scenario/contender/case`; a name of another form is a case by itself.

    `loadgen.record.trial.benchmark_name` is the inverse.
    """
    parts = name.split("/")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 and all(parts) else ("", "", name)


def summarised(repetitions: Mapping[str, Sequence[Repetition]], expected: Mapping[str, int]) -> Results:
    """Return one timing a benchmark: the median of its repetitions, which a moment that something else took does not move.

    `expected` says how many repetitions there should be. With more of them two benchmarks have one name, which raises Error;
    with fewer, or with a time that is no positive number, the benchmark is skipped.
    """
    results = Results()
    for name, own_repetitions in repetitions.items():
        if len(own_repetitions) > expected[name]:
            raise Error(
                f"benchmark '{name}': {counted(len(own_repetitions), 'result')} for {counted(expected[name], 'repetition')}: "
                "two benchmarks have this name; expected a name for each"
            )
        if (reason := _not_usable(own_repetitions, expected[name])) is not None:
            results.skipped[name] = reason
        else:
            results.timings.append(_median(name, own_repetitions))
            results.warnings.extend(_counter_warnings(name, own_repetitions[0].counters))
    return results


def _not_usable(repetitions: Sequence[Repetition], expected: int) -> str | None:
    if len(repetitions) < expected:
        return f"{counted(len(repetitions), 'result')} for {counted(expected, 'repetition')}"
    for repetition in repetitions:
        if not (math.isfinite(repetition.time_ns) and repetition.time_ns > 0):
            return f"its time is {repetition.time_ns:g} ns"
        if repetition.cpu_ns is not None and not (math.isfinite(repetition.cpu_ns) and repetition.cpu_ns >= 0):
            return f"its CPU time is {repetition.cpu_ns:g} ns"
    return None


def _median(name: str, repetitions: Sequence[Repetition]) -> Timing:
    scenario, contender, case = split_name(name)
    cpu_ns = [repetition.cpu_ns for repetition in repetitions if repetition.cpu_ns is not None]
    return Timing(
        scenario=scenario,
        contender=contender,
        case=case,
        iterations=repetitions[0].iterations,
        repetitions=len(repetitions),
        time_ns=median(repetition.time_ns for repetition in repetitions),
        counters={key: value for key, value in repetitions[0].counters.items() if math.isfinite(value)},
        cpu_ns=median(cpu_ns) if cpu_ns else None,
    )


def _counter_warnings(name: str, counters: Mapping[str, float]) -> list[str]:
    return [f"{name}: counter '{key}' is {value:g}" for key, value in counters.items() if not math.isfinite(value)]


def merged(programs: Mapping[str, Results]) -> Results:
    """Return the results of several programs as one; raise Error if two of them have a benchmark of one name."""
    whole, owner = Results(), dict[str, str]()
    for program, results in programs.items():
        for name in results.names:
            if name in owner:
                raise Error(f"benchmark '{name}': in {owner[name]} and in {program}; expected a name for each")
            owner[name] = program
        whole.timings.extend(results.timings)
        whole.skipped.update(results.skipped)
        whole.failed.update(results.failed)
        whole.warnings.extend(results.warnings)
    return whole


def faults_in(text: str) -> list[str]:
    """Return the lines of a failed program's output that say what was wrong, the last ones if none does; none too long."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [
        line for line in lines if re.search(r"primebench-microbench:|FAIL:|panicked|panic:|assertion|want|\.go:\d+:", line)
    ]
    return [line if len(line) <= MOST_OF_A_LINE else f"{line[:MOST_OF_A_LINE]}…" for line in (telling or lines)[-3:]]
