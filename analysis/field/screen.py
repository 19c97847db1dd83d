"""What the terminal shows of a field: a table a task, best first, then what the services' HTTP does not keep. Pure."""

from collections.abc import Sequence

from analysis.field.model import FieldResult, FieldTask, FieldWorkload, Place, service_of
from analysis.field.places import rank_text, undecided
from analysis.field.words import figure_text, marks, not_measured, ratio_text, score_text, title_of
from analysis.model import metric as m
from analysis.report.screen import wrapped
from analysis.text.cut import cut, cut_within
from loadgen.conformance.findings import SEVERITIES
from loadgen.counted import counted
from loadgen.record.run import DirectPair

WIDTH = 80
LINES_A_TASK = 24
MOST_NAME = 14
LEGEND = "rank: those it may have · ! in doubt, severe · ? cannot tell · ~ of trials alone"


def screen(result: FieldResult, width: int = WIDTH) -> list[str]:
    """Return the lines of all tasks, none wider than `width`, at most 24 a task, and those of what HTTP is not kept."""
    tasks = [line for task in result.tasks for line in (*task_lines(task, width), "")]
    return [*tasks, *_http(result, width), cut(LEGEND, width)]


def task_lines(task: FieldTask, width: int = WIDTH) -> list[str]:
    """Return the table of a task's main workload, then its other workloads, and who was not measured."""
    main, *others = task.workloads
    beside = f"CPU side by side with {main.reference}, the rest alone" if main.paired else "of trials in turn"
    head = [cut(title_of(task, main), width), cut(beside, width), *_table(task, main, width)]
    absent = [cut(line, width) for line in not_measured(task)]
    more = [line for workload in others for line in wrapped(_in_a_line(workload), width, "    ")]
    near = [cut(line, width) for line in _undecided(main, task.run.direct_pairs)]
    room = LINES_A_TASK - len(head)
    lines = [*absent, *more, *near]
    if len(lines) <= room:
        return [*head, *lines]
    kept = lines[: max(room - 1, 0)]
    return [*head[:LINES_A_TASK], *kept, cut(f"and {counted(len(lines) - len(kept), 'more line')}: field.md", width)][
        :LINES_A_TASK
    ]


def _table(task: FieldTask, workload: FieldWorkload, width: int) -> list[str]:
    """A row a service; the languages are left out where the width is too small for them."""
    rows = [_row(task, place) for place in workload.places]
    heads = [
        ("", "rank"),
        ("", "service"),
        ("", "language"),
        ("CPU, times", f"{workload.reference}'s"),
        ("CPU/req", m.CPU_PER_REQUEST.unit),
        ("P99", m.LATENCY_P99.unit),
        ("RSS", m.RSS_LOADED.unit),
        ("HTTP", "cases"),
    ]
    columns = [[*head, *cells] for head, cells in zip(heads, zip(*rows, strict=True), strict=True)]
    lines = _lines(columns)
    if max(map(len, lines)) > width:
        lines = _lines([*columns[:2], *columns[3:]], left=2)
    return [cut(line, width) for line in lines]


def _lines(columns: Sequence[Sequence[str]], left: int = 3) -> list[str]:
    """Cells below each other, those of the first columns and the ratio at their left."""
    sizes = [max(map(len, column)) for column in columns]
    rows = zip(*columns, strict=True)
    return [
        "  ".join(
            f"{cell:<{size}}" if index <= left else f"{cell:>{size}}"
            for index, (cell, size) in enumerate(zip(row, sizes, strict=True))
        ).rstrip()
        for row in rows
    ]


def _row(task: FieldTask, place: Place) -> list[str]:
    service = service_of(task, place.label)
    return [
        rank_text(place),
        cut_within(place.label, MOST_NAME),
        cut(service.language, 8),
        ratio_text(place.ratio) + marks(place),
        figure_text(place, m.CPU_PER_REQUEST),
        figure_text(place, m.LATENCY_P99),
        figure_text(place, m.RSS_LOADED),
        score_text(service.http, service.findings),
    ]


def _in_a_line(workload: FieldWorkload) -> str:
    """Another workload: each service with its rank and its ratio."""
    parts = [
        f"{rank_text(place)} {place.label}" + ("" if place.ratio is None else f" {ratio_text(place.ratio).partition(' ')[0]}")
        for place in workload.places
    ]
    return f"{workload.name}: {' · '.join(parts)}"


def _undecided(workload: FieldWorkload, direct_pairs: Sequence[DirectPair]) -> list[str]:
    """The neighbours whose order a direct pair would tell first."""
    ties = undecided(workload, direct_pairs)
    if not ties:
        return []
    a, b = ties[0].numerator, ties[0].denominator
    return [f"{a} and {b} tie; side by side: primebench field --service {a},{b}"]


def _http(result: FieldResult, width: int) -> list[str]:
    """A line a severe finding, with whose it is; the others are counted."""
    whose: dict[str, tuple[str, str, dict[str, None]]] = {}
    for task in result.tasks:
        for service in task.services:
            for finding in service.findings:
                whose.setdefault(finding.id, (finding.severity, finding.says, {}))[2][service.label] = None
    if not whose:
        return []
    severe = [kind for kind in whose.values() if kind[0] == "severe"]
    lines = [f"HTTP: {'severe findings' if severe else 'no severe finding'} (what each means: docs/reference/conformance.md)"]
    for _, says, labels in severe:
        lines += [f"! {says}", *wrapped(f"    {', '.join(labels)}", width, "    ")]
    counts = [f"{sum(kind[0] == severity for kind in whose.values())} {severity}" for severity in SEVERITIES[1:]]
    return [cut(line, width) for line in (*lines, f"{'and ' if severe else ''}{', '.join(counts)}: field.md")]
