"""primebench archive"""

from pathlib import Path

import click

from loadgen.errors import Error
from primebench import options
from primebench.output import echo, fail_with, print_tables, write
from primebench.paths import near
from primebench.project import find_project

archive_place = click.option(
    "--in", "place", type=options.FolderOrStore(), help="The archive, or its s3:// URI. [archive/ in the results]"
)


@click.group()
def archive() -> None:
    """Keep runs for good, a folder a run, and ask all of them: ratios are pooled over machines, values never.

    Example: primebench archive add results/latest
    """


@archive.command()
@click.argument("runs", nargs=-1, required=True, type=options.PathText())
@click.option("--to", "place", type=options.FolderOrStore(), help="The archive, or its s3:// URI. [archive/ in the results]")
def add(runs: tuple[Path, ...], place: Path | str | None) -> None:
    """Add finished RUNS, with all of their raw rows. One that is there already is left as it is.

    Example: primebench archive add results/latest --to ../benchmarks/archive
    """
    from analysis.archive.store import add_to
    from analysis.pipeline.find_runs import find_run
    from loadgen.task.find import scale_of

    project = find_project()
    for run in runs:
        folder = find_run(run, (Path(), project.folder, project.results / "runs"))
        kept, is_new = add_to(_archive(place), folder, scale_of)
        echo(f"{'added' if is_new else 'there already'}: {near(kept)}")


@archive.command()
@archive_place
def check(place: Path | str | None) -> None:
    """Analyse every run of the archive again, and compare every figure.

    Example: primebench archive check --in archive
    """
    from analysis.archive.check import check
    from analysis.archive.store import opened
    from loadgen.task.find import scale_of

    faults: list[str] = []
    with opened(_archive(place)) as archive:
        for folder, own_faults in check(archive.folder, scale_of):
            echo(f"{'differs' if own_faults else 'the same'}: {near(archive.shown(folder))}")
            faults += map(archive.in_words, own_faults)
    fail_with(faults)


@archive.command()
@click.argument("sql")
@archive_place
@options.table_format
def query(sql: str, place: Path | str | None, written_as: str) -> None:
    """Ask the archive by SQL; the tables are runs, figures, comparisons, trials and latencies. Needs primebench[archive].

    Example: primebench archive query "SELECT machine, count(*) FROM runs GROUP BY machine"
    """
    from analysis.archive.answer import FORMATS, answer_table
    from analysis.archive.query import query
    from analysis.archive.store import opened

    with opened(_archive(place)) as archive:
        answer = query(archive.folder, sql)
    if written_as == "text":
        print_tables([answer_table(answer)], written_as)
    else:
        write(FORMATS[written_as](answer))


@archive.command()
@click.option("--task", metavar="NAME", help="Of this task alone.")
@click.option("--workload", metavar="NAME", help="Of this workload alone.")
@click.option("--metric", metavar="NAME", help="Of this metric alone, named as in summary.json: cpu_per_request_us.")
@archive_place
@options.table_format
def ratios(task: str | None, workload: str | None, metric: str | None, place: Path | str | None, written_as: str) -> None:
    """Every pair's ratio on each machine, and pooled over them by random effects.

    Example: primebench archive ratios --metric cpu_per_request_us
    """
    from analysis.archive.place import runs_of
    from analysis.archive.ratios import Wanted, pooled_ratios
    from analysis.archive.store import opened
    from analysis.archive.tables import ratio_tables

    with opened(_archive(place)) as archive:
        every_ratio = pooled_ratios(runs_of(archive.folder), Wanted(task, workload, metric))
        if not every_ratio:
            raise Error(f"{archive.folder}: no such ratios; expected names as in: primebench archive query ...")
    print_tables(ratio_tables(every_ratio), written_as)


def _archive(address: Path | str | None) -> Path | str:
    return address or find_project().results / "archive"
