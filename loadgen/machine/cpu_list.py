"""Lists of CPU numbers as the kernel and `taskset` write them: "0-3,8". Pure."""

from collections.abc import Iterable
from itertools import groupby


def parse_cpu_list(text: str | None) -> list[int]:
    """Return the numbers of a list, ascending; empty for no text, and for what is no list ("(null)" in some kernels)."""
    numbers: set[int] = set()
    for part in (text or "").split(","):
        first, _, last = part.strip().partition("-")
        last = last or first
        if not (first.isdecimal() and last.isdecimal()):
            return []
        numbers.update(range(int(first), int(last) + 1))
    return sorted(numbers)


def format_cpu_list(numbers: Iterable[int]) -> str:
    """Return the shortest list of the numbers; empty for none."""
    ranges = []
    for _, run in groupby(enumerate(sorted(set(numbers))), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        ranges.append(str(members[0]) if len(members) == 1 else f"{members[0]}-{members[-1]}")
    return ",".join(ranges)
