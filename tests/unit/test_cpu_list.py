"""Lists of CPU numbers, as kernels write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadgen.machine.cpu_list import format_cpu_list, parse_cpu_list


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0", [0]),
        ("0-3", [0, 1, 2, 3]),
        ("0,2,5-7\n", [0, 2, 5, 6, 7]),
        ("7,0-1", [0, 1, 7]),
        ("0-1,1026-1027", [0, 1, 1026, 1027]),
        ("", []),
        ("\n", []),
        (None, []),
        ("(null)", []),  # nohz_full without any, before Linux 6.10
        ("0-", [0]),
        ("none", []),
    ],
)
def test_a_list_is_read(text: str | None, numbers: list[int]) -> None:
    assert parse_cpu_list(text) == numbers


@given(st.sets(st.integers(min_value=0, max_value=5000)))
def test_what_is_written_is_read_back(numbers: set[int]) -> None:
    assert parse_cpu_list(format_cpu_list(numbers)) == sorted(numbers)
