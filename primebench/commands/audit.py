"""primebench audit"""

from pathlib import Path

import click

from loadgen.errors import Error
from primebench import options
from primebench.output import make_console, print_tables, write
from primebench.paths import real
from primebench.project import PRIME, find_project


@click.command()
@options.run_folder
@click.option("--json", "as_json", is_flag=True, help="Print the claims as JSON instead of the tables.")
@options.table_format
def audit(run_folder: Path | None, as_json: bool, written_as: str) -> None:
    """What was published beside what was measured: figures, ratios and causes, and how each verdict follows.

    Example: primebench audit results/latest
    """
    from analysis.audit.tables import claims_tables, conditions_lines
    from analysis.pipeline.render import analysed
    from analysis.regress.result import is_regression_check
    from analysis.text.printable import in_one_line
    from loadgen.task.find import scale_of

    options.check_one_format(as_json, written_as)
    folder = real(run_folder or find_project().results / "latest")
    if is_regression_check(folder):
        raise Error(f"{folder}: a regression check says nothing of published figures; give another run, or make bench")
    summary = analysed(folder, PRIME / "results" / "published", scale_of)
    if summary.audit is None:
        raise Error(f"{folder}: no load trials, or nothing in results/published/, so that nothing can be set beside it")
    if as_json:
        write(summary.model_dump_json(include={"schema_version", "claims", "audit"}, indent=2) + "\n")
        return
    if written_as == "text":
        for line in conditions_lines(summary.audit):
            make_console().print(in_one_line(line), soft_wrap=False, markup=False)
        click.echo()
    print_tables(claims_tables(summary, whole=True), written_as)
