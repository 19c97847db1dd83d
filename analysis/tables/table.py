"""Tables as values, and cells of figures and ratios."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from analysis.checks.affected import marked
from analysis.model import metric as m
from analysis.model.comparison import Comparison, Figure
from analysis.model.summary import ContenderResult
from analysis.stats.interval import Interval, interval_text
from loadgen.counted import counted

RATIO = "ratio"


@dataclass(frozen=True)
class Cell:
    """What one cell says: the figure and its spread. `short` says the same where there is little room.

    `anchor` is the name of what stands behind it: its trials, on a page.
    For machines: `number` with the interval from `low` to `high`, not rounded, in the unit that the name `quantity` ends in:
    that of a metric in summary.json, or a ratio. None where the cell is no figure, or has no interval.
    """

    value: str
    detail: str = ""
    short: str | None = None
    number: float | None = None
    low: float | None = None
    high: float | None = None
    quantity: str | None = None
    anchor: str = ""


@dataclass(frozen=True)
class Table:
    """A title, column heads, rows of a head and cells, and notes that belong to it."""

    title: str
    heads: list[str]
    rows: list[tuple[str, list[Cell]]]
    notes: list[str] = field(default_factory=list)


def figure_cell(metric: m.Metric, figure: Figure | None) -> Cell:
    """The figure with its interval and every doubt; without an interval it says how many values there are, so that no number
    stands bare.
    """
    if figure is None:
        return Cell("–")
    if figure.value is None:
        return Cell("–", figure.refused or "")
    cell = _spread_cell(metric, figure, figure.value)
    return doubted(_measured(cell, figure.value, figure.interval, metric.name), figure.doubts)


def _spread_cell(metric: m.Metric, figure: Figure, number: float) -> Cell:
    value = metric.write(number)
    if len(figure.each) == 1:
        return Cell(value, "one value", f"{value} (1)")
    if figure.interval is None:
        reach = f"{metric.write(min(figure.each))}–{metric.write(max(figure.each))}"
        return Cell(value, f"{reach}, of {len(figure.each)}", f"{value} ({reach})")
    low, high = figure.interval.low, figure.interval.high
    widest = max(number - low, high - number) / number if number else 0.0
    return Cell(value, f"[{metric.write(low)}, {metric.write(high)}]", f"{value} ±{widest:.1%}")


def _measured(cell: Cell, number: float, interval: Interval | None, quantity: str) -> Cell:
    """The cell with its figure for machines."""
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    return replace(cell, number=number, low=low, high=high, quantity=quantity)


def doubted(cell: Cell, doubts: Sequence[str]) -> Cell:
    """The cell with the names of checks behind what it says."""
    if not doubts:
        return cell
    short = None if cell.short is None else marked(cell.short, doubts)
    return replace(cell, detail=marked(cell.detail, doubts), short=short)


def row_head(metric: m.Metric) -> str:
    """A metric's title with its unit."""
    return f"{metric.title}, {metric.unit}"


def doubt_notes(contenders: Sequence[ContenderResult]) -> list[str]:
    """A line for each flag and for failed trials, with whose they are."""
    notes = []
    for contender in contenders:
        for flag in contender.flags:
            many = f" ({len(flag.trials)} of {contender.trials} trials)" if contender.trials > 1 else ""
            notes.append(f"{contender.title}: {flag.check}{many}: {flag.evidence}; threshold: {flag.threshold}; {flag.remedy}")
        if contender.failed_trials:
            notes.append(
                f"{contender.title}: {counted(contender.failed_trials, 'failed trial is', 'failed trials are')} left out"
            )
    return notes


def over_cell(comparison: Comparison) -> Cell:
    """A ratio with its interval and no verdict: a control is not a competitor."""
    if comparison.ratio is None:
        return Cell("–", comparison.reason or "")
    return ratio_cell(comparison.ratio, comparison.interval, comparison.doubts)


def ratio_cell(ratio: float, interval: Interval | None, doubts: Sequence[str] = ()) -> Cell:
    """A ratio with its interval, if it has one, and its doubts; for machines, too."""
    return doubted(_measured(Cell(f"{ratio:.3f}", interval_text(interval)), ratio, interval, RATIO), doubts)


def comparison_cell(comparison: Comparison) -> Cell:
    """The ratio with its interval, what can be said of it, and every reason to doubt one of its two sides."""
    if comparison.ratio is None:
        return Cell("–", comparison.verdict)
    cell = _ratio_cell(comparison.ratio, comparison)
    return doubted(_measured(cell, comparison.ratio, comparison.interval, RATIO), comparison.doubts)


def _ratio_cell(ratio: float, comparison: Comparison) -> Cell:
    value = f"{ratio:.3f}"
    if comparison.interval is None:
        return Cell(value, comparison.verdict)
    interval = interval_text(comparison.interval)
    said = interval if comparison.verdict in ("higher", "lower") else f"{interval} {comparison.verdict}"
    return Cell(value, said, f"{value} {said}")
