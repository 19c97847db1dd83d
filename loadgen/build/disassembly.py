"""Which of the instructions that do a task's work a built artefact has: packed ones, on vectors, and scalar ones."""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from loadgen.system.tool import run_tool
from loadgen.task.work import Disassembly, WorkInstructions

LONGEST_S = 120.0
MOST_FUNCTIONS = 20
"""So many functions with packed instructions are named; a program that vectorises its loop has few."""

_INSTRUCTION = r"^ *[0-9a-f]+:\s+(?:(?:[0-9a-f]{2})+\s+)*(?:\{\w+\}\s+)?"
"""Of GNU and LLVM objdump; with the bytes, which --no-show-raw-insn leaves out, or without; {evex} tells an encoding."""


_FORMAT = re.compile(r":\s+file format (?P<name>\S+)$")
_FUNCTION = re.compile(r"^[0-9a-f]+ <(?P<name>.+)>:$")


def disassemble(artefact: Path, by_format: Mapping[str, WorkInstructions]) -> Disassembly:
    """Count the instructions in the artefact; `not_measured` says why they could not be counted.

    `by_format` has the instructions to count by the names that objdump gives to formats of programs.
    """
    if shutil.which("objdump") is None:
        return _not_measured("objdump not found; install binutils")
    try:
        done = run_tool(["objdump", "--disassemble", "--demangle", "--no-show-raw-insn", str(artefact)], timeout_s=LONGEST_S)
    except subprocess.TimeoutExpired:
        return _not_measured(f"objdump did not end within {LONGEST_S:.0f} s")
    if done.code != 0:
        return _not_measured(f"objdump failed: {done.last_error}")
    return count_instructions(done.text.splitlines(), by_format)


def count_instructions(lines: Iterable[str], by_format: Mapping[str, WorkInstructions]) -> Disassembly:
    """Count them in the lines that `objdump --disassemble` prints, by function. Pure.

    The first of them tells the format, and with it the processor. A stripped program has one name a section, such as ".text".
    """
    wanted: tuple[re.Pattern[str], re.Pattern[str]] | None = None
    function, functions = "", 0
    packed: Counter[str] = Counter()
    scalar: Counter[str] = Counter()
    for line in lines:
        if (head := _FUNCTION.match(line)) is not None:
            function, functions = head["name"], functions + 1
        elif wanted is None:
            if (file := _FORMAT.search(line)) is not None:
                if file["name"] not in by_format:
                    return _not_measured(f"{file['name']} is not read, only {' and '.join(by_format)}")
                work_instructions = by_format[file["name"]]
                wanted = _instruction(work_instructions.packed), _instruction(work_instructions.scalar)
        elif wanted[0].match(line):
            packed[function] += 1
        elif wanted[1].match(line):
            scalar[function] += 1
    if wanted is None or not functions:
        return _not_measured("objdump found no code")
    return Disassembly(
        packed=packed.total(),
        scalar=scalar.total(),
        packed_in=dict(packed.most_common(MOST_FUNCTIONS)),
        not_measured=None,
    )


def _instruction(pattern: str) -> re.Pattern[str]:
    """Return a pattern for a line of objdump with that instruction."""
    return re.compile(rf"{_INSTRUCTION}(?:{pattern})")


def _not_measured(reason: str) -> Disassembly:
    return Disassembly(packed=None, scalar=None, packed_in={}, not_measured=reason)
