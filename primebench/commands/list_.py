"""primebench list"""

import json

import click

from primebench import options
from primebench.output import echo
from primebench.project import find_project
from primebench.schemas import SCHEMAS


@click.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@options.example
def list_(as_json: bool, example: str | None) -> None:
    """Services and their variants, workloads, profiles.

    Example: primebench list
    """
    from loadgen.config.listing import listing, listing_lines
    from loadgen.config.project import read_scenarios
    from loadgen.config.service import services_of
    from loadgen.task.find import find_task

    project = find_project(example)
    scenarios = read_scenarios(project.asked(None))
    services = services_of(project.folder)
    if as_json:
        click.echo(json.dumps({"schema_version": SCHEMAS["list"]} | listing(services, scenarios), indent=2))
        return
    for line in listing_lines(services, scenarios, find_task(scenarios.task, project.folder)):
        echo(line)
