"""primebench list"""

import json

import click

from primebench.output import echo
from primebench.paths import CHECKOUT
from primebench.schemas import SCHEMAS


@click.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """Services and their variants, workloads, profiles.

    Example: primebench list
    """
    from loadgen.config.listing import listing, listing_lines
    from loadgen.config.scenarios import read_scenarios
    from loadgen.config.service import services_of
    from loadgen.task.find import find_task

    services, scenarios = services_of(CHECKOUT), read_scenarios(CHECKOUT / "scenarios.toml")
    if as_json:
        click.echo(json.dumps({"schema_version": SCHEMAS["list"]} | listing(services, scenarios), indent=2))
        return
    for line in listing_lines(services, scenarios, find_task(scenarios.task, CHECKOUT)):
        echo(line)
