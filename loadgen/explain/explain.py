"""After a verdict: both sides of a service counted under the requests of a workload, for whoever asks why head is slower.

A count that fails is a note, and the others go on: none of this is a part of the verdict.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loadgen.config.service import Contender, Service
from loadgen.errors import Error
from loadgen.explain.attempts import Attempts, Say, is_native
from loadgen.explain.benchmark import BenchSides, explained_benchmark
from loadgen.explain.counts import instructions, instructions_twice, kernel_counts, sections, system_calls
from loadgen.explain.debug_build import debug_artefact, debug_change
from loadgen.explain.flame_graphs import draw_flame_graphs
from loadgen.explain.folded import folded
from loadgen.explain.hook import stacks_of
from loadgen.explain.sampled import Stacks, function_times, mean_stacks, sampled, sampled_event
from loadgen.explain.traced import Explained
from loadgen.record.explain import EXPLAIN_FILE, ExplainedService, ExplainRecord, Wanted
from loadgen.run.plan import Plan

MOST_AT_ONCE = 8
TIMES = 2
"""So often is counted what varies."""
SAMPLED_TIMES = 4
"""So often is each side sampled, in turns: by chance alone, 2 of 70 orders have every time of one side above the other's."""


@dataclass(frozen=True)
class Side:
    """One side of a service: its description, what was measured of it, and the same program with names of functions."""

    name: str
    service: Service
    artefact: Path
    debug: Path | None = None


@dataclass(frozen=True)
class Sides:
    """Base and head of each service and of its microbenchmarks, by the service's name; `cases` is what those read."""

    services: Mapping[str, tuple[Side, Side]]
    benches: Mapping[str, BenchSides]
    cases: Path


def explain_services(wanted: Sequence[Wanted], sides: Sides, plan: Plan, folder: Path, say: Say) -> None:
    """Count both sides of all that is `wanted`, and write explain.json into the folder."""
    services = []
    for request in wanted:
        if request.unit == "operation":
            say(f"explaining benchmarks of {request.service}: counting what an operation needs, on base and head")
            services.append(explained_benchmark(request.names, sides.benches[request.service], sides.cases, say, folder))
            continue
        (workload,) = request.names
        say(f"explaining {request.service} under {workload}: counting what a request needs, on base and head")
        base, head, notes = with_debug_builds(*sides.services[request.service], say)
        counted = explained_service(base, head, workload, plan, say, folder)
        services.append(counted.replace(notes=[*notes, *counted.notes]))
    text = ExplainRecord(services=services).model_dump_json(indent=1)
    try:
        (folder / EXPLAIN_FILE).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise Error(f"{folder / EXPLAIN_FILE}: cannot be written: {error.strerror}") from error


def with_debug_builds(base: Side, head: Side, say: Say) -> tuple[Side, Side, list[str]]:
    """Return both with their extra builds, as far as those can be made, and what is to be said of them."""
    changes = debug_change(base.service, head.service), debug_change(head.service, base.service)
    if changes[0] is None or changes[1] is None:
        return base, head, []
    try:
        first = replace(base, debug=debug_artefact(base.service, base.name, changes[0], say))
        second = replace(head, debug=debug_artefact(head.service, head.name, changes[1], say))
    except Error as error:
        return base, head, [f"build.debug failed, so that functions may have neither name nor line: {error}"]
    return first, second, []


def explained_service(base: Side, head: Side, workload: str, plan: Plan, say: Say, run: Path | None = None) -> ExplainedService:
    """Return what can be counted of both sides; `notes` say what could not. Flame graphs are drawn into a run's folder."""
    counting = _Counting(base, head, workload, plan, say)
    if plan.loads[workload].sending.protocol == "h2":
        counting.note("requests are counted by HTTP/1.1, not by HTTP/2 as the workload sends them")
    counting.try_to("binary sections", counting.sections)
    counting.try_to("system calls", counting.system_calls)
    counting.try_to("page faults and context switches", counting.kernel)
    if counting.hook is None:
        counting.try_to("instructions by function", counting.instructions)
        if is_native(base.artefact) and is_native(head.artefact):
            counting.try_to("CPU time by function", counting.times)
    if run is not None:
        counting.try_to("flame graphs", lambda: counting.flame_graphs(run))
    return counting.found


