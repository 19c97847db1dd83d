"""What is recorded of a machine, and what makes it unfit."""

from pathlib import Path

import pytest

from loadgen.machine.cores import Cores
from loadgen.machine.fitness import doubts
from loadgen.machine.machine import read_machine
from loadgen.record.machine import Machine
from tests.machines import recorded
from tests.machines.recorded import EVERY
from tests.machines.tree import Recorded, machine_of, write_tree
from tests.unit.records import MACHINE


def test_the_fingerprint_does_not_move_with_the_load() -> None:
    assert read_machine().fingerprint == read_machine().fingerprint


@pytest.mark.parametrize(
    ("machine", "cpu_model", "hypervisor", "product"),
    [
        (recorded.I7_12700K, "12th Gen Intel(R) Core(TM) i7-12700K", None, None),
        (recorded.GRAVITON_1, "Cortex-A72 r0p3 (Graviton)", "Amazon EC2", "a1.large"),
        (recorded.GRAVITON_2, "Neoverse-N1 r3p1 (Graviton 2)", "Amazon EC2", "c6g.large"),
        (recorded.GRAVITON_3, "Neoverse-V1 r1p1 (Graviton 3)", "Amazon EC2", "c7g.large"),
        (recorded.GRAVITON_4, "Neoverse-V2 r0p1 (Graviton 4)", "Amazon EC2", "c8g.xlarge"),
        (recorded.AMPERE_ALTRA, "Neoverse-N1 r3p1 (Altra)", None, "Mt.Jade"),
        (recorded.POWER9, "POWER9", None, None),
        (recorded.WSL2, "AMD Ryzen 7 7735HS with Radeon Graphics", "Microsoft (WSL)", None),
        (recorded.ONE_VCPU, "Intel Xeon Processor (Skylake)", "unnamed", None),
        (recorded.FOUR_VCPUS, "AMD EPYC 7763 64-Core Processor", "Microsoft Corporation", "Virtual Machine"),
        (recorded.RK3588, "Cortex-A76 r4p0 + Cortex-A55 r2p0", None, None),
        (recorded.GVISOR, "GenuineIntel family 6 model 85 stepping 2", None, None),
        (recorded.RASPBERRY_PI, "Cortex-A72 r0p3", None, None),
        (recorded.S390X, "IBM/S390 8561", "KVM/Linux", None),
        (recorded.RISCV, "sifive,u74-mc", None, None),
    ],
    ids=lambda value: value.name if isinstance(value, Recorded) else "",
)
def test_processor_and_virtual_machine_have_their_names(
    machine: Recorded, cpu_model: str, hypervisor: str | None, product: str | None
) -> None:
    found = machine_of(machine)
    assert (found.cpu_model, found.hypervisor, found.product) == (cpu_model, hypervisor, product)


@pytest.mark.parametrize(
    ("machine", "board"),
    [
        (recorded.RASPBERRY_PI, "Raspberry Pi 4 Model B Rev 1.5"),
        (recorded.RK3588, "Radxa ROCK 5B"),
        (recorded.POWER9, "8335-GTH"),
        (recorded.RISCV, "StarFive VisionFive 2 v1.3B"),
        (recorded.DESKTOP, None),
    ],
    ids=lambda value: value.name if isinstance(value, Recorded) else "",
)
def test_a_board_is_no_processor(machine: Recorded, board: str | None) -> None:
    assert machine_of(machine).board == board


