"""How much work a request is, and whether a program's machine code does it in vectors, for tasks that can tell."""

from collections.abc import Callable
from typing import NamedTuple

from loadgen.strict import Strict


class Work(Strict):
    """The work of one request: `amount` units, named in the plural.

    `floor_ns` has by tier the time that no processor needs less than for one unit; a tier that promises no such work has none.
    """

    unit: str
    amount: float
    floor_ns: dict[str, float] = {}


class Scale(NamedTuple):
    """How work grows with a whole-number parameter: `amount(value)` units for each value of it, never less for a larger one."""

    parameter: str
    unit: str
    amount: Callable[[int], float]


class BenchmarkRoles(Strict):
    """What a service's microbenchmarks are of, by the scenarios in their names.

    `work` is the work alone (`title` in tables and plots), `decode` and `encode` reading and writing a message of the `usual`
    case, `request` a whole request without a socket. Cases of `work` and `request` are named PARAMETER=VALUE. `counted_tiers`
    do as much work as the scale says.
    """

    work: str
    title: str
    decode: str
    encode: str
    request: str
    usual: str
    decode_note: str
    counted_tiers: list[str]


class WorkInstructions(NamedTuple):
    """Regular expressions for the instructions that do a task's work: on vectors, and on single numbers."""

    packed: str
    scalar: str


class Disassembly(Strict):
    """Instructions of a program that do the work, by `objdump`, or why they were not counted.

    Packed ones work on vectors, scalar ones on single numbers. `packed_in` has those functions with the most packed ones; a
    stripped program names sections.
    """

    packed: int | None
    scalar: int | None
    packed_in: dict[str, int]
    not_measured: str | None
