"""primebench report"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

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

if TYPE_CHECKING:
    from analysis.tables.table import Table
    from loadgen.strict import Strict


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
    form = WHOLE if as_json else written_as
    if is_field(folder):
        from analysis.field.page import every_table as every_table_of_a_field
        from analysis.field.render import render

        options.refuse_beside(f"{folder}:", "a field has one screen, which is printed", ["verbose"])
        _print(form, lambda: render(folder), every_table_of_a_field, lambda: print_field(make_console(), folder))
    elif is_regression_check(folder):
        from analysis.regress.render import render_regress

        if written_as != "text" or verbose:
            asked = "--verbose" if verbose else f"--format {written_as}"
            raise Error(f"{asked}: a regression check has no tables; --json prints its verdict")
        _print(form, lambda: render_regress(folder, {}), lambda _: [], lambda: _print_check(folder))
    elif is_curve(folder):
        from analysis.curve.render import render_curve
        from analysis.curve.table import curve_table

        options.refuse_beside(f"{folder}:", "capacity curves have one table, which is printed", ["verbose"])
        _print(
            form,
            lambda: render_curve(folder),
            lambda result: [curve_table(result)],
            lambda: print_curve(make_console(), folder),
        )
    else:
        summary = render_run(folder)
        whole = partial(every_table, whole=True)
        _print(form, lambda: summary, whole, lambda: print_run(make_console(), summary, folder, verbose=verbose))


WHOLE = "all there is, as JSON"
Result = TypeVar("Result", bound="Strict")


def _print(
    form: str, render: Callable[[], Result], tables: Callable[[Result], "list[Table]"], print_whole: Callable[[], object]
) -> None:
    """Print what was analysed as JSON, as a person reads it, or its tables in a format for other programs."""
    if form == WHOLE:
        write(render().model_dump_json(indent=2) + "\n")
    elif form == "text":
        print_whole()
    else:
        print_tables(tables(render()), form)


def _print_check(folder: Path) -> None:
    console = make_console()
    if print_verdict(console, folder).explanations:
        print_explanations(console, folder)
