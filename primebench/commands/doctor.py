"""primebench doctor"""

import json
import sys

import click

from primebench import options
from primebench.exit_codes import ExitCode
from primebench.project import find_project
from primebench.schemas import SCHEMAS


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@options.example
def doctor(as_json: bool, example: str | None) -> None:
    """What is installed, what is missing, how to install it; whether this machine is fit to measure.

    Example: primebench doctor
    """
    from loadgen.setup.checkup import examine
    from loadgen.setup.requirements import needed_by
    from primebench.needs import parts_of

    checkup = examine(needed_by(parts_of(find_project(example))))
    if as_json:
        click.echo(json.dumps({"schema_version": SCHEMAS["doctor"]} | checkup.as_json(), indent=2))
    else:
        for line in checkup.lines():
            click.echo(line)
    if not checkup.whole:
        sys.exit(ExitCode.ERROR)
