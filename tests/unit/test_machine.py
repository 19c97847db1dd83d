import pytest

from loadgen.fitness import doubts
from loadgen.machine import choose_cores, read_machine
from tests.unit.records import MACHINE


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
def test_cores(available: list[int], wanted: int, pinned: bool, server: list[int], generator: list[int], threads: int) -> None:
    assert choose_cores(available, wanted, pinned=pinned) == (server, generator, threads)


def test_the_fingerprint_does_not_move_with_the_load() -> None:
    assert read_machine().fingerprint == read_machine().fingerprint


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ({"cores": 1}, "one core"),
        ({"hypervisor": "KVM"}, "virtual machine"),
        ({"governor": "powersave"}, "frequency governor 'powersave'"),
        ({"turbo": True}, "turbo is on"),
        ({"load_average_1m": 2.0}, "load average 2.00"),
    ],
)
def test_each_doubt_about_a_machine_says_what_to_do(update: dict[str, object], expected: str) -> None:
    assert doubts(MACHINE) == []
    (doubt,) = doubts(MACHINE.model_copy(update=update))
    assert doubt.startswith(expected)
    assert ";" in doubt
