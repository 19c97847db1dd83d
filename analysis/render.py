"""Everything that is made from a finished run: summary.json, table.md, plots, report.html. Can be made again at any time."""

from pathlib import Path

from analysis.claims import read_published
from analysis.plot import write_plots
from analysis.plot_load import write_load_plots
from analysis.plot_microbench import write_microbench_plots
from analysis.render_table import markdown
from analysis.report import write_report
from analysis.summarise import summarise
from analysis.summary import Summary, write_summary
from analysis.table import Table, tables_of
from analysis.table_microbench import microbench_tables
from loadgen.trouble import Trouble


def every_table(summary: Summary) -> list[Table]:
    """Of the load trials, then of the microbenchmarks."""
    return [*tables_of(summary), *(microbench_tables(summary.microbench) if summary.microbench else [])]


def render(run_folder: Path, published: Path) -> Summary:
    """Analyse the run and write every file that shows it into its folder."""
    summary = summarise(run_folder, read_published(published))
    tables = every_table(summary)
    try:
        write_summary(summary, run_folder / "summary.json")
        (run_folder / "table.md").write_text(markdown(tables), encoding="utf-8")
        plots = [*write_plots(summary, run_folder / "plots"), *write_load_plots(summary, run_folder / "plots")]
        if summary.microbench:
            plots += write_microbench_plots(summary.microbench, run_folder / "plots")
            (run_folder / "microbench.json").write_text(summary.microbench.model_dump_json(indent=2) + "\n", encoding="utf-8")
        write_report(summary, tables, plots, run_folder / "report.html")
    except OSError as error:
        raise Trouble(
            f"{error.filename or run_folder}: {error.strerror}; the run's records are kept, render it again"
        ) from error
    return summary
