"""primebench report"""

from pathlib import Path

import click

from loadgen.errors import Error
from primebench import options
from primebench.output import (
    make_console,
    print_curve,
    print_explanations,
    print_field,
    print_run,
    print_tables,
    print_verdict,
    render_run,
    write,
)
from primebench.paths import near, real
from primebench.project import find_project


@click.command()
@options.run_folder
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of the tables.")
@options.table_format
@options.verbose
def report(run_folder: Path | None, as_json: bool, written_as: str, verbose: bool) -> None:
    """Make summary, tables, plots and report of a run or a field, or a regression check's verdict, again from records, without
    measuring.

    Example: primebench report results/latest
    """
    from analysis.curve.result import is_curve
    from analysis.field.read import is_field
    from analysis.pipeline.render import every_table
    from analysis.regress.result import is_regression_check

    options.check_one_format(as_json, written_as)
    if as_json or written_as != "text":
        options.refuse_beside("--json" if as_json else "--format", "prints all there is, for other programs", ["verbose"])
    latest = find_project().results / "latest"
    if run_folder is None and not latest.exists():
        raise Error(f"{near(latest)}: there is no run yet; primebench run makes one")
    folder = real(run_folder or latest)
    if is_field(folder):
        _report_field(folder, as_json, written_as)
        return
    if is_regression_check(folder):
        if written_as != "text" or verbose:
            asked = "--verbose" if verbose else f"--format {written_as}"
            raise Error(f"{asked}: a regression check has no tables; --json prints its verdict")
        _report_regression_check(folder, as_json)
        return
    if is_curve(folder):
        options.refuse_beside(f"{folder}:", "capacity curves have one table, which is printed", ["verbose"])
        _report_curve(folder, as_json, written_as)
        return
    summary = render_run(folder)
    if as_json:
        write(summary.model_dump_json(indent=2) + "\n")
    elif written_as == "text":
        print_run(make_console(), summary, folder, verbose=verbose)
    else:
        print_tables(every_table(summary, whole=True), written_as)


def _report_regression_check(folder: Path, as_json: bool) -> None:
    from analysis.regress.render import render_regress

    if as_json:
        write(render_regress(folder, {}).model_dump_json(indent=2) + "\n")
    else:
        console = make_console()
        if print_verdict(console, folder).explanations:
            print_explanations(console, folder)


def _report_curve(folder: Path, as_json: bool, written_as: str) -> None:
    from analysis.curve.render import render_curve
    from analysis.curve.table import curve_table

    if as_json:
        write(render_curve(folder).model_dump_json(indent=2) + "\n")
    elif written_as == "text":
        print_curve(make_console(), folder)
    else:
        print_tables([curve_table(render_curve(folder))], written_as)


def _report_field(folder: Path, as_json: bool, written_as: str) -> None:
    from analysis.field.page import every_table
    from analysis.field.render import render

    if as_json:
        write(render(folder).model_dump_json(indent=2) + "\n")
    elif written_as == "text":
        print_field(make_console(), folder)
    else:
        print_tables(every_table(render(folder)), written_as)
