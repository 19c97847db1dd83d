"""primebench archive"""

from pathlib import Path

import click

from loadgen.errors import Error
from primebench import options
from primebench.output import echo, fail_with, print_tables, write
from primebench.paths import near
from primebench.project import find_project

folder_of_archive = click.option(
    "--in", "folder", type=options.PathText(), help="The archive, instead of archive/ among the project's results."
)


@click.group()
def archive() -> None:
    """Keep runs for good, a folder a run, and ask all of them: ratios are pooled over machines, values never.

    Example: primebench archive add results/latest
    """


@archive.command()
@click.argument("runs", nargs=-1, required=True, type=options.PathText())
@click.option("--to", "folder", type=options.PathText(), help="The archive, instead of archive/ among the project's results.")
def add(runs: tuple[Path, ...], folder: Path | None) -> None:
    """Add finished RUNS, with all of their raw rows. One that is there already is left as it is.

    Example: primebench archive add results/latest --to ../benchmarks/archive
    """
    from analysis.archive.add import add
    from analysis.pipeline.find_runs import find_run
    from loadgen.task.find import scale_of

    project = find_project()
    for run in runs:
        found = find_run(run, (Path(), project.folder, project.results / "runs"))
        place, is_new = add(found, _place(folder), scale_of)
        echo(f"{'added' if is_new else 'there already'}: {near(place)}")


@archive.command()
@folder_of_archive
def check(folder: Path | None) -> None:
    """Analyse every run of the archive again, and compare every figure.

    Example: primebench archive check --in archive
    """
    from analysis.archive.check import check
    from loadgen.task.find import scale_of

    faults = []
    for place, found in check(_place(folder), scale_of):
        echo(f"{'differs' if found else 'the same'}: {near(place)}")
        faults += found
    fail_with(faults)


@archive.command()
@click.argument("sql")
@folder_of_archive
@options.table_format
def query(sql: str, folder: Path | None, written_as: str) -> None:
    """Ask the archive by SQL; the tables are runs, figures, comparisons, trials and latencies. Needs primebench[archive].

    Example: primebench archive query "SELECT machine, count(*) FROM runs GROUP BY machine"
    """
    from analysis.archive.answer import FORMATS, answer_table
    from analysis.archive.query import query

    answer = query(_place(folder), sql)
    if written_as == "text":
        print_tables([answer_table(answer)], written_as)
    else:
        write(FORMATS[written_as](answer))


@archive.command()
@click.option("--task", metavar="NAME", help="Of this task alone.")
@click.option("--workload", metavar="NAME", help="Of this workload alone.")
@click.option("--metric", metavar="NAME", help="Of this metric alone, named as in summary.json: cpu_per_request_us.")
@folder_of_archive
@options.table_format
def ratios(task: str | None, workload: str | None, metric: str | None, folder: Path | None, written_as: str) -> None:
    """Every pair's ratio on each machine, and pooled over them by random effects.

    Example: primebench archive ratios --metric cpu_per_request_us
    """
    from analysis.archive.place import runs_of
    from analysis.archive.ratios import Wanted, pooled_ratios
    from analysis.archive.tables import ratio_tables

    place = _place(folder)
    found = pooled_ratios(runs_of(place), Wanted(task, workload, metric))
    if not found:
        raise Error(f"{place}: no ratios of what was asked for; expected names as in: primebench archive query ...")
    print_tables(ratio_tables(found), written_as)


def _place(folder: Path | None) -> Path:
    return folder or find_project().results / "archive"
