"""The ratios of every workload in one table: what answers the question in the README's first line."""

from analysis.model import metric as m
from analysis.model.summary import Summary, between_services
from analysis.tables.table import Cell, Table, comparison_cell

TITLE = "ratios, paired by round, with 95% intervals"
MOST_COLUMNS = 6
RATIOS = (m.CPU_PER_REQUEST, m.GOODPUT, m.LATENCY_P99, m.RSS_LOADED)


def overview_table(summary: Summary) -> Table:
    """A row a workload and metric and a column a pair; with many pairs, a row a workload and pair and a column a metric."""
    cells: dict[tuple[str, str], dict[str, Cell]] = {}
    for workload in summary.workloads:
        for comparison in between_services(workload):
            pair = f"{comparison.numerator} / {comparison.denominator}"
            cells.setdefault((workload.name, comparison.metric), {})[pair] = comparison_cell(comparison)
    pairs = list(dict.fromkeys(pair for ratios in cells.values() for pair in ratios))
    names = [workload.name for workload in summary.workloads]
    if len(pairs) > MOST_COLUMNS:
        inverted = [
            (f"{name}: {pair}", [cells.get((name, metric.name), {}).get(pair, Cell("")) for metric in RATIOS])
            for name in names
            for pair in pairs
            if any(pair in cells.get((name, metric.name), {}) for metric in RATIOS)
        ]
        return Table(TITLE, [metric.title for metric in RATIOS], inverted)
    rows = [
        (f"{name}: {metric.title}", [cells[name, metric.name].get(pair, Cell("")) for pair in pairs])
        for name in names
        for metric in RATIOS
        if (name, metric.name) in cells
    ]
    return Table(TITLE, pairs, rows)
