"""The pages that show a field: field.md, docs/field.md, and what docs/reference/conformance.md says of findings."""

from analysis.field.model import FieldResult, FieldTask
from analysis.field.plot import CAPTION
from analysis.field.tables import cold_table, http_table, matrix_table, places_table, whose_findings
from analysis.tables.markdown import escaped, markdown
from analysis.tables.table import Table
from loadgen.conformance.findings import SEVERITIES, Kind, kinds
from loadgen.counted import counted
from loadgen.errors import Error

READING = (
    "The rank is the range of ranks that a service may have: services share ranks where nothing tells them apart. CPU per "
    "request is relative to the reference's, with the 95% interval of the ratio. `!` marks a figure that a check casts doubt "
    "on, and a score with a severe finding behind it; `~` a ratio of solo trials, for it is another one side by side: the "
    "notes have both."
)
MATRIX = (
    "A figure: the row needs so many times the CPU of the column, and is told to need less. `=`: they tie. `?`: not comparable."
)


def page(result: FieldResult, plots: str) -> str:
    """Return the whole page in Markdown; `plots` is where the charts are, as seen from it."""
    parts = [READING]
    for task in result.tasks:
        parts += _task_parts(task, plots)
    parts += ["## HTTP beside speed", markdown([http_table(result)])]
    cold = [table for task in result.tasks if (table := cold_table(task)) is not None]
    if cold:
        parts += ["## Cold start", markdown(cold)]
    parts += ["## Where the figures come from", *(_origin(task) for task in result.tasks)]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _task_parts(task: FieldTask, plots: str) -> list[str]:
    main, *others = task.workloads
    return [
        f"## {escaped(task.name)}",
        f"![CPU per request of each service under {escaped(task.name)}, times the reference's]({plots}/{task.name}.svg)",
        CAPTION,
        markdown([places_table(task, main)]),
        MATRIX,
        markdown([matrix_table(task, main)]),
        *(markdown([places_table(task, workload)]) for workload in others),
    ]


def every_table(result: FieldResult) -> list[Table]:
    """Return all tables of the field, in the page's order."""
    tables = [
        table
        for task in result.tasks
        for number, workload in enumerate(task.workloads)
        for table in [places_table(task, workload), *([] if number else [matrix_table(task, workload)])]
    ]
    return [*tables, http_table(result), *(table for task in result.tasks if (table := cold_table(task)) is not None)]


def _origin(task: FieldTask) -> str:
    run = task.run
    machine = run.machine
    virtual = f", a virtual machine ({machine.hypervisor})" if machine.hypervisor else ""
    given_up = f" To keep to its budget: {'; '.join(run.given_up)}." if run.given_up else ""
    beside = "; ".join(pair.in_words for pair in run.direct_pairs)
    direct = f" Direct pairs: {beside}." if beside else ""
    ended = "" if run.end_reason == "finished" else f" It did not finish: {run.end_reason or 'it was killed'}."
    dirty = ", changed" if run.dirty else ""
    return escaped(
        f"{task.name}: run {run.run_id}, profile {run.profile}, {counted(run.rounds, 'round')}, seed {run.seed}, "
        f"{run.started[:10]}, "
        f"commit {(run.commit or 'none')[:12]}{dirty}, {machine.cpu_model}, {counted(machine.cores, 'core')}{virtual}, "
        f"{machine.system}, "
        f"{run.generator}, {counted(run.server_threads, 'server thread')}.{ended}{given_up}{direct}"
    )


def findings_part(result: FieldResult | None) -> str:
    """Return every finding there can be, the most severe first, with what it means and, of a field, who has it."""
    whose = {} if result is None else whose_findings(result)
    parts = []
    for severity in SEVERITIES:
        parts.append(f"### {severity.capitalize()}")
        parts += [_finding(kind, whose.get(kind.id), known=result is not None) for kind in kinds() if kind.severity == severity]
    return "\n\n".join(parts) + "\n"


def _finding(kind: Kind, whose: list[tuple[str, str]] | None, *, known: bool) -> str:
    lines = [f"#### `{kind.id}`", "", f"*{kind.says}.* {kind.means}"]
    if known:
        services = "; ".join(f"{escaped(title)} ({escaped(cases)})" for title, cases in whose or [])
        lines += ["", f"In the field: {services or 'no service'}."]
    return "\n".join(lines)


def begin(part: str) -> str:
    """Return the line before a part of a page that is written by the command."""
    return f"<!-- {part}: begin (primebench reference writes this part) -->"


def end(part: str) -> str:
    """Return the line behind it."""
    return f"<!-- {part}: end -->"


def with_part(text: str, part: str, made: str, where: str) -> str:
    """Return the page with `made` between the part's two lines; raise Error if it lacks them."""
    first, last = begin(part), end(part)
    if first not in text or last not in text:
        raise Error(f"{where}: expected a line '{first}' and a line '{last}'")
    return f"{text[: text.index(first) + len(first)]}\n\n{made}\n{text[text.index(last) :]}"
