"""Tables as values: cells with a value and its interval, so that terminal and Markdown show the same."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.model import metric as m
from analysis.model.audit import ClaimResult
from analysis.model.standing import ARTICLE, main_workload
from analysis.model.summary import ContenderResult, Summary, WorkloadResult
from analysis.tables.findings import findings_table
from analysis.tables.generators import generators_tables
from analysis.tables.kinds import kind_tables
from analysis.tables.machines import machine_tables
from analysis.tables.ratios import aa_tables, comparison_table
from analysis.tables.table import Cell, Table, doubt_notes, figure_cell, over_cell, row_head
from loadgen.counted import counted
from loadgen.record.workload import load_in_words

SCORED_LEVELS = {"http": "HTTP cases passed", "strict": "strict cases passed"}
HARNESS_BUSY_MOST = 0.005
OUTSIDE_MOST_S = 0.8
"""What measuring may take of a core, and of a trial: more, and the harness would be part of what it measures."""
WORKER_BUSY_MOST = 0.0005
"""Of the worker of a cluster, which only waits."""


def anchor_of(workload: str, label: str) -> str:
    """The name of a contender's trials under a workload, on a page."""
    return f"trials-{workload}-{label}"


def tables_of(summary: Summary) -> list[Table]:
    """Every table of a run, in the order in which people read them."""
    return [*(table for workload in summary.workloads for table in tables_of_one(summary, workload)), *run_tables(summary)]


def tables_of_one(summary: Summary, workload: WorkloadResult) -> list[Table]:
    """Every table of one workload."""
    if not workload.contenders:
        return []
    ratios = [comparison_table(workload)] if workload.comparisons else []
    own = machine_tables(workload)
    return [workload_table(summary, workload), *ratios, *own, *kind_tables(workload), *aa_tables(workload)]


def run_tables(summary: Summary) -> list[Table]:
    """The tables of a whole run: what failed cases of HTTP mean, generators, and the measurement itself, where there is
    something to say of it.
    """
    itself = summary.harness is not None or summary.workers or summary.given_up or summary.resumed
    titles = {contender.label: contender.title for workload in summary.workloads for contender in workload.contenders}
    finding_tables = findings_table(titles, summary.findings)
    return [*finding_tables, *generators_tables(summary), *([_run_table(summary)] if itself else [])]


def _run_table(summary: Summary) -> Table:
    """What measuring took of the machine, beside what it may take; and what the run had to do without."""
    rows = [("rounds", [Cell(str(summary.rounds)), Cell("")])]
    if (harness := summary.harness) is not None:
        figures = ((m.HARNESS_BUSY, harness.busy_share, HARNESS_BUSY_MOST), (m.OUTSIDE, harness.outside_s, OUTSIDE_MOST_S))
        rows += [
            (row_head(metric), [figure_cell(metric, figure), Cell(metric.write(most))]) for metric, figure, most in figures
        ]
    rows += [
        (
            f"{row_head(m.WORKER_BUSY)}: {name}",
            [figure_cell(m.WORKER_BUSY, figure), Cell(m.WORKER_BUSY.write(WORKER_BUSY_MOST))],
        )
        for name, figure in summary.workers.items()
    ]
    notes = [
        *(f"to keep to the budget: {line}" for line in summary.given_up),
        *(
            f"the run was interrupted after {counted(resumption.trials_before, 'trial')} and went on at {resumption.at}"
            for resumption in summary.resumed
        ),
    ]
    return Table("the measurement itself", ["measured", "at most"], rows, notes)


