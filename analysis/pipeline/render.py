"""Everything that is made from a finished run: summary.json, tables, plots, report.html. Can be made again at any time."""

from pathlib import Path

from analysis.audit.model import read_published
from analysis.audit.tables import claims_tables, conditions_lines
from analysis.microbench.tables import microbench_tables
from analysis.model.standing import main_workload
from analysis.model.summary import Summary, read_summary, write_summary
from analysis.pipeline.plots import every_plot
from analysis.pipeline.summarise import ScaleOf, summarise
from analysis.report.headline import answer
from analysis.report.html import Fold, Part, write_report
from analysis.tables.formats import FORMATS
from analysis.tables.markdown import escaped, markdown
from analysis.tables.table import Table
from analysis.tables.workload import run_tables, tables_of, tables_of_one
from analysis.trial.trimmed import is_trimmed
from loadgen.errors import Error

TABLE_FILES = {"table.csv": FORMATS["csv"], "table.json": FORMATS["json"]}


def every_table(summary: Summary, *, whole: bool = False) -> list[Table]:
    """Of the load trials, of what was published, then of the microbenchmarks. What is shown at the end of a run is short, the
    `whole` shows how each verdict on what was published follows.
    """
    microbench = microbench_tables(summary.microbench) if summary.microbench else []
    return [*tables_of(summary), *claims_tables(summary, whole=whole), *microbench]


def render(run_folder: Path, published: Path, scale_of: ScaleOf) -> Summary:
    """Analyse the run and write every file that shows it into its folder.

    A run that was kept without its raw rows (results/reference) is shown as it was analysed when it had them.
    """
    summary = analysed(run_folder, published, scale_of)
    try:
        if not is_trimmed(run_folder):
            write_summary(summary, run_folder / "summary.json")
        write_files(summary, run_folder)
    except OSError as error:
        raise Error(f"{error.filename or run_folder}: {error.strerror}; the run's records are kept, render it again") from error
    return summary


def analysed(run_folder: Path, published: Path, scale_of: ScaleOf) -> Summary:
    """The run's summary, made from its records; of one that was kept without its raw rows, as it was kept."""
    if is_trimmed(run_folder):
        return read_summary(run_folder / "summary.json")
    return summarise(run_folder, read_published(published), scale_of)


def write_files(summary: Summary, folder: Path) -> None:
    """Write what shows a summary: tables, plots, report. Raises OSError."""
    (folder / "table.md").write_text(page(summary), encoding="utf-8")
    for name, written in TABLE_FILES.items():
        (folder / name).write_bytes(written(every_table(summary, whole=True)).encode("utf-8"))
    if summary.microbench:
        (folder / "microbench.json").write_text(summary.microbench.model_dump_json(indent=2) + "\n", encoding="utf-8")
    write_report(summary, parts_of(summary), every_plot(summary, folder / "plots"), folder / "report.html")


def page(summary: Summary) -> str:
    """table.md: the answer, then every table."""
    return "\n\n".join([*map(escaped, answer(summary)), markdown(every_table(summary, whole=True))])


def parts_of(summary: Summary) -> list[Part]:
    """The sections of the report that consist of tables."""
    microbench = microbench_tables(summary.microbench) if summary.microbench else []
    conditions = " · ".join(conditions_lines(summary.audit)) if summary.audit else ""
    return [
        Part("workloads", "Every workload", "", run_tables(summary), _folds(summary)),
        Part("published", "What was published", conditions, claims_tables(summary, whole=True)),
        Part("parts", "The parts by themselves", "", microbench),
    ]


def _folds(summary: Summary) -> list[Fold]:
    """The tables of each workload; those of the main one are open."""
    workload_tables = [(workload, tables_of_one(summary, workload)) for workload in summary.workloads]
    main = (
        main_workload([workload for workload, tables in workload_tables if tables])
        if any(tables for _, tables in workload_tables)
        else None
    )
    return [
        Fold(f"{workload.name}: {workload.label}", tables, workload is main) for workload, tables in workload_tables if tables
    ]
