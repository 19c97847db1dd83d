"""Which cores the server and the generator get: on recorded machines, and on any."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadgen.machine.core_use import kinds_of, shared_cores
from loadgen.machine.cores import Cores, choose_cores
from loadgen.machine.cpu_list import format_cpu_list
from loadgen.machine.topology import Cpu, Topology, core_groups
from tests.machines import recorded
from tests.machines.tree import Recorded, topology_of

Wanted = int | Literal["all"]


def plain(numbers: Sequence[int]) -> Topology:
    """A machine of which nothing is known but the CPU numbers."""
    return Topology(tuple(Cpu(number, frozenset({number})) for number in numbers), siblings_known=False)


def chosen(topology: Topology, wanted: Wanted) -> tuple[str, str]:
    cores = choose_cores(topology, wanted, pinned=True)
    assert cores.server_threads == len(cores.server)
    return format_cpu_list(cores.server), format_cpu_list(cores.generator)


@pytest.mark.parametrize(
    ("available", "wanted", "pinned", "server", "generator", "threads"),
    [
        ([0, 1], 1, True, [1], [0], 1),
        ([0, 1, 2, 3], 1, True, [3], [0, 1, 2], 1),
        ([0, 1, 2, 3], 2, True, [2, 3], [0, 1], 2),
        ([0, 1], 4, True, [1], [0], 1),
        ([2], 1, True, [2], [2], 1),
        ([0, 1, 2, 3], "all", True, [1, 2, 3], [0], 3),
        ([0, 1, 2, 3], "all", False, [], [], 4),
        ([0, 1], 1, False, [], [], 1),
    ],
)
def test_cores_of_which_nothing_is_known(
    available: list[int], wanted: Wanted, pinned: bool, server: list[int], generator: list[int], threads: int
) -> None:
    assert choose_cores(plain(available), wanted, pinned=pinned) == (server, generator, threads)


@pytest.mark.parametrize(
    ("machine", "single", "two", "every"),
    [
        (recorded.I7_12700K, ("15", "0-13,16-19"), ("13,15", "0-11,16-19"), ("0-15,17-19", "16")),
        (recorded.RYZEN_5950X, ("31", "8-14,24-30"), ("30-31", "8-13,24-29"), ("1-15,17-31", "0,16")),
        (recorded.GRAVITON_1, ("1", "0"), ("1", "0"), ("1", "0")),
        (recorded.GRAVITON_2, ("1", "0"), ("1", "0"), ("1", "0")),
        (recorded.GRAVITON_3, ("1", "0"), ("1", "0"), ("1", "0")),
        (recorded.GRAVITON_4, ("3", "0-2"), ("2-3", "0-1"), ("1-3", "0")),
        (recorded.AMPERE_ALTRA, ("79", "0-78"), ("78-79", "0-77"), ("1-79", "0")),
        (recorded.POWER9, ("31", "16-27"), ("27,31", "0-23"), ("4-31", "0-3")),
        (recorded.WSL2, ("7", "0-5"), ("5,7", "0-3"), ("2-7", "0-1")),
        (recorded.CONTAINER, ("7", "0,2,5"), ("5,7", "0,2"), ("2,5,7", "0")),
        (recorded.ONE_VCPU, ("0", "0"), ("0", "0"), ("0", "0")),
        (recorded.TWO_VCPUS, ("1", "0"), ("1", "0"), ("1", "0")),
        (recorded.FOUR_VCPUS, ("3", "0,2"), ("1,3", "0,2"), ("1,3", "0,2")),
        (recorded.DESKTOP, ("7", "0-2,4-6"), ("6-7", "0-1,4-5"), ("1-3,5-7", "0,4")),
        (recorded.RK3588, ("7", "0-6"), ("6-7", "0-5"), ("1-7", "0")),
        (recorded.XEON_SNC, ("31", "3,7,11,19,23,27"), ("27,31", "1,3,5,7,9,13,17,19,21,23,25,29"), ("1-15,17-31", "0,16")),
        (recorded.NO_SMT, ("3", "0-2"), ("2-3", "0-1"), ("1-3", "0")),
        (recorded.GVISOR, ("3", "0-2"), ("2-3", "0-1"), ("1-3", "0")),
        (recorded.RYZEN_STRIX, ("13", "0-2,10-12"), ("12-13", "0-1,4-11,14-19"), ("0-3,5-13,15-19", "4,14")),
        (recorded.RASPBERRY_PI, ("3", "0-2"), ("2-3", "0-1"), ("1-3", "0")),
        (recorded.S390X, ("3", "0-1"), ("2-3", "0-1"), ("2-3", "0-1")),
        (
            recorded.MANY,
            ("2047", "1016-1022,2040-2046"),
            ("2046-2047", "1016-1021,2040-2045"),
            ("993-1023,2017-2047", "992,2016"),
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Recorded) else "",
)
def test_cores_of_recorded_machines(
    machine: Recorded, single: tuple[str, str], two: tuple[str, str], every: tuple[str, str]
) -> None:
    topology = topology_of(machine)
    assert (chosen(topology, 1), chosen(topology, 2), chosen(topology, "all")) == (single, two, every)


@pytest.mark.parametrize(
    ("machine", "usable", "wanted", "expected"),
    [
        (recorded.I7_12700K, [0, 16, 17, 18, 19], 1, ("0", "16-19")),  # the first core is the only fast one
        (recorded.I7_12700K, [0, 1, 18], 1, ("1", "18")),
        (recorded.I7_12700K, [16, 17, 18, 19], 1, ("19", "16-18")),
        (recorded.I7_12700K, range(20), 8, ("1,3,5,7,9,11,13,15", "16-19")),
        (recorded.DESKTOP, [1, 5], 1, ("5", "1")),  # a cpuset that is one core
        (recorded.DESKTOP, [0, 1, 2, 3], 1, ("3", "0-2")),  # the siblings are somebody else's
        (recorded.DESKTOP, [0, 1, 5, 7], 1, ("5", "0,7")),  # only core 1-5 is whole
        (recorded.DESKTOP, [3], 1, ("3", "3")),
    ],
)
def test_cores_of_a_part_of_a_machine(
    machine: Recorded, usable: Sequence[int], wanted: Wanted, expected: tuple[str, str]
) -> None:
    assert chosen(topology_of(machine, usable), wanted) == expected


def test_numbers_above_1024_are_found() -> None:
    """A cpuset of the last four CPUs: two cores, whose first threads are elsewhere."""
    assert chosen(topology_of(recorded.MANY, [1022, 1023, 2046, 2047]), 1) == ("2047", "1022,2046")


def test_an_isolated_core_is_for_one_thread_of_the_server() -> None:
    """The kernel does not move threads between isolated cores: several would all run on one."""
    topology = topology_of(recorded.NO_SMT)
    isolated = replace(topology, cpus=tuple(replace(cpu, isolated=cpu.number in (1, 2)) for cpu in topology.cpus))
    assert chosen(isolated, 1) == ("2", "0,3")
    assert chosen(isolated, 2) == ("0,3", "1-2")


@pytest.mark.parametrize(
    ("quota", "wanted", "threads", "unpinned_threads"),
    [(0.5, "all", 1, 1), (1.0, 2, 1, 1), (2.0, "all", 1, 2), (2.5, 2, 1, 2), (4.0, "all", 3, 4), (64.0, "all", 30, 32)],
)
def test_a_quota_cuts_threads_down(quota: float, wanted: Wanted, threads: int, unpinned_threads: int) -> None:
    topology = replace(topology_of(recorded.RYZEN_5950X), quota_cores=quota)
    assert choose_cores(topology, wanted, pinned=True).server_threads == threads
    assert choose_cores(topology, wanted, pinned=False) == Cores([], [], unpinned_threads)


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """Any machine: cores of one to four threads with numbers in any order, kinds, caches, nodes, of which a part is usable."""
    count = draw(st.integers(min_value=1, max_value=12))
    sizes = [draw(st.integers(min_value=1, max_value=4)) for _ in range(count)]
    numbers = draw(st.permutations(range(sum(sizes))))
    usable = draw(st.sets(st.sampled_from(numbers), min_size=1))
    cpus: list[Cpu] = []
    for size in sizes:
        siblings, numbers = frozenset(numbers[:size]), numbers[size:]
        cache, node = draw(st.integers(0, 2)), draw(st.integers(0, 2))
        example = Cpu(
            number=0,
            siblings=siblings,
            speed_class=draw(st.integers(0, 2)),
            node=draw(st.sampled_from([None, node])),
            cache=draw(st.sampled_from([None, frozenset({cache})])),
            isolated=draw(st.booleans()),
        )
        cpus += [replace(example, number=number) for number in siblings & usable]
    quota = draw(st.sampled_from([None, 0.5, 2.0, 3.5]))
    return Topology(tuple(sorted(cpus, key=lambda cpu: cpu.number)), quota)


@settings(max_examples=300, deadline=None)
@given(topologies(), st.sampled_from([1, 2, 3, 8, "all"]))
def test_on_any_machine_the_choice_keeps_to_its_rules(topology: Topology, wanted: Wanted) -> None:
    cores = choose_cores(topology, wanted, pinned=True)
    server, generator, usable = set(cores.server), set(cores.generator), set(topology.numbers)
    assert server
    assert generator
    assert server | generator <= usable
    assert (server & generator == set()) == (len(usable) > 1)
    groups = core_groups(topology)
    assert bool(shared_cores(groups, cores.server, cores.generator)) == (len(topology.cores) == 1)
    assert cores.server_threads == len(server)
    assert wanted == "all" or cores.server_threads <= wanted
    by_number = {cpu.number: cpu for cpu in topology.cpus}
    assert by_number[cores.server[0]].speed_class == min(cpu.speed_class for cpu in topology.cpus) or len(server) > 1
    on = [core for core in topology.cores if server & {cpu.number for cpu in core}]
    slowest = max(core[0].speed_class for core in on)
    left = [core for core in topology.cores if core not in on]
    assert all(core[0].speed_class >= slowest for core in left)  # no faster core is left to the generator
    assert choose_cores(topology, wanted, pinned=True) == cores


def test_the_generator_beside_the_server_is_named_with_the_core_that_they_share() -> None:
    groups = core_groups(topology_of(recorded.TWO_VCPUS))
    assert shared_cores(groups, [1], [0]) == ["0-1"]
    assert shared_cores(groups, [], []) == ["0-1"]  # not pinned, and there is no other


def test_without_pinning_nothing_is_certain_where_there_are_several_cores() -> None:
    assert shared_cores(core_groups(topology_of(recorded.FOUR_VCPUS)), [], []) == []


def test_kinds_of_cores_are_named_fastest_first() -> None:
    groups = core_groups(topology_of(recorded.I7_12700K))
    assert kinds_of(groups, []) == {"performance": "0-15", "efficiency": "16-19"}
    assert kinds_of(groups, [15, 17]) == {"performance": "15", "efficiency": "17"}
    assert kinds_of(groups, [15]) == {"performance": "15"}
