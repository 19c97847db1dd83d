"""Tables of ratios: services over each other, and each A/A control over itself."""

from collections.abc import Sequence

from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.standing import hindered
from analysis.model.summary import WorkloadResult, over_twins, paired_between
from analysis.stats.interval import interval_text
from analysis.tables.table import Cell, Table, comparison_cell
from analysis.verdicts.verdicts import HOLDS_ONE

SIDE_BY_SIDE = f"{m.CPU_PER_REQUEST.title}, side by side"


def comparison_table(workload: WorkloadResult) -> Table:
    """A column a pair, or, with many pairs, a row a pair: pages are longer than they are wide."""
    kinds = _kinds(workload.comparisons, paired_between(workload))
    pairs = list(dict.fromkeys((comparison.numerator, comparison.denominator) for comparison in workload.comparisons))
    cells = [
        (title, {(comparison.numerator, comparison.denominator): comparison_cell(comparison) for comparison in comparisons})
        for title, comparisons in kinds
    ]
    title = f"{workload.name}: ratios, paired by round, with 95% intervals"
    every = [comparison for _, comparisons in kinds for comparison in comparisons]
    notes = [*_rank_notes(workload), *_why_no_verdict(every), *_why_tie(every), *_hindered(workload)]
    names = [f"{a} / {b}" for a, b in pairs]
    if len(pairs) <= len(kinds):
        return Table(title, names, [(head, [of.get(pair, Cell("")) for pair in pairs]) for head, of in cells], notes)
    rows = [(name, [of.get(pair, Cell("")) for _, of in cells]) for name, pair in zip(names, pairs, strict=True)]
    return Table(title, [head for head, _ in cells], rows, notes)


def _kinds(solo: Sequence[Comparison], paired: Sequence[Comparison]) -> list[tuple[str, list[Comparison]]]:
    """The comparisons by metric and instrument, each kind with its title."""
    kinds = [
        (metric.title, [comparison for comparison in solo if comparison.metric == metric.name]) for metric in m.ALL_COMPARED
    ]
    kinds.append((SIDE_BY_SIDE, list(paired)))
    return [(title, comparisons) for title, comparisons in kinds if comparisons]


def _hindered(workload: WorkloadResult) -> list[str]:
    """A note for each pair whose CPU per request has another ratio side by side than alone."""
    return [
        f"{comparison.numerator} / {comparison.denominator}: CPU per request is {comparison.ratio:.3f} "
        f"{interval_text(comparison.interval)} beside another, {solo.ratio:.3f} {interval_text(solo.interval)} alone: "
        f"one hinders the other more than the other it"
        for comparison, solo in hindered(workload)
    ]


def aa_tables(workload: WorkloadResult) -> list[Table]:
    """Each A/A control of the workload: a contender over itself, and the least difference that the run could have shown."""
    solo, between = over_twins(workload), paired_between(workload)
    paired = [comparison for comparison in workload.paired if comparison not in between]
    tables = []
    for twin in dict.fromkeys(comparison.denominator for comparison in (*solo, *paired)):
        kinds = _kinds(
            [comparison for comparison in solo if comparison.denominator == twin],
            [comparison for comparison in paired if comparison.denominator == twin],
        )
        twin_comparisons = [comparison for _, comparisons in kinds for comparison in comparisons]
        tables.append(
            Table(
                f"{workload.name}: A/A control, {twin_comparisons[0].numerator} over itself",
                ["ratio", "least difference told"],
                [
                    (title, [comparison_cell(comparison), _effect_cell(comparison)])
                    for title, comparisons in kinds
                    for comparison in comparisons
                ],
                [*_why_no_verdict(twin_comparisons), *_why_tie(twin_comparisons)],
            )
        )
    return tables


def _effect_cell(over_itself: Comparison) -> Cell:
    effect = over_itself.minimum_detectable_effect
    return Cell("–") if effect is None else Cell(m.percent(effect), number=effect, quantity="minimum_detectable_effect")


def _rank_notes(workload: WorkloadResult) -> list[str]:
    """A line a metric, "rank by goodput: 1 a, b · 3 c": who shares a rank stands together."""
    notes = []
    for metric in m.ALL_COMPARED:
        shared: dict[int, list[str]] = {}
        for label, rank in workload.ranks.get(metric.name, {}).items():
            shared.setdefault(rank, []).append(label)
        if shared:
            places = " · ".join(f"{rank} {', '.join(shared[rank])}" for rank in sorted(shared))
            notes.append(f"rank by {metric.title}: {places}")
    return notes


def why_notes(comparisons: Sequence[Comparison]) -> list[str]:
    """Why some of the comparisons say nothing, each reason once."""
    return [*_why_no_verdict(comparisons), *_why_tie(comparisons)]


def _why_tie(comparisons: Sequence[Comparison]) -> list[str]:
    """Each reason once for a tie whose interval does not hold 1, with the pairs and metrics that it holds for."""
    places: dict[str, list[str]] = {}
    for comparison in comparisons:
        if comparison.verdict == "tie" and comparison.reason and comparison.reason != HOLDS_ONE:
            places.setdefault(comparison.reason, []).append(
                f"{comparison.numerator} / {comparison.denominator}: {m.BY_NAME[comparison.metric].title}"
            )
    return [f"tie, {reason} ({', '.join(where)})" for reason, where in places.items()]


def _why_no_verdict(comparisons: Sequence[Comparison]) -> list[str]:
    """Each reason once, with the metrics that it holds for."""
    metrics: dict[str, dict[str, None]] = {}
    for comparison in comparisons:
        if comparison.verdict == "cannot tell" and comparison.reason:
            metrics.setdefault(comparison.reason, {})[m.BY_NAME[comparison.metric].title] = None
    return [f"cannot tell, {reason} ({', '.join(titles)})" for reason, titles in metrics.items()]
