"""The tables of a comparison of runs. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from analysis.compare.model import Change, CompareResult, Moved, PublishedBeside, RunOverRun, WorkloadChange
from analysis.model import metric as m
from analysis.stats.interval import interval_text
from analysis.tables.table import RATIO, Cell, Table, comparison_cell, doubted, figure_cell, row_head
from analysis.tables.workload import published_cell
from analysis.verdicts.verdicts import HOLDS_ONE

NONE = Cell("–")


def compare_tables(result: CompareResult) -> list[Table]:
    """Every table, in the order in which people read them."""
    tables = [_runs_table(result)]
    if result.differing:
        heads = [run.letter for run in result.runs]
        rows = [(differing.what, [Cell(value) for value in differing.values]) for differing in result.differing]
        tables.append(Table("what differs between the runs", heads, rows))
    for pair in result.same_machine:
        for workload in pair.workloads:
            tables += [_change_table(pair, workload)] if workload.changes else []
            tables += [_drift_table(pair, workload)] if workload.drift else []
    if result.side_by_side:
        tables += _side_by_side_tables(result)
    return [*tables, *_published_tables(result)]


def _runs_table(result: CompareResult) -> Table:
    rows = [(run.letter, [Cell(run.run_id), Cell(str(run.rounds)), Cell(run.machine.fingerprint)]) for run in result.runs]
    notes = [*(line for pair in result.same_machine for line in pair.apart), *result.apart]
    if len(result.machines) > 1:
        notes.append("machines differ: values are not set over each other, each machine's own ratios stand side by side")
    return Table("the runs", ["run", "rounds", "machine"], rows, list(dict.fromkeys(notes)))


def _change_table(pair: RunOverRun, workload: WorkloadChange) -> Table:
    """A row a contender and metric: both values, what changed, and the same as it was measured."""
    over = f"over {pair.over}" if pair.over else "over nothing"
    heads = [pair.earlier, pair.later, f"{pair.later} / {pair.earlier}, {over}", f"{pair.later} / {pair.earlier} as measured"]
    rows = [(_head(change), [*_figures(change), change_cell(change), _direct_cell(change)]) for change in workload.changes]
    notes = [*([workload.lasted] if workload.lasted else []), *_why(workload.changes), *_about_baseline(pair)]
    title = f"{workload.name}: what changed from {pair.earlier} to {pair.later}, with 95% intervals"
    return Table(title, heads, rows, notes)


def _about_baseline(pair: RunOverRun) -> list[str]:
    """What a reader must know of it: a ratio does not say which of its sides changed."""
    if pair.over is None:
        return []
    if pair.over not in pair.rebuilt:
        return [f"what changed in {pair.over} alone would move every line the other way: its own are below"]
    others = [label for label in pair.same_size if label != pair.over]
    instead = f"; take what kept its size instead: --baseline {others[0]}" if others else ""
    return [
        f"{pair.over} is not the same program in both, its binary differs in size: what changed in it moves every line the "
        f"other way{instead}"
    ]


def _drift_table(pair: RunOverRun, workload: WorkloadChange) -> Table:
    """The baseline and the A/A controls as measured: what the machine did between the runs, if their code is the same."""
    later_over = f"{pair.later} / {pair.earlier}"
    twins = [change for change in workload.drift if change.over]
    rows = [
        (
            _head(change),
            [
                *_figures(change),
                doubted(_direct_cell(change), [] if change.over else change.doubts),
                *([_over_itself(change)] if twins else []),
            ],
        )
        for change in workload.drift
    ]
    heads = [pair.earlier, pair.later, f"{later_over} as measured", *([f"{later_over}, over itself"] if twins else [])]
    return Table(f"{workload.name}: drift from {pair.earlier} to {pair.later}", heads, rows, _why(twins))


def _over_itself(change: Change) -> Cell:
    """The A/A control of the comparison: the machine's part is gone where this is a tie."""
    return Cell("") if change.over is None else change_cell(change)


