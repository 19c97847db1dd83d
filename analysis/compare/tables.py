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
        heads = [one.letter for one in result.runs]
        rows = [(one.what, [Cell(value) for value in one.values]) for one in result.differing]
        tables.append(Table("what differs between the runs", heads, rows))
    for pair in result.same_machine:
        for workload in pair.workloads:
            tables += [_change_table(pair, workload)] if workload.changes else []
            tables += [_drift_table(pair, workload)] if workload.drift else []
    if result.side_by_side:
        tables += _side_by_side_tables(result)
    return [*tables, *_published_tables(result)]


def _runs_table(result: CompareResult) -> Table:
    rows = [(one.letter, [Cell(one.run_id), Cell(str(one.rounds)), Cell(one.machine.fingerprint)]) for one in result.runs]
    notes = [*(line for pair in result.same_machine for line in pair.apart), *result.apart]
    if len(result.machines) > 1:
        notes.append("machines differ: values are not set over each other, each machine's own ratios stand side by side")
    return Table("the runs", ["run", "rounds", "machine"], rows, list(dict.fromkeys(notes)))


def _change_table(pair: RunOverRun, workload: WorkloadChange) -> Table:
    """A row a contender and metric: both values, what changed, and the same as it was measured."""
    over = f"over {pair.over}" if pair.over else "over nothing"
    heads = [pair.earlier, pair.later, f"{pair.later} / {pair.earlier}, {over}", f"{pair.later} / {pair.earlier} as measured"]
    rows = [(_head(one), [*_figures(one), change_cell(one), _direct_cell(one)]) for one in workload.changes]
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
    twins = [one for one in workload.drift if one.over]
    rows = [
        (
            _head(one),
            [
                *_figures(one),
                doubted(_direct_cell(one), [] if one.over else one.doubts),
                *([_over_itself(one)] if twins else []),
            ],
        )
        for one in workload.drift
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
        replace(figure_cell(metric, one), short=figure_cell(metric, one.replace(doubts=[])).short)
        for one in (change.earlier, change.later)
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
    for one in changes:
        if one.reason and one.reason != HOLDS_ONE:
            of_reason = places.setdefault(f"{one.verdict}, {one.reason}", {})
            of_reason.setdefault(one.contender, []).append(m.BY_NAME[one.metric].title)
    return [
        f"{reason} ({'; '.join(f'{label}: ' + ', '.join(titles) for label, titles in found.items())})"
        for reason, found in places.items()
    ]


def _side_by_side_tables(result: CompareResult) -> list[Table]:
    heads = [*(one.letter for one in result.runs), "agreement"]
    tables = []
    for name, found in groupby(result.side_by_side, key=lambda one: one.workload):
        rows = [
            (
                f"{one.numerator} / {one.denominator}: {m.BY_NAME[one.metric].title}",
                [*(NONE if ratio is None else comparison_cell(ratio) for ratio in one.ratios), Cell(one.agreement)],
            )
            for one in found
        ]
        tables.append(Table(f"{name}: each run's own ratios, paired by round, with 95% intervals", heads, rows))
    return tables


def _published_tables(result: CompareResult) -> list[Table]:
    """A table of each set of published figures."""
    heads = ["published", *(one.letter for one in result.runs)]
    tables = []
    for name, found in groupby(sorted(result.published, key=_published_by), key=_published_by):
        figures = list(found)
        of = Counter((one.contender, one.metric) for one in figures)
        rows = [_published_row(one, several=of[one.contender, one.metric] > 1) for one in figures]
        tables.append(Table(f"published figures: {name}", heads, rows))
    return tables


def _published_by(one: PublishedBeside) -> str:
    return one.published_by


def _published_row(one: PublishedBeside, *, several: bool) -> tuple[str, list[Cell]]:
    """`several`: of the same contender and metric under other workloads, too."""
    metric = m.BY_NAME[one.metric]
    published = published_cell(metric, one.published, one.at_most)
    found = [NONE if each is None else _with_verdict(figure_cell(metric, each.measured), each.verdict) for each in one.found]
    head = f"{one.contender}: {row_head(metric)}{f', {one.workload}' if several else ''}"
    return head, [published, *found]


def _with_verdict(cell: Cell, verdict: str) -> Cell:
    detail = f"{cell.detail}, {verdict}" if cell.detail else verdict
    return replace(cell, detail=detail, short=None if cell.short is None else f"{cell.short}, {verdict}")
