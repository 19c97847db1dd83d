"""Runs of several machines side by side: what each machine says of its own contenders, and whether they agree. Pure.

A value of one machine over another's would say something of the machines: none is made.
"""

from collections.abc import Mapping, Sequence

from analysis.compare.model import OwnRatios, Verdict
from analysis.compare.same_load import as_long, lasted, load_of, named
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.invert import inverted
from analysis.model.summary import Summary, WorkloadResult


def side_by_side(runs: Sequence[Summary], letters: Mapping[str, str]) -> tuple[list[OwnRatios], list[str]]:
    """Every pair and metric that at least two runs have, and a line for each workload that only has the same name."""
    rows: list[OwnRatios] = []
    apart: list[str] = []
    for name in dict.fromkeys(name for run in runs for name in named(run)):
        workloads = [named(run).get(name) for run in runs]
        first = next(workload for workload in workloads if workload is not None)
        kept = [
            workload if workload is not None and load_of(workload) == load_of(first) and as_long(workload, first) else None
            for workload in workloads
        ]
        if loads := [
            (run, workload)
            for run, workload, same in zip(runs, workloads, kept, strict=True)
            if workload is not None and same is None
        ]:
            others = "; ".join(f"{_whole(load)} in {letters[run.run_id]}" for run, load in loads)
            apart.append(f"{name} is not compared with {_whole(first)}: {others}")
        rows += _rows(name, kept)
    return rows, apart


def _whole(workload: WorkloadResult) -> str:
    """The load and, where it is recorded, how long it lasted."""
    return ", ".join(filter(None, (load_of(workload), lasted(workload))))


def _rows(name: str, workloads: Sequence[WorkloadResult | None]) -> list[OwnRatios]:
    """Of one workload, in the order of metrics; a pair is set the way round in which the first run has it."""
    pairs = dict.fromkeys(
        (comparison.numerator, comparison.denominator) for w in workloads if w is not None for comparison in w.comparisons
    )
    ordered = [(a, b) for index, (a, b) in enumerate(pairs) if (b, a) not in list(pairs)[:index]]
    rows = []
    for metric in m.COMPARED:
        for a, b in ordered:
            ratios = [None if workload is None else _own(workload, metric.name, a, b) for workload in workloads]
            if sum(ratio is not None for ratio in ratios) > 1:
                agreement = agreed([ratio.verdict for ratio in ratios if ratio is not None])
                rows.append(
                    OwnRatios(workload=name, metric=metric.name, numerator=a, denominator=b, ratios=ratios, agreement=agreement)
                )
    return rows


def _own(workload: WorkloadResult, metric: str, a: str, b: str) -> Comparison | None:
    for comparison in workload.comparisons:
        if comparison.metric == metric and (comparison.numerator, comparison.denominator) == (a, b):
            return comparison
        if comparison.metric == metric and (comparison.numerator, comparison.denominator) == (b, a):
            return inverted(comparison)
    return None


def agreed(verdicts: Sequence[Verdict]) -> str:
    """Whether at least two machines agree in direction, in words."""
    every = "both" if len(verdicts) == 2 else "all"
    if {"higher", "lower"} <= set(verdicts):
        return "opposite"
    if len(set(verdicts)) == 1:
        return f"{every} {verdicts[0]}"
    unsure: Verdict = "cannot tell" if "cannot tell" in verdicts else "tie"
    count = list(verdicts).count(unsure)
    return f"{unsure} in {'one' if count == 1 else count}"
