"""The table of the cross-check of generators: what each of them found of the same load, and what they differ by."""

from dataclasses import replace

from analysis.checks.load import agreement_in_words
from analysis.model import metric as m
from analysis.model.summary import Summary
from analysis.tables.ratios import why_notes
from analysis.tables.table import Cell, Table, doubt_notes, figure_cell, over_cell, row_head
from loadgen.record.workload import load_in_words

CROSS_CHECK = "cross-check"


def trials_of(generator: str) -> str:
    """Return the name of a generator's trials, on a page."""
    return f"trials-{CROSS_CHECK}-{generator.replace(' ', '-')}"


def generators_tables(summary: Summary) -> list[Table]:
    """Return the table; none of a run without a cross-check."""
    found = summary.cross_check
    if found is None:
        return []
    rows: list[tuple[str, list[Cell]]] = []
    for ratio in found.comparisons:
        metric = m.BY_NAME[ratio.metric]
        figures = [
            replace(
                figure_cell(metric, contender.figures.get(metric.name)),
                anchor=trials_of(contender.label) if contender.trial_indices else "",
            )
            for contender in found.contenders
        ]
        rows.append((row_head(metric), [*figures, over_cell(ratio)]))
    first, other = (generator.label for generator in found.contenders)
    notes = [
        *(f"{flag.check}: {flag.evidence}; threshold: {flag.threshold}; {flag.remedy}" for flag in found.flags),
        *doubt_notes(found.contenders),
        *why_notes(found.comparisons),
        f"the same load in turns, paired by round; to agree means within {agreement_in_words()}",
    ]
    title = f"generators: {found.label}, {load_in_words(found.connections, None)}, {found.service}"
    return [Table(title, [first, other, f"{first} / {other}"], rows, notes)]