@pytest.mark.parametrize(
    ("files", "hypervisor"),
    [
        ({"sys/class/dmi/id/sys_vendor": "Amazon EC2\n", "sys/class/dmi/id/product_name": "c7g.metal\n"}, None),
        ({"sys/class/dmi/id/sys_vendor": "QEMU\n", "sys/class/dmi/id/product_name": "KVM Virtual Machine\n"}, "QEMU"),
        (
            {"sys/class/dmi/id/sys_vendor": "Apple Inc.\n", "sys/class/dmi/id/product_name": "Apple Virtualization\n"},
            "Apple Inc.",
        ),
        ({"proc/device-tree/hypervisor/compatible": "linux,kvm\0"}, "linux,kvm"),
        ({"proc/device-tree/compatible": "linux,dummy-virt\0"}, "QEMU"),
        ({"sys/hypervisor/type": "xen\n"}, "xen"),
        ({}, None),
    ],
)
def test_arm_has_no_flag_that_tells_a_virtual_machine(files: dict[str, str], hypervisor: str | None) -> None:
    machine = Recorded(name="", cores=recorded.singles(2), cpuinfo=recorded.arm([(0x41, 3, 0xD0C, 1)] * 2), files=files)
    assert machine_of(machine).hypervisor == hypervisor


def test_an_arm_part_without_a_name_has_its_numbers() -> None:
    machine = Recorded(name="", cores=recorded.singles(1), cpuinfo=recorded.arm([(0x99, 1, 0xABC, 2)]))
    assert machine_of(machine).cpu_model == "implementer 0x99 part 0xabc r1p2"


@pytest.mark.parametrize("machine", EVERY, ids=lambda machine: machine.name)
def test_the_record_of_every_machine_is_read_back(machine: Recorded) -> None:
    found = machine_of(machine)
    assert Machine.model_validate_json(found.model_dump_json()) == found
    assert found.memory_bytes == 16_306_744 * 1024


def test_no_two_machines_have_one_fingerprint() -> None:
    found = [machine_of(machine).fingerprint for machine in EVERY]
    assert len(set(found)) == len(EVERY)


def test_governors_that_differ_and_a_clock_limit_are_recorded(tmp_path: Path) -> None:
    """The first core may be set up well, and the server's not."""
    root = write_tree(tmp_path, recorded.I7_12700K)
    for cpu, governor, limit in ((0, "performance", "4900000"), (15, "powersave", "3000000")):
        (root / f"sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_governor").write_text(f"{governor}\n")
        (root / f"sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_max_freq").write_text(f"{limit}\n")
    both, last = read_machine(root, [0, 15]), read_machine(root, [15])
    assert (both.governor, both.frequency_limit_mhz, both.frequency_max_mhz) == ("performance, powersave", 4900, 4900)
    assert any(doubt.startswith("clock rate limited to 3000 of 4900 MHz") for doubt in doubts(last))


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ({"cores": 1}, "one core"),
        ({"hypervisor": "KVM"}, "virtual machine"),
        ({"governor": "powersave"}, "frequency governor 'powersave'"),
        ({"turbo": True}, "turbo is on"),
        ({"load_average_1m": 2.0}, "load average 2.00"),
        ({"quota_cores": 0.5}, "CPU quota of 0.5 cores"),
        ({"frequency_max_mhz": 4900, "frequency_limit_mhz": 3000}, "clock rate limited to 3000 of 4900 MHz"),
    ],
)
def test_each_doubt_about_a_machine_says_what_to_do(update: dict[str, object], expected: str) -> None:
    assert doubts(MACHINE) == []
    (doubt,) = doubts(MACHINE.model_copy(update=update))
    assert doubt.startswith(expected)
    assert ";" in doubt


@pytest.mark.parametrize(
    ("machine", "cores", "expected"),
    [
        (recorded.TWO_VCPUS, Cores([1], [0], 1), "one physical core with 2 threads"),
        (recorded.I7_12700K, Cores([15], [0], 1), "2 kinds of cores (performance, efficiency)"),
        (recorded.DESKTOP, Cores([7], [3], 1), "server and generator share a physical core (CPUs 3,7)"),
    ],
    ids=lambda value: value.name if isinstance(value, Recorded) else "",
)
def test_doubts_about_cores(machine: Recorded, cores: Cores, expected: str) -> None:
    assert any(doubt.startswith(expected) for doubt in doubts(machine_of(machine), cores))
