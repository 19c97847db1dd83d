"""What `primebench compare` found, as data: runs of one machine over each other, runs of several machines side by side."""

from typing import Literal

from analysis.model.audit import ClaimResult
from analysis.model.comparison import Comparison, Figure
from analysis.stats.interval import Interval
from loadgen.record.machine import Machine
from loadgen.record.workload import Rate
from loadgen.strict import Strict

Verdict = Literal["higher", "lower", "tie", "cannot tell"]


class ComparedRun(Strict):
    """A run, by the letter that stands for it in tables."""

    letter: str
    run_id: str
    started: str
    end_reason: str | None
    profile: str
    rounds: int
    commit: str | None
    dirty: bool | None
    generator: str
    pinned: bool
    server_threads: int
    machine: Machine


class Differing(Strict):
    """Something that is not the same in all runs, written out; `values` has one a run, in the order of runs."""

    what: str
    values: list[str]


class Moved(Strict):
    """Later values over earlier ones; `p_value` is two-sided, for a ratio of 1. Only the ratio below 5 values on a side."""

    ratio: float
    interval: Interval | None
    p_value: float | None


class Change(Strict):
    """A metric of one contender in a later run over an earlier one, on the same machine.

    `direct` is later over earlier as it was measured: what the machine did in between is in it, so that it has no verdict.
    `blocked` is the same of the contender's paired ratios over the baseline `over`, out of which the machine's part is gone;
    None for the baseline itself. `rounds` are the pairs of both runs. `verdict` is of `blocked` alone: "higher" or "lower" if
    it differs from 1 at an error of 5% shared by all changes of the command, and by no less than the larger
    `minimum_detectable_effect` of the runs' A/A controls; else "tie" or "cannot tell", with a `reason`.
    """

    contender: str
    title: str
    over: str | None
    metric: str
    earlier: Figure
    later: Figure
    direct: Moved | None
    blocked: Moved | None
    rounds: tuple[int, int]
    verdict: Verdict
    reason: str | None
    p_value: float | None = None
    adjusted_p_value: float | None = None
    minimum_detectable_effect: float | None = None
    doubts: list[str] = []


class WorkloadChange(Strict):
    """A workload that both runs have. `drift` has the baseline and the A/A controls, of which the code is the baseline's or
    another contender's: their `direct` shows what the machine did between the runs, their `blocked` that it is gone.

    `lasted`: for how long each load lasted, where that differs.
    """

    name: str
    title: str
    label: str
    connections: int
    rate: Rate | None
    lasted: str | None = None
    changes: list[Change]
    drift: list[Change]


class RunOverRun(Strict):
    """Two runs of one machine, and the baseline of their ratios.

    `rebuilt` are the contenders of both whose binaries differ in size, `same_size` the services whose do not: that those have
    the same code is likely, and not known. `apart` names, a line each, what bears the same name in both and was not the same.
    """

    earlier: str
    later: str
    over: str | None
    rebuilt: list[str]
    same_size: list[str]
    workloads: list[WorkloadChange]
    apart: list[str]


class OwnRatios(Strict):
    """A pair in one metric, judged by each run for itself, in the order of runs; None where a run does not have it."""

    workload: str
    metric: str
    numerator: str
    denominator: str
    ratios: list[Comparison | None]
    agreement: str


class PublishedBeside(Strict):
    """A published figure and what each run found of it, in the order of runs; None where a run has not looked."""

    published_by: str
    contender: str
    workload: str
    metric: str
    published: float
    at_most: bool
    found: list[ClaimResult | None]


class CompareResult(Strict):
    """What `primebench compare --json` prints. Runs are in the order of time; `machines` are their letters by machine.

    `family` is the number of changes that Holm's correction counted.
    """

    schema_version: Literal[2] = 2
    runs: list[ComparedRun]
    machines: list[list[str]]
    differing: list[Differing]
    same_machine: list[RunOverRun]
    side_by_side: list[OwnRatios]
    apart: list[str]
    published: list[PublishedBeside]
    family: int
    family_error: float
