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
    from loadgen.setup.inferno import INFERNO_VERSION, install_inferno, is_installed
    from loadgen.setup.install import install_packages
    from loadgen.setup.oha import install_oha
    from loadgen.setup.requirements import find_all, needed_by
    from primebench.needs import missing_tools, parts_of

    project = find_project(example)
    parts = parts_of(project)
    needed = needed_by(parts)
    missing = [finding for finding in find_all(needed) if not finding.ok]
    for finding in missing:
        echo(f"{finding.requirement.name}: {finding.verdict}; {finding.requirement.purpose}")
    tools = missing_tools(project)
    if dry_run:
        lacking = [f"inferno {INFERNO_VERSION}: missing; draws flame graphs"] if flame_graphs and not is_installed() else []
        for line in (*tools, *lacking):
            echo(line)
        echo("nothing is missing" if not (missing or tools or lacking) else "nothing was installed: --dry-run")
        return
    install_packages(missing)
    if "oha" in parts:
        install_oha()
    if flame_graphs:
        install_inferno()
    if "native" in parts:
        GENERATORS["native"].find(echo)
    left = [finding for finding in find_all(needed) if not finding.ok]
    fail_with(
        [
            *(f"{finding.requirement.name}: {finding.verdict}; install: {finding.requirement.install}" for finding in left),
            *tools,
        ]
    )
    echo("ready: " + ", ".join(GENERATORS[name].name for name in ("native", "oha") if name in parts))
