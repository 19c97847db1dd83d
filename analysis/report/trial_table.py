"""The trials behind the figures of each contender under each workload, one row a trial. Pure."""

from dataclasses import dataclass

from analysis.model import metric as m
from analysis.model.summary import ContenderResult, Summary
from analysis.tables.generators import CROSS_CHECK, trials_of
from analysis.tables.table import Cell, Table, row_head
from analysis.tables.workload import anchor_of
from loadgen.counted import counted

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
        Record(
            anchor_of(workload.name, contender.label), f"{workload.name}: {contender.title}", _table(workload.name, contender)
        )
        for workload in summary.workloads
        for contender in workload.contenders
        if contender.trial_indices
    ]
    return of_workloads + [
        Record(trials_of(generator.label), f"{CROSS_CHECK}: {generator.title}", _table(CROSS_CHECK, generator))
        for generator in generators
        if generator.trial_indices
    ]


def _table(workload: str, contender: ContenderResult) -> Table:
    """A metric without a value for each trial is left empty: what few trials have belongs to no row."""
    flagged = {index: [flag.check for flag in contender.flags if index in flag.trials] for index in contender.trial_indices}
    rows = []
    for position, (index, round_number) in enumerate(zip(contender.trial_indices, contender.rounds, strict=True)):
        figures = [contender.figures.get(metric.name) for metric in SHOWN]
        cells = [
            Cell(metric.write(figure.each[position]) if figure and len(figure.each) == len(contender.trial_indices) else "–")
            for metric, figure in zip(SHOWN, figures, strict=True)
        ]
        names = " ".join(f"!{name}" for name in dict.fromkeys(flagged[index]))
        rows.append((f"trial {index}", [Cell(str(round_number + 1)), *cells, Cell(names)]))
    notes = (
        [f"{counted(contender.failed_trials, 'failed trial is', 'failed trials are')} left out"]
        if contender.failed_trials
        else []
    )
    return Table(
        f"{workload}: trials of {contender.label}", ["round", *(row_head(metric) for metric in SHOWN), "flags"], rows, notes
    )
