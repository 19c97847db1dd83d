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
    cross_check = summary.cross_check
    if cross_check is None:
        return []
    rows: list[tuple[str, list[Cell]]] = []
    for ratio in cross_check.comparisons:
        metric = m.BY_NAME[ratio.metric]
        figures = [
            replace(
                figure_cell(metric, contender.figures.get(metric.name)),
                anchor=trials_of(contender.label) if contender.trial_indices else "",
            )
            for contender in cross_check.contenders
        ]
        rows.append((row_head(metric), [*figures, over_cell(ratio)]))
    first, other = (generator.label for generator in cross_check.contenders)
    notes = [
        *(f"{flag.check}: {flag.evidence}; threshold: {flag.threshold}; {flag.remedy}" for flag in cross_check.flags),
        *doubt_notes(cross_check.contenders),
        *why_notes(cross_check.comparisons),
        f"the same load in turns, paired by round; to agree means within {agreement_in_words()}",
    ]
    title = f"generators: {cross_check.label}, {load_in_words(cross_check.connections, None)}, {cross_check.service}"
    return [Table(title, [first, other, f"{first} / {other}"], rows, notes)]
