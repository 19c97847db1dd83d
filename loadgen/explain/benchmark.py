"""A benchmark of both sides by function: callgrind of so many operations, and of twice as many.

The program that counts instructions repeats them (`microbench.count`). Go's own programs can be told a number, too, so that any
benchmark of theirs is counted; criterion takes none, nor does Google Benchmark before 1.8.
"""

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.explain.attempts import Attempts, Say, is_native
from loadgen.explain.callgrind_file import Costs
from loadgen.explain.counts import sections
from loadgen.explain.debug_build import both, debug_built
from loadgen.explain.flame_graphs import draw_flame_graphs
from loadgen.explain.folded import folded
from loadgen.explain.traced import check_there
from loadgen.microbench.adapters.go import pattern_of
from loadgen.microbench.bench import Bench
from loadgen.microbench.callgrind import CALLGRIND, GO_RUNTIME, LONGEST_S, Repeater, repeater_of, times_of, total_in
from loadgen.microbench.run import environment_of
from loadgen.record.explain import ExplainedService
from loadgen.system.process import ending, spawned
from loadgen.system.scratch import scratch_folder
from loadgen.trial.server_log import last_words

FEWEST, MOST = 20, 20_000
"""Operations of Go's programs."""
INSTRUCTIONS = 50e6
"""So many are to be executed: start and end of a program in Go differ by some ten thousand from one time to the next."""
WITHOUT_COLLECTOR = {"GOGC": "off"}
"""What is collected when is another matter each time, and hides what an operation needs."""

BenchSides = tuple[Bench, Bench]
"""Base and head."""


class _Program(NamedTuple):
    """Commands that do an operation so often when `{times}` is filled in, and nothing else that depends on it."""

    commands: list[list[str]]
    environment: dict[str, str]
    times: int | None
    """None: to be found."""

    def repeating(self, times: int) -> list[list[str]]:
        return [[part.replace("{times}", str(times)) for part in command] for command in self.commands]


def explained_benchmark(
    names: Sequence[str], sides: BenchSides, cases: Path, say: Say, run: Path | None = None
) -> ExplainedService:
    """Return what can be counted of the first of the benchmarks that can be; `notes` say what could not. Flame graphs are drawn
    into a run's folder.
    """
    base, head = sides
    counting = Attempts(ExplainedService(service=base.service.name, workload=names[0], unit="operation"), say)
    counting.try_to("instructions by function", lambda: _instructions(counting, names, _named(counting, sides, say), cases))
    if counting.found.head.profiles:
        counting.try_to("binary sections", lambda: _sections(counting, base, head))
        if run is not None:
            counting.try_to("flame graphs", lambda: _flame_graphs(counting, run))
    return counting.found


def _named(counting: Attempts, sides: BenchSides, say: Say) -> BenchSides:
    """Return both with names of functions, where an extra build gives them and can be made."""
    changes = [bench.plan.build.debug for bench in sides]
    change = changes[1] or changes[0]
    if change is None:
        return sides
    built = []
    for bench, side in zip(sides, ("base", "head"), strict=True):
        own = both(bench.variant, change) if bench.variant else change
        name = f"{bench.service.name}-microbench"
        try:
            debug = debug_built(name, bench.service.folder, bench.plan.build.other(own), side, say)
        except Error as error:
            counting.note(f"microbench.build.debug failed, so that functions may have neither name nor line: {error}")
            return sides
        built.append(replace(bench, built=debug))
    return built[0], built[1]


def _instructions(counting: Attempts, names: Sequence[str], sides: BenchSides, cases: Path) -> None:
    """The base once more at the end: what it differs by from itself is no change."""
    check_there("valgrind", "valgrind")
    name, base, head = _programs(names, sides, cases)
    counting.found = counting.found.replace(workload=name)
    times = base.times or _times(base)
    first, second, again = (_less(program, times).profile(times) for program in (base, head, base))
    counting.keep_profiles([first, again], second, times, "microbench.build.debug")


