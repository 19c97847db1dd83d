"""Printing: on the console for people, to the byte for programs; messages of failures."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loadgen.one_line import one_line
from primebench.exit_codes import ExitCode
from primebench.paths import near
from primebench.project import PRIME

if TYPE_CHECKING:
    from rich.console import Console

    from analysis.curve.model import CurveResult
    from analysis.field.model import FieldResult
    from analysis.model.summary import Summary
    from analysis.regress.model import RegressResult
    from analysis.tables.table import Table
    from loadgen.run.run import Finished


def make_console() -> "Console":
    """Return the console on standard output, with colours as `--color` says."""
    from analysis.text.console import make_console

    context = click.get_current_context(silent=True)
    return make_console(colours=context.color if context else None)


def echo(line: str) -> None:
    """Print a line that has text from outside in it."""
    click.echo(one_line(line))


def write(text: str) -> None:
    """Print what other programs read: in UTF-8 and to the byte, whatever the terminal shows."""
    click.echo(text.encode("utf-8", errors="backslashreplace"), nl=False)


def fail_with(faults: list[str]) -> None:
    """Print a line for each fault and exit with ERROR, if there are any."""
    for fault in faults:
        click.echo(f"primebench: {one_line(fault)}", err=True)
    if faults:
        sys.exit(ExitCode.ERROR)


def render_run(folder: Path) -> "Summary":
    """Analyse the run and write its tables, plots and report."""
    from analysis.pipeline.render import render
    from loadgen.task.find import scale_of

    return render(folder, PRIME / "results" / "published", scale_of)


def print_tables(tables: "list[Table]", written_as: str) -> None:
    """Print tables on the console, or in a format for other programs."""
    from analysis.tables.formats import FORMATS
    from analysis.tables.markdown import print_table

    if written_as != "text":
        write(FORMATS[written_as](tables))
        return
    console = make_console()
    for table in tables:
        print_table(console, table)


def print_run(console: "Console", summary: "Summary", folder: Path, *, verbose: bool = False) -> None:
    """Print one screen of what a run found and where its files are; `verbose` prints every table before.

    A run without load has no such screen: its tables are printed.
    """
    from analysis.pipeline.render import every_table
    from analysis.report.screen import WIDTH, screen
    from analysis.tables.markdown import print_table
    from analysis.text.ascii import in_encoding
    from analysis.text.printable import printable

    if verbose or not summary.workloads:
        for table in every_table(summary):
            print_table(console, table)
    answer, rest = screen(summary, min(WIDTH, console.width))
    for lines, style in ((answer, "" if console.no_color else "bold"), (rest, "")):
        for line in lines:
            console.print(in_encoding(printable(line), console.encoding), style=style, markup=False, soft_wrap=True)
    console.print(f"\nrun: {near(folder)}\nreport: {near(folder / 'report.html')}", soft_wrap=True)


def finish_run(console: "Console", finished: "Finished", *, verbose: bool = False) -> None:
    """Render and print a run that was just measured; exit with ERROR if anything was not as it should be."""
    from analysis.model.summary import fatal_lines

    summary = render_run(finished.folder.path)
    print_run(console, summary, finished.folder.path, verbose=verbose)
    fail_with([*finished.faults, *fatal_lines(summary)])


def print_self_check(console: "Console", folder: Path, exports: tuple[tuple[str, Path], ...]) -> None:
    """Replay a self-check, write it into the run's folder and where it is exported to, and print it."""
    from analysis.regress.render import render_self_check

    write(render_self_check(folder, exports))
    console.print(f"\nrun: {near(folder)}", soft_wrap=True)


def print_verdict(console: "Console", folder: Path, exports: tuple[tuple[str, Path], ...] = ()) -> "RegressResult":
    """Judge a regression check, write its verdict, plot and exports, and print it."""
    from analysis.regress.render import render_regress, show_regress

    result = render_regress(folder, {file: name for name, file in exports})
    show_regress(console, result)
    console.print(f"run: {near(folder)}", soft_wrap=True)
    return result


def print_explanations(console: "Console", folder: Path, exports: tuple[tuple[str, Path], ...] = ()) -> None:
    """Write the verdict's files again, with what explains it, and print that, with where its pages are."""
    from analysis.regress.render import render_regress, show_explanations

    result = render_regress(folder, {file: name for name, file in exports})
    show_explanations(console, result)
    for page in (page for explanation in result.explanations for page in explanation.flame_graphs):
        console.print(f"flame graph: {near(folder / page)}", soft_wrap=True)
    console.print(f"all of it: {near(folder / 'verdict.md')}", soft_wrap=True)


def print_field(console: "Console", folder: Path) -> "FieldResult":
    """Write a field's tables, charts and page into its folder, and print a table a task."""
    from analysis.field.render import render
    from analysis.field.screen import WIDTH, screen
    from analysis.text.ascii import in_encoding
    from analysis.text.printable import printable

    result = render(folder)
    for line in screen(result, min(WIDTH, console.width)):
        console.print(in_encoding(printable(line), console.encoding), markup=False, soft_wrap=True)
    console.print(f"\nfield: {near(folder)}\npage: {near(folder / 'field.md')}", soft_wrap=True)
    return result


def print_curve(console: "Console", folder: Path) -> "CurveResult":
    """Analyse capacity curves, write their files, and print what they found."""
    from analysis.curve.render import render_curve, show_curve

    result = render_curve(folder)
    show_curve(console, result)
    console.print(f"run: {near(folder)}", soft_wrap=True)
    return result