class _Counting(Attempts):
    """What has been counted so far of both sides."""

    def __init__(self, base: Side, head: Side, workload: str, plan: Plan, say: Say) -> None:
        super().__init__(ExplainedService(service=base.service.name, workload=workload), say)
        self._sides, self._plan = (base, head), plan
        self._at_once = max(1, min(MOST_AT_ONCE, plan.loads[workload].connections))
        self.hook = head.service.file.explain
        self._sampled: tuple[list[Stacks], list[Stacks]] = ([], [])

    def _explained(self, side: Side, artefact: Path) -> Explained:
        load = self._plan.loads[self.found.workload]
        return Explained(
            contender=Contender(service=side.service, label=f"{side.service.name}@{side.name}"),
            artefact=artefact,
            asked=self._plan.asked[self.found.workload],
            sending=load.sending,
            seed=self._plan.seed,
            cores=self._plan.cores,
        )

    def sections(self) -> None:
        """Both artefacts as they were measured."""
        base, head = (sections(side.artefact) for side in self._sides)
        self.keep(self.found.base.replace(sections=base), self.found.head.replace(sections=head))

    def system_calls(self) -> None:
        """In turns, so that what the machine does meanwhile is both sides' alike."""
        base, head = self._in_turns(system_calls)
        self.keep(self.found.base.replace(system_calls=base), self.found.head.replace(system_calls=head))

    def kernel(self) -> None:
        """As system calls."""
        base, head = self._in_turns(kernel_counts)
        self.keep(self.found.base.replace(kernel=base), self.found.head.replace(kernel=head))

    def _in_turns(self, count: Callable[[Explained, int], dict[str, float]]) -> Sequence[list[dict[str, float]]]:
        counted: tuple[list[dict[str, float]], ...] = ([], [])
        for _ in range(TIMES):
            for side, kept in zip(self._sides, counted, strict=True):
                kept.append(count(self._explained(side, side.artefact), self._at_once))
        return counted

    def instructions(self) -> None:
        """The base once more at the end: what it differs by from itself is no change."""
        base, head = self._with_names()
        first, requests = instructions_twice(base)
        second, again = instructions(head, requests), instructions(base, requests)
        self.keep_profiles([first, again], second, requests, "build.debug")

    def times(self) -> None:
        """In turns, as system calls, the second side first every other time."""
        event, sides = sampled_event(), self._with_names()
        for number in range(SAMPLED_TIMES):
            for side in (0, 1) if number % 2 == 0 else (1, 0):
                self._sampled[side].append(sampled(sides[side], event, self._at_once))
        base, head = ([function_times(stacks) for stacks in every] for every in self._sampled)
        self.keep(self.found.base.replace(times=base), self.found.head.replace(times=head))

    def _with_names(self) -> tuple[Explained, Explained]:
        """Both sides, as programs whose functions have names, if they can be had."""
        for side in self._sides:
            if not is_native(side.artefact):
                what = f"{side.artefact.name} of {side.name} is no native program"
                raise Error(f"{what}; explain.command of service.toml names a profiler for flame graphs")
        base, head = (self._explained(side, side.debug or side.artefact) for side in self._sides)
        return base, head

    def flame_graphs(self, run: Path) -> None:
        """By the service's own profiler where it has one, else by what perf sampled, else by what callgrind counted."""
        if self.hook is not None:
            base, head = (stacks_of(self._explained(side, side.artefact), self.hook, self._at_once) for side in self._sides)
            unit = "samples"
        elif self.found.head.times:
            base, head = (mean_stacks(every) for every in self._sampled)
            unit = "ns a request"
        else:
            if not self.found.head.profiles:
                raise Error("they are drawn of the instructions by function")
            base, head = (folded(side.profiles[0]) for side in (self.found.base, self.found.head))
            unit = "instructions a request"
        pages = draw_flame_graphs(base, head, unit, self.found.service, run)
        self.found = self.found.replace(flame_graphs=pages)
