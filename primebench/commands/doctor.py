"""primebench doctor"""

import json
import sys

import click

from primebench.exit_codes import ExitCode
from primebench.schemas import SCHEMAS


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """What is installed, what is missing, how to install it; whether this machine is fit to measure.

    Example: primebench doctor
    """
    from loadgen.setup.checkup import examine

    checkup = examine()
    if as_json:
        click.echo(json.dumps({"schema_version": SCHEMAS["doctor"]} | checkup.as_json(), indent=2))
    else:
        for line in checkup.lines():
            click.echo(line)
    if not checkup.whole:
        sys.exit(ExitCode.ERROR)
