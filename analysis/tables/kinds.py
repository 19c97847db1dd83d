"""Tables of a mix: each kind of request of each service, and what services differ by in it."""

from analysis.model import metric as m
from analysis.model.summary import WorkloadResult
from analysis.tables.ratios import why_notes
from analysis.tables.table import Table, comparison_cell, figure_cell


def kind_tables(workload: WorkloadResult) -> list[Table]:
    """Two tables of a mix; none of a workload that asks one kind of request."""
    if not workload.kinds:
        return []
    services = [contender.label for contender in workload.contenders if not contender.control]
    rows = [
        (
            f"{kind.name}, {m.percent(kind.share)}: {metric.title}, {metric.unit}",
            [figure_cell(metric, kind.figures.get(label, {}).get(metric.name)) for label in services],
        )
        for kind in workload.kinds
        for metric in m.OF_A_KIND
    ]
    tables = [Table(f"{workload.name}: by kind of request, alone", services, rows, [])]
    pairs = list(
        dict.fromkeys(
            (comparison.numerator, comparison.denominator) for kind in workload.kinds for comparison in kind.comparisons
        )
    )
    if pairs:
        comparisons = {
            (kind.name, comparison.metric, (comparison.numerator, comparison.denominator)): comparison
            for kind in workload.kinds
            for comparison in kind.comparisons
        }
        metrics = dict.fromkeys(metric for _, metric, _ in comparisons)
        ratios = [
            (
                f"{kind.name}: {m.BY_NAME[metric].title}",
                [comparison_cell(comparisons[kind.name, metric, pair]) for pair in pairs],
            )
            for kind in workload.kinds
            for metric in metrics
        ]
        heads = [f"{a} / {b}" for a, b in pairs]
        tables.append(
            Table(f"{workload.name}: ratios by kind of request", heads, ratios, why_notes(list(comparisons.values())))
        )
    return tables
