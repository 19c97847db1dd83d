"""The trials behind the figures of each contender under each workload, one row a trial. Pure."""

from dataclasses import dataclass

from analysis.model import metric as m
from analysis.model.summary import ContenderResult, Summary
from analysis.tables.generators import CROSS_CHECK, trials_of
from analysis.tables.table import Cell, Table, row_head
from analysis.tables.workload import anchor_of

SHOWN = (m.GOODPUT, m.LATENCY_P50, m.LATENCY_P99, m.CPU_PER_REQUEST, m.RSS_LOADED)


@dataclass(frozen=True)
class Record:
    """The trials of one contender under one workload; `id` is what the figures of the other tables lead to."""

    id: str
    title: str
    table: Table


def records_of(summary: Summary) -> list[Record]:
    """Every contender of every workload that has finished trials, and the generators of the cross-check."""
    generators = summary.cross_check.contenders if summary.cross_check else []
    of_workloads = [
        Record(anchor_of(workload.name, one.label), f"{workload.name}: {one.title}", _table(workload.name, one))
        for workload in summary.workloads
        for one in workload.contenders
        if one.trial_indices
    ]
    return of_workloads + [
        Record(trials_of(one.label), f"{CROSS_CHECK}: {one.title}", _table(CROSS_CHECK, one))
        for one in generators
        if one.trial_indices
    ]


def _table(workload: str, one: ContenderResult) -> Table:
    """A metric without a value for each trial is left empty: what few trials have belongs to no row."""
    flagged = {index: [flag.check for flag in one.flags if index in flag.trials] for index in one.trial_indices}
    rows = []
    for place, (index, round_number) in enumerate(zip(one.trial_indices, one.rounds, strict=True)):
        figures = [one.figures.get(metric.name) for metric in SHOWN]
        cells = [
            Cell(metric.write(figure.each[place]) if figure and len(figure.each) == len(one.trial_indices) else "–")
            for metric, figure in zip(SHOWN, figures, strict=True)
        ]
        names = " ".join(f"!{name}" for name in dict.fromkeys(flagged[index]))
        rows.append((f"trial {index}", [Cell(str(round_number + 1)), *cells, Cell(names)]))
    notes = [f"{one.failed_trials} failed trials are left out"] if one.failed_trials else []
    return Table(f"{workload}: trials of {one.label}", ["round", *(row_head(metric) for metric in SHOWN), "flags"], rows, notes)
