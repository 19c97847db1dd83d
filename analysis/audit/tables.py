"""Tables of what was published beside what was measured: short ones for the end of a run, whole ones with derivations."""

from collections import Counter
from collections.abc import Iterable, Sequence

from analysis.audit.figure import FASTER_CORE
from analysis.audit.model import ABOUT
from analysis.model import metric as m
from analysis.model.audit import AuditResult, AuditVerdict, CauseResult, ClaimResult, ConsistencyResult, RatioClaimResult
from analysis.model.comparison import Comparison
from analysis.model.summary import Summary
from analysis.tables.table import RATIO, Cell, Table, figure_cell, over_cell, ratio_cell
from analysis.tables.workload import published_cell

VERDICTS: tuple[AuditVerdict, ...] = ("reproduced", "not reproduced here", "impossible as stated", "not measured")
_SHORT = {
    m.GOODPUT.name: "goodput",
    m.LATENCY_P50.name: "P50",
    m.LATENCY_P99.name: "P99",
    m.CPU_PER_REQUEST.name: "CPU/request",
    m.RSS_LOADED.name: "memory",
}


def claims_tables(summary: Summary, *, whole: bool = False) -> list[Table]:
    """What a run says of what was published: verdicts alone, or the `whole` with derivations in the notes."""
    if not summary.claims:
        return []
    if summary.audit is None:
        return [_figures_table(summary.claims, [], whole=whole)]
    audit = summary.audit
    tables = [
        _figures_table(summary.claims, _counts(summary.claims, audit), whole=whole),
        _ratios_table(audit.ratios, whole=whole),
        _causes_table(audit.causes, whole=whole),
    ]
    if whole:
        tables += [_consistency_table(audit.consistency), _context_table(audit)]
    return [table for table in tables if table.rows]


def verdicts_in_words(summary: Summary) -> list[str]:
    """One sentence about all that was published, or none where nothing was."""
    if not summary.claims or summary.audit is None:
        return []
    return [f"Of what was published ({', '.join(_sets(summary.claims))}): {_counted(summary.claims, summary.audit)}."]


def _sets(claims: Sequence[ClaimResult]) -> list[str]:
    return list(dict.fromkeys(claim.published_by for claim in claims))


def _counts(claims: Sequence[ClaimResult], audit: AuditResult) -> list[str]:
    lines = [_counted(claims, audit)]
    if unmeasured := sum(cause.verdict == "not measured" for cause in audit.causes):
        lines.append(
            f"{unmeasured} of {len(audit.causes)} tests of causes were not made: primebench audit says why, and what would tell"
        )
    return lines


def verdicts_of(claims: Sequence[ClaimResult], audit: AuditResult) -> list[AuditVerdict]:
    """The verdict on each published figure, ratio and cause."""
    return [judged.verdict for judged in (*claims, *audit.ratios, *audit.causes)]


def _counted(claims: Sequence[ClaimResult], audit: AuditResult) -> str:
    verdicts = verdicts_of(claims, audit)
    counted = Counter(verdicts)
    counts = ", ".join(f"{counted[verdict]} {verdict}" for verdict in VERDICTS if counted[verdict])
    return f"{len(verdicts)} figures, ratios and tests of causes: {counts}"


def conditions_lines(audit: AuditResult) -> list[str]:
    """How was published and how was measured, a few lines a set."""
    lines = []
    for condition in audit.conditions:
        lines += [f"{condition.published_by}: {condition.title}", f"published: {condition.command}"]
        lines.append(f"here: {'; '.join(condition.differs) if condition.differs else 'the same'}")
        lines += [f"to repeat it: {condition.repeat}"] if condition.repeat else []
    return lines


def _names(claims: Sequence[ClaimResult]) -> list[str]:
    """What each is a figure of; with the workload and the set where that alone would name two."""
    of = [f"{claim.contender}: {m.BY_NAME[claim.metric].title}, {m.BY_NAME[claim.metric].unit}" for claim in claims]
    of = [f"{name}, {claim.workload}" if of.count(name) > 1 else name for name, claim in zip(of, claims, strict=True)]
    return [f"{name} ({claim.published_by})" if of.count(name) > 1 else name for name, claim in zip(of, claims, strict=True)]


def _figures_table(claims: Sequence[ClaimResult], counts: Sequence[str], *, whole: bool) -> Table:
    rows = [
        (
            name,
            [
                published_cell(m.BY_NAME[claim.metric], claim.published, claim.at_most),
                figure_cell(m.BY_NAME[claim.metric], claim.measured),
                Cell(claim.verdict),
            ],
        )
        for name, claim in zip(_names(claims), claims, strict=True)
    ]
    sets = ", ".join(dict.fromkeys(claim.published_by for claim in claims))
    notes = [*counts, *(_derivations(claims) if whole else ())]
    notes.append(
        f'{sets}: a figure is reproduced within {ABOUT:.0%} of what is "about" so much, else within its last digit; impossible '
        f"only if a core {FASTER_CORE:g} times as fast could not do it either"
        + ("" if whole else "; primebench audit shows how each follows")
    )
    return Table("published figures", ["published", "measured here", "verdict"], rows, notes)