def workload_table(summary: Summary, workload: WorkloadResult) -> Table:
    """Every figure of every contender under one workload; the first has the scores of conformance, the main one the builds, the
    article's own the published figures.
    """
    contenders = workload.contenders
    metrics = [metric for metric in m.TRIAL_METRICS if _worth_a_row(metric, contenders)]
    rows = [row for metric in metrics for row in _rows(summary, metric, workload)]
    heads = [contender.title for contender in contenders]
    if workload.name == ARTICLE or (summary.builds and workload.name == _main(summary)):
        rows += _build_rows(summary, contenders)
    if workload.name == ARTICLE and not summary.is_campaign:
        heads, rows = _with_claims(_of(workload, summary.claims), heads, metrics, rows)
    first = next(workload for workload in summary.workloads if workload.contenders)
    scores = _conformance_rows(summary, contenders) if workload.name == first.name else []
    more = [*_settling_rows(summary, workload), *scores, *_control_rows(workload)]
    rows += [(head, [*cells, *(Cell("") for _ in heads[len(cells) :])]) for head, cells in more]
    notes = [*_stopped(summary, workload), *doubt_notes(contenders), *_absent(summary)]
    if workload.name == ARTICLE:
        notes += _plainly(_of(workload, summary.claims))
    load = load_in_words(workload.connections, workload.rate, workload.generators)
    tiers = ", ".join(dict.fromkeys(contender.tier for contender in contenders if not contender.control))
    title = f"{workload.name}: {workload.title} · {workload.label}, {load}, {_cores(summary)}, tier {tiers}"
    return Table(title, heads, rows, notes)


def _main(summary: Summary) -> str:
    """The workload that the answer is about."""
    return main_workload([workload for workload in summary.workloads if workload.contenders]).name


def _rows(summary: Summary, metric: m.Metric, workload: WorkloadResult) -> list[tuple[str, list[Cell]]]:
    """The row of a metric; of a campaign a row a machine."""
    if not summary.is_campaign:
        return [(row_head(metric), [_with_trials(metric, workload, contender) for contender in workload.contenders])]
    rows = []
    for name in summary.machines:
        figures = [contender.machines.get(name, {}).get(metric.name) for contender in workload.contenders]
        rows.append((f"{row_head(metric)}: {name}", [figure_cell(metric, figure) for figure in figures]))
    return rows


def _with_trials(metric: m.Metric, workload: WorkloadResult, contender: ContenderResult) -> Cell:
    """The figure, which leads to its trials."""
    cell = figure_cell(metric, contender.figures.get(metric.name))
    return replace(cell, anchor=anchor_of(workload.name, contender.label)) if contender.trial_indices else cell


def _worth_a_row(metric: m.Metric, contenders: Sequence[ContenderResult]) -> bool:
    """The far tail needs 10,000 requests a trial, which few workloads have: it is shown where there is some of it."""
    figures = [of.get(metric.name) for contender in contenders for of in (contender.figures, *contender.machines.values())]
    return not metric.rare or any(figure is not None and figure.value is not None for figure in figures)


def _settling_rows(summary: Summary, workload: WorkloadResult) -> list[tuple[str, list[Cell]]]:
    """What each service took to settle, by the run's pilots of what the workload asks."""
    pilots = summary.pilots.get(workload.label)
    if not pilots:
        return []
    own_pilots = [pilots.get(contender.twin_of or contender.label) for contender in workload.contenders]
    loads = [
        Cell("–") if pilot is None else Cell(f"{'' if pilot.has_settled else 'over '}{pilot.warm_up_s:.1f}")
        for pilot in own_pilots
    ]
    cpu = [Cell("–") if pilot is None else Cell(f"{pilot.settling_cpu_s:.2f}") for pilot in own_pilots]
    return [("load until settled, s", loads), ("CPU until settled, s", cpu)]


def _conformance_rows(summary: Summary, contenders: Sequence[ContenderResult]) -> list[tuple[str, list[Cell]]]:
    """A row a level that is a score: how many of its cases each service passes."""
    scores = [summary.conformance.get(contender.label, {}) for contender in contenders]
    return [
        (title, [Cell(str(of[level])) if level in of else Cell("") for of in scores])
        for level, title in SCORED_LEVELS.items()
        if any(level in of for of in scores)
    ]


