"""primebench compare"""

from pathlib import Path

import click

from primebench import options
from primebench.output import print_tables, write
from primebench.project import PRIME, find_project


@click.command()
@click.argument("runs", nargs=-1, type=options.PathText())
@click.option(
    "--baseline",
    "over",
    metavar="LABEL",
    help="The baseline within each run; default: the first service of both whose binary kept its size, else the first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON instead of the tables.")
@options.table_format
def compare(runs: tuple[Path, ...], over: str | None, as_json: bool, written_as: str) -> None:
    """What changed between runs of one machine; the ratios of several machines side by side; what was published beside both.

    A run is its folder, its ID, or a folder that keeps a summary.json.

    Example: primebench compare results/latest results/reference
    """
    from analysis.compare.compare import compared
    from analysis.compare.tables import compare_tables
    from analysis.pipeline.find_runs import read_compared
    from loadgen.task.find import scale_of

    options.check_one_format(as_json, written_as)
    project = find_project()
    places, published = (Path(), project.folder, project.results / "runs"), PRIME / "results" / "published"
    result = compared([read_compared(run, places, published, scale_of) for run in runs], over)
    if as_json:
        write(result.model_dump_json(indent=2) + "\n")
    else:
        print_tables(compare_tables(result), written_as)
