"""Which divisions a built artefact has: packed ones, which a vectorised loop needs, and those of single integers.

x86-64 has no packed division of integers. A compiler that vectorises trial division has to divide packed floating-point
numbers: (v)divps, (v)divpd.
"""

import platform
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from loadgen.record import Disassembly
from loadgen.tool import run_tool

READS = "x86_64"
LONGEST_S = 120.0
MOST_FUNCTIONS = 20
"""So many functions with packed divisions are named; a program that vectorises its loop has few."""

_FORMAT = re.compile(r":\s+file format (?P<format>\S+)$")
_FUNCTION = re.compile(r"^[0-9a-f]+ <(?P<name>.+)>:$")
_INSTRUCTION = r"^ *[0-9a-f]+:\s+(?:[0-9a-f]{2}\s+)*(?:\{\w+\}\s+)?"
"""Of GNU and LLVM objdump; with the bytes, which --no-show-raw-insn leaves out, or without; {evex} tells an encoding."""
_PACKED = re.compile(_INSTRUCTION + r"v?divp[sd]\b")
_INTEGER = re.compile(_INSTRUCTION + r"i?div[bwlq]?\s")


def disassemble(artefact: Path) -> Disassembly:
    """Count the divisions in the artefact; `not_measured` says why they could not be counted."""
    machine = platform.machine()
    if machine != READS:
        return _not_measured(f"only {READS} is read, this is {machine}")
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

    A stripped program has one name a section, such as ".text".
    """
    function, functions = "", 0
    packed: Counter[str] = Counter()
    integer: Counter[str] = Counter()
    for line in lines:
        if (kind := _FORMAT.search(line)) is not None and "x86-64" not in kind["format"]:
            return _not_measured(f"only {READS} is read, the artefact is {kind['format']}")
        if (head := _FUNCTION.match(line)) is not None:
            function, functions = head["name"], functions + 1
        elif _PACKED.match(line):
            packed[function] += 1
        elif _INTEGER.match(line):
            integer[function] += 1
    if not functions:
        return _not_measured("objdump found no code")
    return Disassembly(
        packed_divisions=packed.total(),
        integer_divisions=integer.total(),
        packed_in=dict(packed.most_common(MOST_FUNCTIONS)),
        not_measured=None,
    )


def _not_measured(reason: str) -> Disassembly:
    return Disassembly(packed_divisions=None, integer_divisions=None, packed_in={}, not_measured=reason)