def _programs(names: Sequence[str], sides: BenchSides, cases: Path) -> tuple[str, _Program, _Program]:
    """Return the first benchmark that both sides can repeat, and how."""
    repeaters = [repeater_of(bench, cases) for bench in sides]
    for name in names:
        programs = [_program(name, bench, repeater, cases) for bench, repeater in zip(sides, repeaters, strict=True)]
        if programs[0] is not None and programs[1] is not None:
            return name, programs[0], programs[1]
    listed = f"{names[0]}{f' and {len(names) - 1} more' if names[1:] else ''}"
    raise Error(f"{listed}: no program repeats it so often as it is told; microbench.count of service.toml names one")


def _program(name: str, bench: Bench, repeater: Repeater | None, cases: Path) -> _Program | None:
    assert bench.built is not None
    if repeater is not None and name in repeater.names:
        assert bench.plan.count is not None
        command = [*repeater.command, name, "{times}"]
        return _Program([command], dict(repeater.environment), times_of(name, bench.plan.count))
    if bench.plan.format != "go":
        return None
    selected = ["-test.run=^$", f"-test.bench={pattern_of(name, bench.plan.scenarios)}", "-test.benchtime={times}x"]
    home = bench.built.artefact.parent
    commands = [[str(home / program), *selected, "-test.count=1", "-test.cpu=1"] for program in bench.plan.programs]
    return _Program(commands, environment_of(bench, cases) | GO_RUNTIME | WITHOUT_COLLECTOR, None)


def _times(program: _Program) -> int:
    """Return how often an operation is to be repeated, by what a few of them cost."""
    few, more = (_under_callgrind(program, times).exclusive.total() for times in (FEWEST, 10 * FEWEST))
    an_iteration = max(1.0, (more - few) / (9 * FEWEST))
    return int(min(MOST, max(FEWEST, INSTRUCTIONS / an_iteration)))


def _less(program: _Program, times: int) -> Costs:
    """Return what so many operations cost: twice as many, less as many."""
    return _under_callgrind(program, 2 * times).less(_under_callgrind(program, times))


def _under_callgrind(program: _Program, times: int) -> Costs:
    """Run each command to its end; raise Error if one fails, or takes too long."""
    costs = Costs()
    for command in program.repeating(times):
        what = Path(command[0]).name
        if not is_native(Path(command[0])):
            raise Error(f"{what} is no native program, and callgrind names functions of no other")
        with scratch_folder() as scratch:
            out, errors = scratch / "out", scratch / "stderr"
            out.mkdir()
            traced = [*CALLGRIND, "-q", "--callgrind-out-file=%p", *command]
            with (
                errors.open("wb") as stderr,
                spawned(traced, environment=program.environment, stderr=stderr, cwd=out) as process,
            ):
                try:
                    code = process.wait(LONGEST_S)
                except subprocess.TimeoutExpired as late:
                    raise Error(
                        f"{what}: {counted(times, 'time')} did not end within {LONGEST_S:g} s under callgrind"
                    ) from late
            if code != 0:
                raise Error(f"{what}: did not run under callgrind: {ending(code)}{last_words(errors)}")
            for file in out.iterdir():
                text = file.read_text(errors="replace")
                if total_in(text) is not None:
                    costs.add(text)
    if not costs.exclusive:
        raise Error(f"{program.commands[0][0]}: callgrind wrote no profile")
    return costs


def _sections(counting: Attempts, base: Bench, head: Bench) -> None:
    """Of what was measured, which is often another program than what was counted, or a script that has none."""
    assert base.built is not None
    assert head.built is not None
    artefacts = base.built.artefact, head.built.artefact
    if all(map(is_native, artefacts)):
        first, second = map(sections, artefacts)
        counting.keep(counting.found.base.replace(sections=first), counting.found.head.replace(sections=second))


def _flame_graphs(counting: Attempts, run: Path) -> None:
    base, head = (folded(side.profiles[0]) for side in (counting.found.base, counting.found.head))
    pages = draw_flame_graphs(base, head, "instructions an operation", f"{counting.found.service}-benchmark", run)
    counting.found = counting.found.replace(flame_graphs=pages)
