"""Which divisions a built artefact has: packed ones, which a vectorised loop needs, and those of single integers.

Neither x86-64 nor NEON has a packed division of integers. A compiler that vectorises trial division has to divide packed
floating-point numbers: (v)divps and (v)divpd, or fdiv of a vector register. SVE divides packed integers as well.
"""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from loadgen.record.contender import Disassembly
from loadgen.system.tool import run_tool

LONGEST_S = 120.0
MOST_FUNCTIONS = 20
"""So many functions with packed divisions are named; a program that vectorises its loop has few."""

_INSTRUCTION = r"^ *[0-9a-f]+:\s+(?:(?:[0-9a-f]{2})+\s+)*(?:\{\w+\}\s+)?"
"""Of GNU and LLVM objdump; with the bytes, which --no-show-raw-insn leaves out, or without; {evex} tells an encoding."""


@dataclass(frozen=True)
class _Divisions:
    packed: re.Pattern[str]
    integer: re.Pattern[str]


def _instruction(pattern: str) -> re.Pattern[str]:
    """Return a pattern for a line of objdump with that instruction."""
    return re.compile(rf"{_INSTRUCTION}(?:{pattern})")


_BY_FORMAT = {
    "elf64-x86-64": _Divisions(packed=_instruction(r"v?divp[sd]\b"), integer=_instruction(r"i?div[bwlq]?\s")),
    "elf64-littleaarch64": _Divisions(packed=_instruction(r"fdiv\s+v|[fsu]divr?\s+z"), integer=_instruction(r"[su]div\s+[wx]")),
}
_FORMAT = re.compile(r":\s+file format (?P<name>\S+)$")
_FUNCTION = re.compile(r"^[0-9a-f]+ <(?P<name>.+)>:$")


def disassemble(artefact: Path) -> Disassembly:
    """Count the divisions in the artefact; `not_measured` says why they could not be counted."""
    if shutil.which("objdump") is None:
        return _not_measured("objdump not found; install binutils")
    try:
        done = run_tool(["objdump", "--disassemble", "--demangle", "--no-show-raw-insn", str(artefact)], timeout_s=LONGEST_S)
    except subprocess.TimeoutExpired:
        return _not_measured(f"objdump did not end within {LONGEST_S:.0f} s")
    if done.code != 0:
        return _not_measured(f"objdump failed: {done.last_error}")
    return count_divisions(done.text.splitlines())


def count_divisions(lines: Iterable[str]) -> Disassembly:
    """Count them in the lines that `objdump --disassemble` prints, by function. Pure.

    The first of them tells the format, and with it the processor. A stripped program has one name a section, such as ".text".
    """
    divisions: _Divisions | None = None
    function, functions = "", 0
    packed: Counter[str] = Counter()
    integer: Counter[str] = Counter()
    for line in lines:
        if (head := _FUNCTION.match(line)) is not None:
            function, functions = head["name"], functions + 1
        elif divisions is None:
            if (file := _FORMAT.search(line)) is not None:
                divisions = _BY_FORMAT.get(file["name"])
                if divisions is None:
                    return _not_measured(f"{file['name']} is not read, only {' and '.join(_BY_FORMAT)}")
        elif divisions.packed.match(line):
            packed[function] += 1
        elif divisions.integer.match(line):
            integer[function] += 1
    if divisions is None or not functions:
        return _not_measured("objdump found no code")
    return Disassembly(
        packed_divisions=packed.total(),
        integer_divisions=integer.total(),
        packed_in=dict(packed.most_common(MOST_FUNCTIONS)),
        not_measured=None,
    )


def _not_measured(reason: str) -> Disassembly:
    return Disassembly(packed_divisions=None, integer_divisions=None, packed_in={}, not_measured=reason)
