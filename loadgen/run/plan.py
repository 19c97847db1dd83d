"""What a run is to measure: every trial in its order, and how long that takes. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from loadgen.config.scenarios import Profile, Workload
from loadgen.config.service import Contender
from loadgen.machine.cores import Cores, choose_cores
from loadgen.machine.topology import read_topology
from loadgen.microbench.bench import Bench
from loadgen.one_line import storable
from loadgen.record.run import PlanRecord
from loadgen.record.trial import INSTRUCTIONS, MICROBENCH
from loadgen.run.schedule import schedule
from loadgen.task.task import Task
from loadgen.trial.slot import Slot

OVERHEAD_S = 0.8
"""What a trial takes beside warm-up and load, about: start, what is still in flight at the load's end, readings, stop."""
COUNT_S = 0.5
"""What counting the instructions of one benchmark takes, about."""


@dataclass(frozen=True)
class Plan:
    """What is to be measured; `rounds` and `seed` are the profile's unless the user said otherwise.

    `services` are the names as asked for; without them (base and head of a regression check) the run cannot be resumed.
    `given_up` says, a line each, what a budget took away.
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

    @cached_property
    def cores(self) -> Cores:
        """Which cores the server and the generator get on this machine."""
        return choose_cores(read_topology(), self.profile.server_cores, pinned=self.profile.pinned)

    @property
    def stops_early(self) -> bool:
        """Whether a workload ends before its last round once its intervals are narrow enough."""
        return self.profile.fewest_rounds is not None and self.profile.fewest_rounds < self.rounds

    def slots(self, contenders: Sequence[Contender]) -> list[Slot]:
        """All trials of these contenders and of the plan's microbenchmarks, in order.

        Closed loops come first, then the open ones, whose rates are shares of what the closed ones found. Counting instructions
        comes last, once: its counts do not vary.
        """
        put = {
            name: [
                one.label
                for one in contenders
                if one.answers(workload.parameters) and (one.twin_of or one.label) not in self.profile.left_out(name)
            ]
            for name, workload in self.workloads.items()
        }
        ready = [one.label for one in self.benches if one.not_measured is None]
        closed = {name: labels for name, labels in put.items() if self.workloads[name].rate is None}
        opened = {name: labels for name, labels in put.items() if name not in closed}
        slots = schedule([closed | {MICROBENCH: ready}, opened], self.rounds, self.seed)
        return slots + self._count_slots(len(slots))

    def expected_s(self, slots: Collection[Slot]) -> float:
        """How long these trials take, in seconds."""
        return sum(self._trial_s(slot) for slot in slots)

    def outline(self, contenders: Sequence[Contender]) -> str:
        """The plan in a line."""
        services = sum(not one.control for one in contenders)
        parts = [
            counted(services, "service") if contenders else "",
            counted(len(contenders) - services, "control") if len(contenders) > services else "",
            counted(len(self.workloads), "workload") if self.workloads else "",
            "microbenchmarks" if self.benches else "",
            ("up to " if self.stops_early else "") + counted(self.rounds, "round"),
        ]
        return ", ".join(part for part in parts if part)

    def bench(self, label: str) -> Bench:
        """The microbenchmarks of that label."""
        return next(one for one in self.benches if one.label == label)

    def record(self) -> PlanRecord:
        """All that is needed to make this plan again."""
        return PlanRecord(
            services=[storable(service) for service in self.services],
            profile=self.profile.model_dump(mode="json"),
            workloads={name: one.model_dump(mode="json") for name, one in self.workloads.items()},
            task=self.task.place,
        )

    def _count_slots(self, first: int) -> list[Slot]:
        if self.profile.microbench is None or not self.profile.microbench.count:
            return []
        counted = [one.label for one in self.benches if one.not_measured is None and one.variant is None and one.plan.count]
        return [Slot(first + place, 0, place, INSTRUCTIONS, label) for place, label in enumerate(counted)]

    def _trial_s(self, slot: Slot) -> float:
        if slot.workload == MICROBENCH:
            assert self.profile.microbench is not None
            return self.bench(slot.contender).expected_s(self.profile.microbench.min_time_s)
        if slot.workload == INSTRUCTIONS:
            return COUNT_S * len(self.bench(slot.contender).benchmarks)
        timing = self.profile.workloads[slot.workload]
        return timing.warm_up_s + timing.load_s + OVERHEAD_S


def counted(count: int, what: str) -> str:
    """A number and its noun."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
