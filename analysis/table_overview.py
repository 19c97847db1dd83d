"""The ratios of every workload in one table: what answers the question in the README's first line."""

from analysis import metric as m
from analysis.summary import Summary
from analysis.table import Cell, Table, comparison_cell

RATIOS = (m.CPU_PER_REQUEST, m.GOODPUT, m.LATENCY_P99, m.RSS_LOADED)


def overview_table(summary: Summary) -> Table:
    """A row a workload and metric, a column a pair."""
    found: dict[tuple[str, str], dict[str, Cell]] = {}
    for workload in summary.workloads:
        for one in workload.comparisons:
            pair = f"{one.numerator} / {one.denominator}"
            found.setdefault((workload.name, one.metric), {})[pair] = comparison_cell(one)
    pairs = list(dict.fromkeys(pair for ratios in found.values() for pair in ratios))
    rows = [
        (f"{name}: {metric.title}", [found[name, metric.name].get(pair, Cell("")) for pair in pairs])
        for name in (workload.name for workload in summary.workloads)
        for metric in RATIOS
        if (name, metric.name) in found
    ]
    return Table("ratios, paired by round, with 95% intervals", pairs, rows)
