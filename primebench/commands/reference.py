"""primebench reference"""

from pathlib import Path

import click

from loadgen.errors import Error
from primebench import options
from primebench.output import render_run
from primebench.paths import CHECKOUT, real


@click.command()
@options.run_folder
def reference(run_folder: Path | None) -> None:
    """Keep a run as the one that README.md shows: results/reference/; a run with microbenchmarks in results/microbench/, one of
    the profile audit or article in results/audit/, a field in results/field/.

    Example: primebench reference results/latest
    """
    from analysis.field.keep import keep_field
    from analysis.field.read import is_field
    from analysis.field.render import render
    from analysis.pipeline.publish import keep
    from analysis.regress.result import is_regression_check

    folder = real(run_folder or CHECKOUT / "results" / "latest")
    if is_field(folder):
        keep_field(render(folder), CHECKOUT)
        return
    if is_regression_check(folder):
        raise Error(f"{folder}: a regression check is no run to show; give another run, or make bench")
    keep(render_run(folder), folder, CHECKOUT)
