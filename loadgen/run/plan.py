"""What a run is to measure: every trial in its order, and how long that takes. Pure."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from loadgen.config.scenarios import LoadTiming, Profile, Workload
from loadgen.config.service import Contender
from loadgen.config.service_file import AA_SUFFIX
from loadgen.counted import counted
from loadgen.generator.choice import generator_for
from loadgen.generator.generator import Generator
from loadgen.machine.cores import Cores, choose_cores, cores_of_generators
from loadgen.machine.topology import read_topology
from loadgen.microbench.bench import Bench
from loadgen.one_line import storable
from loadgen.record.pilot import Pilot
from loadgen.record.run import DirectPair, PlanRecord
from loadgen.record.trial import INSTRUCTIONS, MICROBENCH
from loadgen.record.workload import is_cross_check, lent_by
from loadgen.run.cross_check import ROUNDS, cross_check_timing
from loadgen.run.schedule import schedule, schedule_in_turns, schedule_pairs
from loadgen.task.task import Asked, Task
from loadgen.trial.slot import Slot

OVERHEAD_S = 0.9
"""What a trial takes beside warm-up and load, about: start, what is still in flight at the load's end, readings, stop."""
COUNT_S = 0.5
"""What counting the instructions of one benchmark takes, about."""


@dataclass(frozen=True)
class Plan:
    """What is to be measured; `rounds` and `seed` are the profile's unless the user said otherwise.

    `services` are the names as asked for; without them (base and head of a regression check) the run cannot be resumed.
    `given_up` says, a line each, what a budget took away. `pilots` are by what is asked, and contender. `cross_check` is one
    load under each generator. `generator_hosts` are the names of other hosts that put the load. `direct_pairs` come last, in
    rounds of their own.
    """

    profile_name: str
    profile: Profile
    workloads: dict[str, Workload]
    task: Task
    rounds: int
    seed: int
    services: list[str] = field(default_factory=list)
    benches: list[Bench] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    pilots: Mapping[str, Mapping[str, Pilot]] = field(default_factory=dict)
    cross_check: dict[str, Workload] = field(default_factory=dict)
    generator_hosts: Sequence[str] = ()
    direct_pairs: Sequence[DirectPair] = ()

    @cached_property
    def cores(self) -> Cores:
        """Which cores the server and the generator get on this machine."""
        return choose_cores(read_topology(), self.profile.server_cores, pinned=self.profile.pinned)

    def generator_cores(self, workload: str) -> list[list[int]]:
        """The CPUs of each of several generators, nothing for one; raise Error if there are too few."""
        count = self.loads[workload].generators
        return cores_of_generators(read_topology(), self.cores, count) if count > 1 and not self.generator_hosts else []

    def generators_of(self, workload: str) -> int:
        """How many generators put the workload's load: one on each host, or on this machine as many as it says."""
        return len(self.generator_hosts) or self.loads[workload].generators

    @property
    def paired_rounds(self) -> int:
        """How many rounds of paired trials there are: as much of the profile's as the run has of its other rounds."""
        paired = self.profile.paired
        return 0 if paired is None else math.ceil(paired.rounds * self.rounds / self.profile.rounds)

    @property
    def wants_direct_pairs(self) -> bool:
        """Whether time that is left goes to direct pairs, which have not been chosen yet."""
        return self.profile.paired is not None and self.profile.paired.direct and not self.direct_pairs

    @property
    def direct(self) -> str:
        """The direct pairs in words, "" without any."""
        return (
            f"direct pairs: {', '.join(direct_pair.in_words for direct_pair in self.direct_pairs)}" if self.direct_pairs else ""
        )

    @property
    def stops_early(self) -> bool:
        """Whether a workload ends before its last round once its intervals are narrow enough."""
        return self.profile.fewest_rounds is not None and self.profile.fewest_rounds < self.rounds

    def slots(self, contenders: Sequence[Contender]) -> list[Slot]:
        """All trials of these contenders and of the plan's microbenchmarks, in order.

        Closed loops come first, then the open ones, whose rates are shares of what the closed ones found, then paired trials,
        then the cross-check of generators. Counting instructions comes last, once: its counts do not vary. Behind all that are
        direct pairs, which are chosen when the rest is there.
        """
        alone = [contender for contender in contenders if contender.twin_of is None or self._has_twins_alone]
        put = {name: [contender.label for contender in alone if self.puts(name, contender)] for name in self.workloads}
        ready = [bench.label for bench in self.benches if bench.not_measured is None]
        closed = {name: labels for name, labels in put.items() if self.workloads[name].rate is None}
        opened = {name: labels for name, labels in put.items() if name not in closed}
        slots = schedule([closed | {MICROBENCH: ready}, opened], self.rounds, self.seed)
        slots += schedule_pairs(self._pairs(contenders), range(self.paired_rounds), self.seed, len(slots))
        slots += self._cross_check_slots(contenders, len(slots))
        slots += self._count_slots(len(slots))
        return slots + self._direct_slots(len(slots))

    @property
    def _has_twins_alone(self) -> bool:
        """Whether A/A controls have solo trials: all but one that is there for paired trials alone."""
        return self.profile.twin or self.profile.paired is None or any(name.endswith(AA_SUFFIX) for name in self.services)

    def puts(self, workload: str, contender: Contender) -> bool:
        """Whether the workload is put to the contender."""
        parameters = self.workloads[workload].parameters
        return contender.answers(parameters) and (contender.twin_of or contender.label) not in self.profile.left_out(workload)

    def _pairs(self, contenders: Sequence[Contender]) -> dict[str, list[tuple[str, str]]]:
        """Workload -> the first service with each other one, and with itself as the A/A control."""
        pairs_of: dict[str, list[tuple[str, str]]] = {}
        for name in self.profile.paired.workloads if self.profile.paired else ():
            if name not in self.workloads:
                continue
            put = [contender for contender in contenders if self.puts(name, contender)]
            services = [contender.label for contender in put if not contender.control]
            if services:
                twins = [contender.label for contender in put if contender.twin_of == services[0]]
                pairs_of[name] = [(services[0], other) for other in (*services[1:], *twins)]
        return {name: pairs for name, pairs in pairs_of.items() if pairs}

    def _cross_check_slots(self, contenders: Sequence[Contender], first: int) -> list[Slot]:
        """The first service under each generator, so that pairs of one round are neighbours."""
        lent = next(map(lent_by, self.cross_check), "")
        services = [
            contender.label for contender in contenders if lent and not contender.control and self.puts(lent, contender)
        ]
        if not services:
            return []
        return schedule_in_turns(list(self.cross_check), services[0], min(self.rounds, ROUNDS), self.seed, first)

    def _direct_slots(self, first: int) -> list[Slot]:
        pairs: dict[str, list[tuple[str, str]]] = {}
        for direct_pair in self.direct_pairs:
            pairs.setdefault(direct_pair.workload, []).append((direct_pair.service, direct_pair.beside))
        rounds = range(self.paired_rounds, 2 * self.paired_rounds)
        return schedule_pairs(pairs, rounds, self.seed, first)

    def timing(self, slot: Slot) -> LoadTiming:
        """How long the trial loads its server."""
        paired = self.profile.paired
        timing = paired.workloads[slot.workload] if slot.beside and paired else self.load_timing(slot.workload)
        settling_s = max((pilot.warm_up_s for pilot in self._pilots_of(slot)), default=0.0)
        return timing.replace(warm_up_s=settling_s) if settling_s > timing.warm_up_s else timing

    def load_timing(self, workload: str) -> LoadTiming:
        """That of its solo trials, as the profile has it."""
        timing = self.profile.workloads[lent_by(workload)]
        return cross_check_timing(timing) if is_cross_check(workload) else timing

    @property
    def loads(self) -> dict[str, Workload]:
        """The workloads, those of the cross-check among them."""
        return {**self.workloads, **self.cross_check}

    @cached_property
    def asked(self) -> dict[str, Asked]:
        """Workload -> what it asks."""
        return {name: load.asked(self.task) for name, load in self.loads.items()}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Workload -> what it asks and how, as records call it; pilots are by that."""
        return {name: load.label(self.task) for name, load in self.loads.items()}

    @cached_property
    def generators(self) -> dict[str, Generator]:
        """Workload -> what puts its load."""
        return {name: generator_for(load, self.task) for name, load in self.loads.items()}

    @property
    def first_of(self) -> dict[str, str]:
        """What is asked -> the workload under which its pilots are run, the first closed loop that asks it, or without one the
        first open loop at a number; empty if none are wanted.
        """
        workload_of: dict[str, str] = {}
        closed_first = sorted(self.workloads.items(), key=lambda item: item[1].rate is not None)
        for name, _ in closed_first if self.profile.pilot else ():
            workload_of.setdefault(self.labels[name], name)
        return workload_of

    def _pilots_of(self, slot: Slot) -> list[Pilot]:
        """Those of what is asked there, of the service and of the one beside it."""
        pilots = self.pilots.get(self.labels[lent_by(slot.workload)], {})
        return [pilots[label] for label in map(original, (slot.contender, slot.beside)) if label in pilots]

    def expected_s(self, slots: Collection[Slot]) -> float:
        """How long these trials take, in seconds."""
        return sum(self._trial_s(slot) for slot in slots)

    def outline(self, contenders: Sequence[Contender]) -> str:
        """The plan in a line."""
        services = sum(not contender.control for contender in contenders)
        parts = [
            counted(services, "service") if contenders else "",
            counted(len(contenders) - services, "control") if len(contenders) > services else "",
            counted(len(self.workloads), "workload") if self.workloads else "",
            "microbenchmarks" if self.benches else "",
            ("up to " if self.stops_early else "") + counted(self.rounds, "round"),
            counted(self.paired_rounds, "paired round") if self.paired_rounds else "",
            "generators cross-checked" if self.cross_check else "",
            self.direct,
        ]
        return ", ".join(part for part in parts if part)

    def bench(self, label: str) -> Bench:
        """The microbenchmarks of that label."""
        return next(bench for bench in self.benches if bench.label == label)

    def record(self) -> PlanRecord:
        """All that is needed to make this plan again."""
        return PlanRecord(
            services=[storable(service) for service in self.services],
            profile=self.profile.model_dump(mode="json"),
            workloads={name: workload.model_dump(mode="json") for name, workload in self.workloads.items()},
            task=self.task.place,
            cross_check={name: workload.model_dump(mode="json") for name, workload in self.cross_check.items()},
            generator_hosts=list(self.generator_hosts),
        )

    def _count_slots(self, first: int) -> list[Slot]:
        if self.profile.microbench is None or not self.profile.microbench.count:
            return []
        counted = [
            bench.label for bench in self.benches if bench.not_measured is None and bench.variant is None and bench.plan.count
        ]
        return [Slot(first + position, 0, position, INSTRUCTIONS, label) for position, label in enumerate(counted)]

    def _trial_s(self, slot: Slot) -> float:
        if slot.workload == MICROBENCH:
            assert self.profile.microbench is not None
            return self.bench(slot.contender).expected_s(self.profile.microbench.min_time_s)
        if slot.workload == INSTRUCTIONS:
            return COUNT_S * len(self.bench(slot.contender).benchmarks)
        timing = self.timing(slot)
        seconds = timing.warm_up_s + timing.load_s + OVERHEAD_S
        if not slot.beside:
            return seconds + self._drain_s(slot)
        loads = 2 if timing.warm_up_s else 1
        return (seconds + loads * 2 * self._drain_s(slot)) / 2  # two servers, two slots

    def _drain_s(self, slot: Slot) -> float:
        """How long a server alone takes for what is in flight when a closed loop ends, by its pilot; 0 without one."""
        workload = self.loads[slot.workload]
        slowest = min((pilot.rate_per_s for pilot in self._pilots_of(slot)), default=0.0)
        return workload.connections / slowest if slowest > 0 and workload.rate is None else 0.0


def original(label: str) -> str:
    """The label of the service that an A/A control is once more; any other as it is."""
    return label.removesuffix(AA_SUFFIX)
