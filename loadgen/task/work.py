"""How much work a request is, and whether a program's machine code does it in vectors, for tasks that can tell."""

from collections.abc import Callable
from typing import NamedTuple

from loadgen.strict import Strict


class Work(Strict):
    """The work of one request."""

    unit: str
    """What is counted, in the plural."""
    amount: float
    """How many of them."""
    floor_ns: dict[str, float] = {}
    """By tier the time that no processor needs less than for one of them; a tier that promises no such work has none."""


class Scale(NamedTuple):
    """How work grows with a whole-number parameter: `amount(value)` units for each value of it, never less for a larger one."""

    parameter: str
    unit: str
    amount: Callable[[int], float]


class BenchmarkRoles(Strict):
    """What a service's microbenchmarks are of, by the scenarios in their names."""

    work: str
    """The scenario of the work alone; its cases are named PARAMETER=VALUE."""
    title: str
    """What tables and plots call that."""
    decode: str
    """The scenario of reading a message."""
    encode: str
    """The scenario of writing a message."""
    request: str
    """The scenario of a whole request without a socket; its cases are named PARAMETER=VALUE."""
    usual: str
    """The case of these that is usual."""
    decode_note: str
    """What stands below the table of messages that are read."""
    counted_tiers: list[str]
    """The tiers that do as much work as the task says."""


class WorkInstructions(NamedTuple):
    """Regular expressions for the instructions that do a task's work: on vectors, and on single numbers."""

    packed: str
    scalar: str


class Disassembly(Strict):
    """Instructions of a program that do the work, by `objdump`, or why they were not counted."""

    packed: int | None
    """Those that work on vectors."""
    scalar: int | None
    """Those that work on single numbers."""
    packed_in: dict[str, int]
    """The functions with the most packed ones, by number; a stripped program names sections."""
    not_measured: str | None
    """Why they could not be counted."""
