"""primebench setup"""

import click

from primebench import options
from primebench.output import echo, fail_with
from primebench.project import find_project


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be installed and why, and install nothing.")
@click.option("--flame-graphs", is_flag=True, help="Build inferno, too, which draws those of regress: needs cargo.")
@options.example
def setup(dry_run: bool, flame_graphs: bool, example: str | None) -> None:
    """Install what the project needs: Debian packages, and the load generators that it uses, once a machine.

    Compilers of services are yours to install; what is missing of them is named.

    Example: primebench setup
    """
    from loadgen.generator.choice import GENERATORS
    from loadgen.setup.inferno import install_inferno
    from loadgen.setup.install import install_packages
    from loadgen.setup.oha import install_oha
    from loadgen.setup.requirements import find_all, needed_by
    from primebench.needs import missing_tools, parts_of

    project = find_project(example)
    parts = parts_of(project)
    needed = needed_by(parts)
    missing = [one for one in find_all(needed) if not one.ok]
    for one in missing:
        echo(f"{one.requirement.name}: {one.verdict}; {one.requirement.purpose}")
    tools = missing_tools(project)
    if dry_run:
        for line in tools:
            echo(line)
        echo("nothing is missing" if not missing and not tools else "nothing was installed: --dry-run")
        return
    install_packages(missing)
    if "oha" in parts:
        install_oha()
    if flame_graphs:
        install_inferno()
    if "native" in parts:
        GENERATORS["native"].find(echo)
    left = [one for one in find_all(needed) if not one.ok]
    fail_with([*(f"{one.requirement.name}: {one.verdict}; install: {one.requirement.install}" for one in left), *tools])
    echo("ready: " + ", ".join(GENERATORS[name].name for name in ("native", "oha") if name in parts))
