"""The tables of a field: places, who beats whom, cold starts, HTTP. Pure."""

from dataclasses import replace

from analysis.field.model import FieldResult, FieldService, FieldTask, FieldWorkload, Place, service_of
from analysis.field.places import METRIC, Said, groups, rank_text, said_between, undecided
from analysis.field.words import REFERENCE, alone_text, not_measured, number, score_text, title_of
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.tables.findings import cases_in_words
from analysis.tables.table import Cell, Table, comparison_cell, figure_cell, row_head
from loadgen.conformance.findings import SEVERITIES, Finding

FIGURES = (m.CPU_PER_REQUEST, m.GOODPUT, m.LATENCY_P50, m.LATENCY_P99, m.RSS_IDLE, m.RSS_LOADED, m.PSS_LOADED)
TIE, NOT_COMPARABLE = "=", "?"


def places_table(task: FieldTask, workload: FieldWorkload) -> Table:
    """A row a service, best first."""
    heads = ["rank", "language", f"{METRIC.title}, times {workload.reference}'s", *map(row_head, FIGURES), "HTTP cases"]
    rows = [(service_of(task, place.label).title, _cells(task, place)) for place in workload.places]
    notes = [
        *_groups_note(task, workload),
        *_alone_notes(task, workload),
        *not_measured(task),
        *_undecided_note(task, workload),
    ]
    return Table(title_of(task, workload), heads, rows, notes)


def _cells(task: FieldTask, place: Place) -> list[Cell]:
    service = service_of(task, place.label)
    ratio = Cell(REFERENCE) if place.ratio is None else comparison_cell(place.ratio)
    if place.beside is not None:
        ratio = replace(ratio, detail=f"{ratio.detail} ~")
    figures = [figure_cell(metric, place.figures.get(metric.name)) for metric in FIGURES]
    return [Cell(rank_text(place)), Cell(service.language), ratio, *figures, Cell(score_text(service.http, service.findings))]


def _groups_note(task: FieldTask, workload: FieldWorkload) -> list[str]:
    shared = [group for group in groups(workload) if len(group) > 1]
    if not shared:
        return []
    titles = {service.label: service.title for service in task.services}
    named = [", ".join(titles[label] for label in group) for group in shared]
    return [f"not told apart from all others of their group: {'; '.join(named)}"]


def _alone_notes(task: FieldTask, workload: FieldWorkload) -> list[str]:
    """A note for each service whose ratio is another one side by side than alone."""
    return [
        f"{service_of(task, place.label).title}: {alone_text(place)}, which decides: one hinders the other more"
        for place in workload.places
        if place.beside is not None
    ]


def _undecided_note(task: FieldTask, workload: FieldWorkload) -> list[str]:
    titles = {service.label: service.title for service in task.services}
    pairs = [
        f"{titles[pair.numerator]} / {titles[pair.denominator]} ({comparison_cell(pair).value} {comparison_cell(pair).detail})"
        for pair in undecided(workload, task.run.direct_pairs)
    ]
    return [f"neighbours that tie, those first that a direct pair would tell first: {', '.join(pairs)}"] if pairs else []


def matrix_table(task: FieldTask, workload: FieldWorkload) -> Table:
    """Who needs less CPU per request than whom: the row's over the column's where the row wins, "=" where they tie, "?" where
    they cannot be compared; empty where the row loses.
    """
    between = said_between(workload)
    labels = [place.label for place in workload.places]
    rows = [
        (service_of(task, label).title, [_said_cell(between.get((label, other)), label == other) for other in labels])
        for label in labels
    ]
    heads = [f"{rank_text(place)} {place.label}" for place in workload.places]
    return Table(f"{title_of(task, workload)}: who beats whom", heads, rows)


def _said_cell(relation: tuple[Said, Comparison] | None, is_itself: bool) -> Cell:
    if is_itself:
        return Cell("·")
    if relation is None:
        return Cell(NOT_COMPARABLE)
    said, pair = relation
    if said == "win" and pair.ratio is not None:
        return Cell(number(pair.ratio))
    return Cell({"tie": TIE, "not comparable": NOT_COMPARABLE}.get(said, ""))


def cold_table(task: FieldTask) -> Table | None:
    """What each service takes from its start until it is as fast as its figures say; None where the run says nothing of it."""
    rows = [(service.title, _cold_cells(service)) for service in task.services if service.cold_start is not None]
    heads = ["first right response, ms", "load until settled, s", "CPU until settled, s"]
    return Table(f"{task.name}: cold start", heads, rows) if rows else None


READY = m.Metric("ready_ms", "first right response", "ms", "lower", m.significant(3))


def _cold_cells(service: FieldService) -> list[Cell]:
    cold = service.cold_start
    assert cold is not None
    over = "" if cold.has_settled else "over "
    load = Cell("–") if cold.load_s is None else Cell(f"{over}{cold.load_s:.1f}" if cold.load_s else "at once")
    cpu = Cell("–") if cold.cpu_s is None else Cell(f"{over}{cold.cpu_s:.2f}")
    return [figure_cell(READY, cold.ready_ms), load, cpu]


def http_table(result: FieldResult) -> Table:
    """Each service's score by task, its findings by severity, and the worst of them."""
    services = services_of(result)
    rows = []
    for label, title in services.items():
        scores = [next((service for service in task.services if service.label == label), None) for task in result.tasks]
        findings = findings_of(result, label)
        worst = findings[0] if findings else None
        counts = [str(sum(finding.severity == severity for finding in findings)) for severity in SEVERITIES]
        measured = any(score is not None and score.http is not None for score in scores)
        rows.append(
            (
                title,
                [
                    *(Cell("–" if score is None else score_text(score.http, [])) for score in scores),
                    *(Cell(count if measured else "–") for count in counts),
                    Cell(f"{worst.severity}: {worst.says}" if worst else "none" if measured else "–"),
                ],
            )
        )
    heads = [*(task.name for task in result.tasks), *SEVERITIES, "worst finding"]
    return Table("HTTP cases passed, and what those that failed mean", heads, rows)


def services_of(result: FieldResult) -> dict[str, str]:
    """Return the titles of all services by label."""
    return {service.label: service.title for task in result.tasks for service in task.services}


def findings_of(result: FieldResult, label: str) -> list[Finding]:
    """Return a service's findings under all tasks, each once with all its cases, the most severe first."""
    findings: dict[str, Finding] = {}
    for task in result.tasks:
        for service in task.services:
            for finding in service.findings if service.label == label else ():
                cases = [*findings[finding.id].cases, *finding.cases] if finding.id in findings else finding.cases
                findings[finding.id] = finding.replace(cases=list(dict.fromkeys(cases)))
    return sorted(findings.values(), key=lambda finding: SEVERITIES.index(finding.severity))


def whose_findings(result: FieldResult) -> dict[str, list[tuple[str, str]]]:
    """Return by the id of a finding the titles of the services that have it, each with its cases in words."""
    owners: dict[str, list[tuple[str, str]]] = {}
    for label, title in services_of(result).items():
        for finding in findings_of(result, label):
            owners.setdefault(finding.id, []).append((title, cases_in_words(finding.cases)))
    return owners
