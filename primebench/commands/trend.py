"""primebench trend"""

from pathlib import Path

import click

from loadgen.errors import Error
from primebench.options import PathText
from primebench.output import write
from primebench.paths import near, real
from primebench.project import find_project


@click.command()
@click.option("--history", type=PathText(), help="Instead of history.jsonl among the project's results.")
@click.option("--out", type=PathText(), help="Folder for the plots, instead of trend/ among the project's results.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the summary; plots are written all the same.")
def trend(history: Path | None, out: Path | None, as_json: bool) -> None:
    """How metrics moved over the runs of a history: for reading, not for the verdict.

    Example: primebench trend --history results/history.jsonl
    """
    from analysis.trend.history import read_history
    from analysis.trend.plot import write_trend_plots
    from analysis.trend.text import lines_of
    from analysis.trend.trend import trends_of

    kept = find_project().results
    result = trends_of(read_history(history or kept / "history.jsonl"))
    folder = real(out or kept / "trend")
    try:
        plots = write_trend_plots(result, folder)
    except OSError as error:
        raise Error(f"{error.filename or folder}: {error.strerror}; choose another folder with --out") from error
    if as_json:
        write(result.model_dump_json(indent=2) + "\n")
        return
    for line in [*lines_of(result), "", *(f"plot: {near(path)}" for path in plots)]:
        click.echo(line)
