"""primebench list"""

import json
import textwrap

import click

from loadgen.one_line import one_line
from primebench import options
from primebench.output import make_console
from primebench.project import find_project
from primebench.schemas import SCHEMAS


@click.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@options.example
def list_(as_json: bool, example: str | None) -> None:
    """Services and their variants, workloads, profiles.

    Example: primebench list
    """
    from loadgen.config.listing import listing, listing_parts
    from loadgen.config.project import read_scenarios
    from loadgen.config.service import services_of
    from loadgen.task.find import find_task

    project = find_project(example)
    scenarios = read_scenarios(project.asked(None))
    services = services_of(project.folder)
    if as_json:
        click.echo(json.dumps({"schema_version": SCHEMAS["list"]} | listing(services, scenarios), indent=2))
        return
    width = make_console().width
    for heading, rows in listing_parts(services, scenarios, find_task(scenarios.task, project.folder)).items():
        click.echo(heading)
        column = max((len(name) for name, _ in rows), default=0)
        indent = " " * min(column + 4, 2 * width // 3)
        for name, what in rows:
            line = one_line(f"  {name:{column}}  {what}")
            click.echo("\n".join(textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False)))
