"""What is planted, in which run, and what has to name it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from loadgen.machine.cores import choose_cores
from loadgen.machine.topology import read_topology
from loadgen.setup.cache import cache_folder
from tests.faults.environment import burner, forget_pages, short_of_memory

HONEST = "faulty"
"""The service whose variants have the faults; without one it is honest."""
NEIGHBOURS = ("cpp", "fiber", "actix", HONEST)
NEIGHBOUR = ("cpp", HONEST)
"""Enough where no check compares the faulty one with others."""
FAILED = "failed"
"""Trials of the contender failed, and each says why."""
NOT_MEASURED = "not measured"
"""The contender was refused before anything was measured."""

MEMORY_LIMIT_BYTES = 190_000_000
"""Without swap a run ends by itself from about 160 MB on; below, the kernel kills it while it draws the plots. Enough for
`article` only: under the other workloads generator and harness keep a hundred times the rows."""

Start = Callable[[Sequence[str]], list[str]]
"""Makes of a command the one that starts it where the fault of the machine is."""


@dataclass(frozen=True)
class Group:
    """What is measured in one run: honest services, and the faults of others or of the machine with what has to name each.

    With `of_the_machine` the faults are the machine's: each contender of the run has to be found with them.
    """

    name: str
    faults: Mapping[str, str]
    services: tuple[str, ...] = NEIGHBOURS
    workloads: tuple[str, ...] = ()
    of_the_machine: bool = False

    def labels(self, fault: str, measured: Iterable[str]) -> list[str]:
        """Which of the contenders that were measured have the fault."""
        return [label for label in measured if self.of_the_machine or label == f"{HONEST}:{fault}"]

    def reduced_to(self, measured: Iterable[str]) -> "Group":
        """The group with those faults that one of these contenders has."""
        present = set(measured)
        return replace(self, faults={fault: by for fault, by in self.faults.items() if self.labels(fault, present)})

    def honest(self, measured: Iterable[str]) -> list[str]:
        """Which of the contenders that were measured have no fault, on a machine without one."""
        return [label for label in measured if not self.of_the_machine and label in self.services]

    def contenders(self, place: str) -> list[str]:
        """What `primebench run --service` is given; `place` is the folder of the faulty service."""
        variants = [] if self.of_the_machine else [f"{place}:{fault}" for fault in self.faults]
        own = [
            place + service.removeprefix(HONEST) if service.partition(":")[0] == HONEST else service
            for service in self.services
        ]
        return [*own, *variants]


GROUPS = (
    # The only speed that is drawn has none but steady neighbours: the others here are refused.
    Group(
        "refused",
        {
            "wrong-rarely": "wrong_answers",
            "right-when-timed": NOT_MEASURED,
            "errors": NOT_MEASURED,
            "closes-some": "errors",
            "never-ready": NOT_MEASURED,
            "random-speed": "restart_variance",
        },
    ),
    Group(
        "answers",
        {
            "remembered": "too_good",
            "remembers-some": "too_good",
            "understated": "duration_mismatch",
            "unequal": "unfair",
            "unfair": "unfair",
        },
        services=NEIGHBOUR,
    ),
    Group(
        "course",
        {
            "stalls": "stall",
            "stalls-rarely": "stall",
            "slow-start": "warming",
            "settles": "warming",
            "slows-down": "warming",
        },
        services=NEIGHBOUR,
    ),
    Group(
        "ends",
        {
            "leaks": "leak",
            "grows": "leak",
            "crashes": FAILED,
            "gives-up": FAILED,
            "hangs": FAILED,
            "ignores-sigterm": FAILED,
        },
        services=NEIGHBOUR,
    ),
    Group("more-cores", {"more-cores": "cores_exceeded"}, services=("cpp",)),
    Group("spins", {"spins": "busy_idle"}, services=("cpp",)),
    Group("burnt-core", {"burnt-core": "noisy"}, services=("cpp", "fiber"), of_the_machine=True),
    Group(
        "burnt-generator",
        {"burnt-generator": "generator_bound"},
        services=("cpp", "actix", "ceiling"),
        workloads=("framework",),
        of_the_machine=True,
    ),
    # The bare loop is faster than a generator with a core of its own: nothing has to be done to it.
    Group(
        "outrun-generator",
        {"outrun-generator": "generator_bound"},
        services=(HONEST, "ceiling"),
        workloads=("framework",),
        of_the_machine=True,
    ),
    Group(
        "short-memory",
        {"short-memory": "memory_short"},
        services=("cpp", "fiber", "actix"),
        workloads=("article",),
        of_the_machine=True,
    ),
)
HONEST_GROUP = Group("honest", {}, services=(*NEIGHBOURS, *(f"{neighbour}:aa" for neighbour in NEIGHBOURS), "cpp:offload"))
"""Each once more under another name: as honest, and not verified twice."""

FAULTS = [fault for group in GROUPS for fault in group.faults]


def groups_with(faults: Sequence[str]) -> list[Group]:
    """The groups with only these faults in them; all, if none is named."""
    wanted = faults or FAULTS
    reduced = [replace(group, faults={fault: by for fault, by in group.faults.items() if fault in wanted}) for group in GROUPS]
    return [group for group in reduced if group.faults]


def group_named(name: str) -> Group | None:
    """The group of that name with all its faults."""
    return next((group for group in (*GROUPS, HONEST_GROUP) if group.name == name), None)


@contextmanager
def machine_of(group: Group) -> Iterator[Start]:
    """The machine as the group wants it: as it is, or with the group's fault while the block lasts."""
    cores = choose_cores(read_topology(), 1, pinned=True)
    if "burnt-core" in group.faults:
        with burner(cores.server[0]):
            yield list
    elif "burnt-generator" in group.faults:
        with burner(cores.generator[0]):
            yield list
    elif "short-memory" in group.faults:
        forget_pages(cache_folder())
        with short_of_memory(MEMORY_LIMIT_BYTES, cores.generator) as short:
            yield short.inside
    else:
        yield list
