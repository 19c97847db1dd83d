"""A regression check: its sides and what it was asked for."""

from pydantic import JsonValue

from loadgen.strict import Strict


class Side(Strict):
    """One side of a regression check: what was `asked` for, and what that was.

    `commit` is None for a folder outside git; `changed` are the files of a working tree that differ from that commit. `built`
    maps each service, and its microbenchmarks, to the key of the build: sides with the same keys are the same. `folder`: it was
    measured where it lies, not in a worktree.
    """

    asked: str
    commit: str | None
    changed: list[str] = []
    built: dict[str, str] = {}
    folder: bool = False


class Planned(Strict):
    """What a regression check set out to measure pairs of."""

    service: str
    workload: str


class RegressionCheck(Strict):
    """What record and result of a regression check have in common: its sides, and the command that repeats it.

    `merge_base` says that the base is where head's history left that of what was asked for. `measured_s` is the time that
    measuring took, `ended_because` why it ended. `notes` are what of base and head could not be set beside each other.
    """

    base: Side
    head: Side
    merge_base: bool
    command: list[str]
    notes: list[str] = []
    measured_s: float | None = None
    ended_because: str | None = None


class RegressRecord(RegressionCheck):
    """What a regression check was asked for: the table [regress] as used (`gate`), and the pairs that it set out to measure."""

    gate: dict[str, JsonValue]
    planned: list[Planned] = []