def _derivations(claims: Sequence[ClaimResult]) -> list[str]:
    """Of each figure how its bound follows, what it would take, and the n at which this machine does as much."""
    notes = []
    for name, claim in zip(_names(claims), claims, strict=True):
        parts = [claim.derivation] if claim.derivation else []
        if claim.would_take and claim.verdict != "reproduced":
            parts.append(f"the claim would take {claim.would_take}")
        if claim.reach is not None:
            parts.append(_reached(claim))
        if claim.reason is not None:
            parts.append(f"not measured: {claim.reason}")
        if parts:
            said = f"{claim.as_published} ({claim.source}): " if claim.as_published else ""
            notes.append(f"{name}: {said}{'; '.join(parts)}")
    return notes


def _reached(claim: ClaimResult) -> str:
    reach = claim.reach
    assert reach is not None
    if reach.value is None:
        return reach.derivation
    spread = (
        f" [{reach.low:,}, {reach.high:,}]" if reach.low is not None and reach.high is not None else ", without an interval"
    )
    return f"{reach.label} does as published here at {reach.parameter} = {reach.value:,}{spread}: {reach.derivation}"


def _ratios_table(ratios: Sequence[RatioClaimResult], *, whole: bool) -> Table:
    rows = [
        (
            ratio.statement,
            [
                Cell(ratio.order or "") if ratio.published is None else _published_ratio(ratio.published),
                Cell("–") if ratio.measured is None else ratio_cell(ratio.measured, ratio.interval, ratio.doubts),
                Cell(ratio.verdict),
            ],
        )
        for ratio in ratios
    ]
    notes = [
        f"{ratio.statement}: {ratio.numerator} / {ratio.denominator}, {m.BY_NAME[ratio.metric].title}, "
        f"{ratio.workload}: {ratio.reason}"
        for ratio in ratios
        if whole or ratio.verdict == "not measured"
    ]
    return Table("published ratios", ["published", "measured here", "verdict"], rows, notes)


def _causes_table(causes: Sequence[CauseResult], *, whole: bool) -> Table:
    """Short, only those that were tested."""
    rows = [
        (
            cause.statement,
            [
                Cell(cause.test),
                Cell("") if cause.measured is None else ratio_cell(cause.measured, cause.interval, cause.doubts),
                Cell(cause.verdict),
            ],
        )
        for cause in causes
        if whole or cause.verdict != "not measured"
    ]
    notes = [f"{cause.claim}: {cause.evidence}" for cause in causes if whole]
    notes += [f"{cause.claim}: not measured; to measure it: {cause.command}" for cause in causes if whole and cause.command]
    return Table("published causes", ["if it were so", "ratio", "verdict"], rows, notes)


def _published_ratio(value: float) -> Cell:
    return Cell(f"{value:.2f}", number=value, quantity=RATIO)


def _consistency_table(rules: Sequence[ConsistencyResult]) -> Table:
    rows = [(rule.about, [Cell("consistent" if rule.consistent else "contradict each other")]) for rule in rules]
    return Table(
        "published figures among themselves", ["by arithmetic"], rows, [f"{rule.about}: {rule.derivation}" for rule in rules]
    )


def _context_table(audit: AuditResult) -> Table:
    """Every variant that was measured, a row each; what was not, in a note."""
    measured = [context for context in audit.context if context.comparisons]
    commands = _unmeasured((context.variant, context.command) for context in audit.context)
    if not measured:
        rows = [
            (f"{context.variant} / {context.over}, {context.workload}", [Cell("not measured")]) for context in audit.context
        ]
        return Table("variants beside their base", ["measured here"], rows, commands)
    metrics = [
        name for name in _SHORT if any(comparison.metric == name for context in measured for comparison in context.comparisons)
    ]
    rows = [
        (
            f"{context.variant} / {context.over}, {context.workload}",
            [
                _ratio_cell(next((comparison for comparison in context.comparisons if comparison.metric == name), None))
                for name in metrics
            ],
        )
        for context in measured
    ]
    notes = [*(f"{context.variant}: {context.note}" for context in measured), *commands]
    return Table("variants beside their base", [_SHORT[name] for name in metrics], rows, notes)


def _unmeasured(pairs: Iterable[tuple[str, str | None]]) -> list[str]:
    return [f"{name}: not measured; to measure it: {command}" for name, command in pairs if command]


def _ratio_cell(value: Comparison | None) -> Cell:
    """A ratio and its interval without a verdict: nothing was claimed."""
    return Cell("–") if value is None else over_cell(value)
