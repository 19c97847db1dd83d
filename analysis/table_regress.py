"""The regression verdict as tables: metrics, controls, flags."""

from analysis import metric as m
from analysis.next_steps import amount, titled
from analysis.regress_result import RegressResult
from analysis.table import Cell, Table
from analysis.verdict import MetricVerdict

BARS = " ▁▂▃▄▅▆▇█"
BARS_IN_ASCII = " .:-=+*#@"
BINS = 13


def verdict_tables(result: RegressResult, *, unicode: bool = True) -> list[Table]:
    """What was judged, and what vouches for it."""
    tables = [_metrics_table(result, unicode)]
    if result.controls:
        tables.append(_controls_table(result))
    return tables


def _metrics_table(result: RegressResult, unicode: bool) -> Table:
    services = {one.service for one in result.metrics}
    rows = []
    for one in result.metrics:
        head = titled(one) if len(services) == 1 else f"{one.service}: {titled(one)}"
        doubts = "".join(f" !{check}" for check in one.doubts)
        rows.append(
            (
                head,
                [
                    Cell(amount(one)),
                    Cell(one.outcome.upper() if one.outcome == "regression" else one.outcome, doubts.strip()),
                    Cell(_limits(one)),
                    Cell("exact" if one.exact else str(one.pairs)),
                    Cell("" if one.minimum_detectable_effect is None else m.percent(one.minimum_detectable_effect)),
                    Cell(strip(one, unicode)),
                ],
            )
        )
    heads = ["worse by", "verdict", "margin / excluded", "pairs", "could see", "pairs, -5% to +5%"]
    return Table("head against base: + is worse", heads, rows, _notes(result))


def _limits(one: MetricVerdict) -> str:
    return m.percent(one.margin) if one.exclude is None else f"{m.percent(one.margin)} / {m.percent(one.exclude)}"


def strip(one: MetricVerdict, unicode: bool = True) -> str:
    """The pairs as a small histogram over -5% to +5%; what lies beyond is in the outermost bins."""
    if not one.logs:
        return ""
    counts = [0] * BINS
    for log in one.logs:
        place = round((log / 0.05 + 1) / 2 * (BINS - 1))
        counts[min(max(place, 0), BINS - 1)] += 1
    bars = BARS if unicode else BARS_IN_ASCII
    highest = max(counts)
    return "".join(bars[-(-count * (len(bars) - 1) // highest)] for count in counts)


def _notes(result: RegressResult) -> list[str]:
    notes = []
    levels = {one.interval.level for one in result.metrics if one.interval}
    if levels:
        notes.append(
            f"intervals at {max(levels):.3%}: an error of {result.family_error:.0%} is shared by {result.family} metrics and "
            f"{len(result.looks)} looks; 'could see': the slow-down that 80% of such runs would call a regression"
        )
    notes += [f"{titled(one)}: {one.reason}" for one in result.metrics if one.outcome == "inconclusive"]
    for one in result.flags:
        notes.append(
            f"{one.service} {one.workload}: {one.flag.check} ({one.raised_by} of {one.trials} trials): {one.flag.evidence}; "
            f"threshold: {one.flag.threshold}; {one.flag.remedy}"
        )
    return notes


def _controls_table(result: RegressResult) -> Table:
    rows = []
    for one in result.controls:
        expected = "must stay silent" if one.kind == "relinked" else "must be found"
        told = {True: "as it must", False: "FAILED", None: "not told"}[one.kept]
        rows.append(
            (f"{one.workload}: base {one.kind}", [Cell(expected), Cell(told), Cell(str(one.pairs)), Cell(one.evidence)])
        )
    return Table("controls: the base against itself", ["", "verdict", "pairs", "evidence"], rows, [])


def headline(result: RegressResult) -> str:
    """The outcome in a line."""
    counts = {
        outcome: sum(one.outcome == outcome for one in result.metrics) for outcome in ("regression", "pass", "inconclusive")
    }
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    return f"{result.outcome.upper()}: {told or 'nothing was judged'}"