def _head(change: Change) -> str:
    return f"{change.contender}: {row_head(m.BY_NAME[change.metric])}"


def _figures(change: Change) -> list[Cell]:
    """Both values. On the terminal the flags of a row stand beside what changed, once: five columns have no room for more."""
    metric = m.BY_NAME[change.metric]
    return [
        replace(figure_cell(metric, figure), short=figure_cell(metric, figure.replace(doubts=[])).short)
        for figure in (change.earlier, change.later)
    ]


def change_cell(change: Change) -> Cell:
    """What changed, with its interval, what can be said of it, and every reason to doubt it."""
    if change.blocked is None:
        return Cell("–", change.verdict)
    return doubted(_moved_cell(change.blocked, change.verdict), change.doubts)


def _direct_cell(change: Change) -> Cell:
    return NONE if change.direct is None else _moved_cell(change.direct, "")


def _moved_cell(moved: Moved, said: str) -> Cell:
    value, interval = f"{moved.ratio:.3f}", moved.interval
    if interval is None:
        return Cell(value, said, number=moved.ratio, quantity=RATIO)
    detail = " ".join(part for part in (interval_text(interval), said) if part)
    return Cell(value, detail, None, moved.ratio, interval.low, interval.high, RATIO)


def _why(changes: Iterable[Change]) -> list[str]:
    """Each reason once for a tie whose interval does not hold 1, or no verdict, with what it holds for."""
    places: dict[str, dict[str, list[str]]] = {}
    for change in changes:
        if change.reason and change.reason != HOLDS_ONE:
            of_reason = places.setdefault(f"{change.verdict}, {change.reason}", {})
            of_reason.setdefault(change.contender, []).append(m.BY_NAME[change.metric].title)
    return [
        f"{reason} ({'; '.join(f'{label}: ' + ', '.join(titles) for label, titles in by_contender.items())})"
        for reason, by_contender in places.items()
    ]


def _side_by_side_tables(result: CompareResult) -> list[Table]:
    heads = [*(run.letter for run in result.runs), "agreement"]
    tables = []
    for name, own_ratios in groupby(result.side_by_side, key=lambda ratios: ratios.workload):
        rows = [
            (
                f"{ratios.numerator} / {ratios.denominator}: {m.BY_NAME[ratios.metric].title}",
                [*(NONE if ratio is None else comparison_cell(ratio) for ratio in ratios.ratios), Cell(ratios.agreement)],
            )
            for ratios in own_ratios
        ]
        tables.append(Table(f"{name}: each run's own ratios, paired by round, with 95% intervals", heads, rows))
    return tables


def _published_tables(result: CompareResult) -> list[Table]:
    """A table of each set of published figures."""
    heads = ["published", *(run.letter for run in result.runs)]
    tables = []
    for name, group in groupby(sorted(result.published, key=_published_by), key=_published_by):
        figures = list(group)
        of = Counter((figure.contender, figure.metric) for figure in figures)
        rows = [_published_row(figure, several=of[figure.contender, figure.metric] > 1) for figure in figures]
        tables.append(Table(f"published figures: {name}", heads, rows))
    return tables


def _published_by(beside: PublishedBeside) -> str:
    return beside.published_by


def _published_row(beside: PublishedBeside, *, several: bool) -> tuple[str, list[Cell]]:
    """`several`: of the same contender and metric under other workloads, too."""
    metric = m.BY_NAME[beside.metric]
    published = published_cell(metric, beside.published, beside.at_most)
    cells = [
        NONE if claim is None else _with_verdict(figure_cell(metric, claim.measured), claim.verdict) for claim in beside.found
    ]
    head = f"{beside.contender}: {row_head(metric)}{f', {beside.workload}' if several else ''}"
    return head, [published, *cells]


def _with_verdict(cell: Cell, verdict: str) -> Cell:
    detail = f"{cell.detail}, {verdict}" if cell.detail else verdict
    return replace(cell, detail=detail, short=None if cell.short is None else f"{cell.short}, {verdict}")
