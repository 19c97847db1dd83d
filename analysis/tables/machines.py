"""What each machine of a campaign says by itself: ratios beside each other, the A/A control's with them. Pure."""

from collections.abc import Sequence

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.summary import WorkloadResult, over_twins
from analysis.stats.interval import ratio_of_pairs
from analysis.tables.ratios import SIDE_BY_SIDE
from analysis.tables.table import Cell, Table, ratio_cell

EVERY = "all, machines as blocks"


def machine_tables(workload: WorkloadResult) -> list[Table]:
    """A row for each pair and machine, and one for all of them; no table of a run of one machine."""
    ratios = [*workload.comparisons, *over_twins(workload)]
    names = list(dict.fromkeys(name for comparison in (*ratios, *workload.paired) for name in sorted(set(comparison.machines))))
    if not names:
        return []
    kinds = [(metric.title, [ratio for ratio in ratios if ratio.metric == metric.name]) for metric in m.ALL_COMPARED]
    kinds = [(title, comparisons) for title, comparisons in (*kinds, (SIDE_BY_SIDE, workload.paired)) if comparisons]
    pairs = list(
        dict.fromkeys((comparison.numerator, comparison.denominator) for _, comparisons in kinds for comparison in comparisons)
    )
    rows = []
    for pair in pairs:
        own = [
            next((comparison for comparison in comparisons if (comparison.numerator, comparison.denominator) == pair), None)
            for _, comparisons in kinds
        ]
        rows += [(f"{pair[0]} / {pair[1]}: {name}", [_own_cell(comparison, name) for comparison in own]) for name in names]
        rows.append((f"{pair[0]} / {pair[1]}: {EVERY}", [_whole_cell(comparison) for comparison in own]))
    return [Table(f"{workload.name}: ratios on each machine, paired by round, with 95% intervals", _heads(kinds), rows)]


def _heads(kinds: Sequence[tuple[str, Sequence[Comparison]]]) -> list[str]:
    return [title for title, _ in kinds]


def _own_cell(comparison: Comparison | None, name: str) -> Cell:
    each = (
        []
        if comparison is None
        else [ratio for ratio, machine in zip(comparison.each, comparison.machines, strict=False) if machine == name]
    )
    if not each:
        return Cell("–")
    paired_ratio = ratio_of_pairs(each, [1.0] * len(each))
    return ratio_cell(paired_ratio.ratio, paired_ratio.interval)


def _whole_cell(comparison: Comparison | None) -> Cell:
    if comparison is None or comparison.ratio is None:
        return Cell("–")
    return ratio_cell(comparison.ratio, comparison.interval, comparison.doubts)
