"""Which records are of one machine, and what is said of those that are not."""

from pathlib import Path

import pytest

from loadgen.machine.same_machine import by_machine, differences, earlier_fingerprint_of, fingerprint_of, same_machine
from loadgen.record.machine import Machine
from tests.machines import recorded
from tests.machines.recorded import EVERY
from tests.machines.tree import Recorded, machine_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server() -> Machine:
    return machine_of(recorded.FOUR_VCPUS)


@pytest.mark.parametrize("kilobytes", [4, -4, 1024, -200_000])
def test_memory_that_the_kernel_or_a_balloon_keeps_is_no_other_machine(server: Machine, kilobytes: int) -> None:
    other = server.replace(memory_bytes=server.memory_bytes + kilobytes * 1024)
    assert differences(other, server) == []
    assert fingerprint_of(other) == server.fingerprint


def test_drift_does_not_add_up(server: Machine) -> None:
    """Each has 3% less memory than the one before: the third is another machine than the first."""
    machines = [server.replace(memory_bytes=int(server.memory_bytes * 0.97**step)) for step in range(3)]
    assert [len(group) for group in by_machine(machines, lambda machine: machine)] == [2, 1]


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ({"kernel": "6.1.0-17"}, "kernel 6.1.0-18-amd64 instead of 6.1.0-17"),
        ({"cpu_model": "AMD EPYC 9654"}, "CPU model AMD EPYC 7763 64-Core Processor instead of AMD EPYC 9654"),
        (
            {"cpu_id": "AuthenticAMD family 25 model 17 stepping 1"},
            "CPU AuthenticAMD family 25 model 1 stepping 2 instead of AuthenticAMD family 25 model 17 stepping 1",
        ),
        ({"cores": 8}, "4 cores instead of 8"),
        ({"threads_per_core": 1}, "2 threads a core instead of 1"),
        ({"hypervisor": None}, "hypervisor Microsoft Corporation instead of no hypervisor"),
        ({"hypervisor": "QEMU"}, "hypervisor Microsoft Corporation instead of hypervisor QEMU"),
        ({"product": "c5.large"}, "machine type Virtual Machine instead of c5.large"),
        ({"memory_bytes": 8_349_052_928}, "memory 16.7 GB instead of 8.3 GB"),
        ({"mitigations": {"retbleed": "Vulnerable"}}, "mitigation retbleed 'none' instead of 'Vulnerable'"),
    ],
)
def test_what_differs_is_named(server: Machine, update: dict[str, object], expected: str) -> None:
    assert differences(server, server.model_copy(update=update)) == [expected]


@pytest.mark.parametrize(
    "update",
    [
        {"load_average_1m": 9.0},
        {"governor": "powersave"},
        {"turbo": True},
        {"microcode": "0x99"},
        {"system": "Debian GNU/Linux 13"},
        {"hypervisor": "unnamed"},
        {"frequency_limit_mhz": 2000},
        {"quota_cores": 2.0},
    ],
)
def test_what_is_set_from_run_to_run_is_no_other_machine(server: Machine, update: dict[str, object]) -> None:
    assert same_machine(server, server.model_copy(update=update))


def test_every_recorded_machine_is_itself_and_no_other() -> None:
    """Among them Graviton 1, 2 and 3, which all were "aarch64"."""
    first = [machine_of(machine) for machine in EVERY]
    second = [machine_of(machine) for machine in EVERY]
    for place, here in enumerate(first):
        assert [other for other, there in enumerate(second) if same_machine(here, there)] == [place]


def as_before(machine: Machine, cpu_model: str) -> Machine:
    """The record that an earlier version wrote."""
    fields = ("cores", "threads_per_core", "hypervisor", "governor", "turbo", "memory_bytes", "kernel", "system", "mitigations")
    kept = {field: getattr(machine, field) for field in fields}
    return Machine(fingerprint="", cpu_model=cpu_model, load_average_1m=0.0, **kept)


@pytest.mark.parametrize(
    ("machine", "cpu_model", "same"),
    [
        (recorded.GRAVITON_2, "aarch64", True),
        (recorded.GRAVITON_2, "x86_64", False),
        (recorded.RASPBERRY_PI, "Raspberry Pi 4 Model B Rev 1.5", True),
        (recorded.RASPBERRY_PI, "Raspberry Pi 5 Model B Rev 1.0", False),
        (recorded.FOUR_VCPUS, "AMD EPYC 7763 64-Core Processor", True),
        (recorded.FOUR_VCPUS, "AMD EPYC 9654", False),
    ],
    ids=lambda value: value.name if isinstance(value, Recorded) else "",
)
def test_records_of_earlier_versions_are_of_the_machine_if_nothing_that_they_have_differs(
    machine: Recorded, cpu_model: str, same: bool
) -> None:
    now = machine_of(machine).replace(architecture="aarch64")
    before = as_before(now, cpu_model)
    assert (same_machine(now, before), same_machine(before, now)) == (same, same)


def test_a_machine_of_an_earlier_version_has_the_name_that_it_was_given_then() -> None:
    stored = Machine.model_validate_json((ROOT / "tests" / "golden" / "earlier_machine.json").read_bytes())
    assert earlier_fingerprint_of(stored) == stored.fingerprint
