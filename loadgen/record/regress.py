"""A regression check: its sides and what it was asked for."""

from pydantic import JsonValue

from loadgen.strict import Strict


class Side(Strict):
    """One side of a regression check: what was asked for, and what that was."""

    asked: str
    """The revision or folder that was asked for."""
    commit: str | None
    """What that was; null for a folder outside git."""
    changed: list[str] = []
    """The files of a working tree that differ from that commit."""
    built: dict[str, str] = {}
    """By service, and its microbenchmarks, the key of the build: sides with the same keys are the same."""
    folder: bool = False
    """It was measured where it lies, not in a worktree."""


class Planned(Strict):
    """What a regression check set out to measure pairs of."""

    service: str
    """The service's name."""
    workload: str
    """The workload's name."""


class RegressionCheck(Strict):
    """What record and result of a regression check have in common: its sides, and the command that repeats it."""

    base: Side
    """What was."""
    head: Side
    """What is judged."""
    merge_base: bool
    """The base is where head's history left that of what was asked for."""
    command: list[str]
    """The command that repeats it."""
    notes: list[str] = []
    """What of base and head could not be compared."""
    measured_s: float | None = None
    """The time that measuring took."""
    ended_because: str | None = None
    """Why measuring ended."""


class RegressRecord(RegressionCheck):
    """What a regression check was asked for."""

    gate: dict[str, JsonValue]
    """The table `[regress]`, as used."""
    planned: list[Planned] = []
    """The pairs that it set out to measure."""