def _control_rows(workload: WorkloadResult) -> list[tuple[str, list[Cell]]]:
    """A row a control and metric: each service over it."""
    over_controls = {
        (over_control.metric, over_control.numerator, over_control.denominator): over_control
        for over_control in workload.over_controls
    }
    controls = [contender.label for contender in workload.contenders if contender.control and contender.twin_of is None]
    return [
        (
            f"{title} {control}",
            [
                over_cell(over_controls[metric.name, contender.label, control]) if not contender.control else Cell("")
                for contender in workload.contenders
            ],
        )
        for control in controls
        for metric, title in ((m.GOODPUT, "goodput, times that of"), (m.CPU_PER_REQUEST, "CPU per request, times that of"))
    ]


def _cores(summary: Summary) -> str:
    threads = summary.server_threads
    where = "own core" if threads == 1 else counted(threads, "own core")
    return (
        f"server on its {where}" if summary.pinned else f"{counted(threads, 'server thread')}, cores shared with the generator"
    )


def _build_rows(summary: Summary, contenders: Sequence[ContenderResult]) -> list[tuple[str, list[Cell]]]:
    figures = {build.label: build.figures for build in summary.builds}
    return [
        (row_head(metric), [figure_cell(metric, figures.get(contender.label, {}).get(metric.name)) for contender in contenders])
        for metric in m.BUILD_METRICS
    ]


def _of(workload: WorkloadResult, claims: Sequence[ClaimResult]) -> list[ClaimResult]:
    """What was published of this workload, and of what is built."""
    return [claim for claim in claims if claim.workload in (workload.name, "build")]


def published_cell(metric: m.Metric, published: float, at_most: bool) -> Cell:
    """What was published; `at_most`: no more than that."""
    return Cell(f"{'< ' if at_most else ''}{metric.write(published)}", number=published, quantity=metric.name)


def _with_claims(
    claims: Sequence[ClaimResult],
    heads: list[str],
    metrics: Sequence[m.Metric],
    rows: list[tuple[str, list[Cell]]],
) -> tuple[list[str], list[tuple[str, list[Cell]]]]:
    """Add a column for each contender that something was published of."""
    published: dict[str, dict[str, Cell]] = {}
    for claim in claims:
        base = claim.contender.partition(":")[0]
        metric = m.BY_NAME[claim.metric]
        published.setdefault(f"{claim.published_by}: {base}", {})[claim.metric] = published_cell(
            metric, claim.published, claim.at_most
        )
    names = [*(metric.name for metric in metrics), *(metric.name for metric in m.BUILD_METRICS)]
    extended = [
        (head, [*cells, *(column.get(name, Cell("")) for column in published.values())])
        for name, (head, cells) in zip(names, rows, strict=True)
    ]
    return [*heads, *published], extended


def _stopped(summary: Summary, workload: WorkloadResult) -> list[str]:
    if workload.stopped_after is None or summary.half_width is None:
        return []
    return [
        f"stopped after {workload.stopped_after} of {counted(summary.rounds, 'round')}: intervals within "
        f"{summary.half_width:.1%}"
    ]


def _absent(summary: Summary) -> list[str]:
    return [f"{refusal.title}: not measured: {refusal.reason}" for refusal in summary.not_measured]


def _plainly(claims: Sequence[ClaimResult]) -> list[str]:
    """What arithmetic says of the published throughput, in a sentence each."""
    return [
        f"{m.GOODPUT.write(claim.published)} requests/s ({claim.contender.partition(':')[0]}, published) "
        f"{'cannot hold' if claim.verdict == 'impossible as stated' else 'do not hold'} at this n here: {claim.derivation}; "
        f"it would take {claim.would_take}"
        for claim in claims
        if claim.metric == m.GOODPUT.name and claim.would_take is not None and claim.measured is not None
    ]
