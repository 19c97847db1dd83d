"""What is read of CPUs, cores and caches from trees as kernels show them, whole or with parts missing."""

from pathlib import Path

import pytest

from loadgen.machine.cores import choose_cores
from loadgen.machine.machine import read_machine
from loadgen.machine.topology import core_groups, read_topology, usable_cores
from loadgen.machine.topology_text import choice_lines, topology_lines
from tests.machines import recorded
from tests.machines.recorded import EVERY
from tests.machines.tree import Recorded, topology_of, write_tree


def described(machine: Recorded, wanted: int = 1) -> list[str]:
    topology = topology_of(machine)
    return [*topology_lines(topology), *choice_lines(topology, choose_cores(topology, wanted, pinned=True))]


def test_this_machine_has_the_cpus_that_this_process_may_use() -> None:
    assert read_topology().numbers == usable_cores()


@pytest.mark.parametrize("machine", EVERY, ids=lambda machine: machine.name)
def test_every_physical_core_is_found(machine: Recorded) -> None:
    topology = topology_of(machine, machine.cpus)
    assert [tuple(cpu.number for cpu in core) for core in topology.cores] == sorted(machine.cores)
    assert topology.siblings_known == machine.sysfs


@pytest.mark.parametrize(
    ("machine", "kinds"),
    [
        (recorded.I7_12700K, [("performance", 0, 8), ("efficiency", 1, 4)]),
        (recorded.RYZEN_5950X, [(None, 0, 16)]),  # favoured cores are no kind of their own
        (recorded.RYZEN_STRIX, [("5.1-GHz", 0, 4), ("3.3-GHz", 1, 6)]),
        (recorded.RK3588, [("Cortex-A76", 0, 4), ("Cortex-A55", 1, 4)]),
        (recorded.POWER9, [(None, 0, 8)]),
        (recorded.GRAVITON_3, [("Neoverse-V1", 0, 2)]),
    ],
    ids=lambda value: value.name if isinstance(value, Recorded) else "",
)
def test_kinds_of_cores(machine: Recorded, kinds: list[tuple[str | None, int, int]]) -> None:
    found: dict[tuple[str | None, int], int] = {}
    for group in core_groups(topology_of(machine, machine.cpus)):
        found[group.kind, group.speed_class] = found.get((group.kind, group.speed_class), 0) + len(group.cores)
    assert [(*kind, count) for kind, count in found.items()] == kinds


def test_kinds_without_lists_of_the_kernel_are_told_apart_by_clock_rate(tmp_path: Path) -> None:
    """A kernel without performance counters."""
    root = write_tree(tmp_path, recorded.I7_12700K)
    for name in ("cpu_core", "cpu_atom"):
        (root / "sys/devices" / name / "cpus").unlink()
    topology = read_topology(root, range(20))
    assert [cpu.number for cpu in topology.cpus if cpu.speed_class == 1] == [16, 17, 18, 19]
    assert choose_cores(topology, 1, pinned=True).server == [15]


def test_little_cores_without_speeds_are_known_by_their_names(tmp_path: Path) -> None:
    """A virtual machine on a big.LITTLE host sees the part numbers only."""
    root = write_tree(tmp_path, recorded.RK3588)
    for place in root.glob("sys/devices/system/cpu/cpu*/cpu_capacity"):
        place.unlink()
    assert {cpu.number for cpu in read_topology(root, range(8)).cpus if cpu.speed_class == 0} == {4, 5, 6, 7}


def test_low_power_cores_of_the_same_name_are_a_kind_of_their_own(tmp_path: Path) -> None:
    """Meteor Lake: CPUs 20 and 21 are listed with the E-cores, reach 2.5 GHz and are not behind the L3 cache."""
    root = write_tree(tmp_path, recorded.I7_12700K)
    (root / "sys/devices/system/cpu/cpu19/cpufreq/cpuinfo_max_freq").write_text("2500000\n")
    classes = {cpu.number: cpu.speed_class for cpu in read_topology(root, range(20)).cpus}
    assert (classes[0], classes[16], classes[19]) == (0, 1, 2)


def test_older_kernels_have_only_the_older_name_of_the_siblings(tmp_path: Path) -> None:
    root = write_tree(tmp_path, recorded.DESKTOP)
    for place in root.glob("sys/devices/system/cpu/cpu*/topology/core_cpus_list"):
        place.unlink()
    assert len(read_topology(root, range(8)).cores) == 4


def test_without_sysfs_core_ids_of_cpuinfo_serve(tmp_path: Path) -> None:
    """WSL 1, and containers that hide sysfs."""
    lines = [f"processor\t: {cpu}\nphysical id\t: 0\ncore id\t\t: {cpu // 2}\n" for cpu in range(4)]
    machine = Recorded(name="", cores=recorded.pairs(2), cpuinfo="\n".join(lines), sysfs=False)
    topology = read_topology(write_tree(tmp_path, machine), range(4))
    assert (len(topology.cores), topology.siblings_known) == (2, True)


def test_files_that_hold_nothing_of_use_are_as_good_as_none(tmp_path: Path) -> None:
    root = write_tree(tmp_path, recorded.I7_12700K)
    for place in root.rglob("*"):
        if place.is_file():
            place.write_bytes(b"\xff(null)\n")
    topology = read_topology(root, [0, 1])
    assert [len(core) for core in topology.cores] == [1, 1]
    assert read_machine(root, [0, 1]).cores == 2


def test_with_nothing_at_all_there_are_cpus_still(tmp_path: Path) -> None:
    topology = read_topology(tmp_path, [0, 1])
    assert choose_cores(topology, 1, pinned=True) == ([1], [0], 1)
    machine = read_machine(tmp_path, [0, 1])
    assert (machine.cores, machine.threads_per_core, machine.smt, machine.memory_bytes > 0) == (2, None, None, True)


def test_doctor_says_what_is_there_and_what_is_chosen_and_why(tmp_path: Path) -> None:
    assert described(recorded.I7_12700K) == [
        "cores: 8 performance cores of 2 threads, CPUs 0-15; 4 efficiency cores, CPUs 16-19",
        "server: CPU 15, of the fastest kind",
        "generator: CPU 0-13,16-19, on other physical cores, behind the same cache",
        "idle: CPU 14, beside the server on its physical core",
    ]
    assert described(recorded.RYZEN_5950X) == [
        "cores: 16 cores of 2 threads, CPUs 0-31",
        "last-level caches, shared by CPUs: [0-7,16-23], [8-15,24-31]",
        "server: CPU 31, not on the first core, which serves interrupts on most machines",
        "generator: CPU 8-14,24-30, on other physical cores, behind the same cache",
        "idle: CPU 15, beside the server on its physical core",
        "idle: CPU 0-7,16-23, far from the server, or isolated",
    ]
    assert described(recorded.TWO_VCPUS) == [
        "cores: 1 core of 2 threads, CPUs 0-1",
        "server: CPU 1, on the only usable core",
        "generator: CPU 0, on the server's physical core: there is no other",
    ]
    assert "CPU quota of the cgroup: 4 cores" in described(recorded.CONTAINER)
    assert "server: CPU 2,5,7, cores of several kinds: fewer would be alike" not in described(recorded.CONTAINER, 3)
    (mixed,) = [line for line in described(recorded.I7_12700K, 9) if line.startswith("server")]
    assert mixed == "server: CPU 1,3,5,7,9,11,13,15,19, cores of several kinds: fewer would be alike"
    assert topology_lines(read_topology(tmp_path / "none", [0]))[-1].startswith("the kernel does not tell")
