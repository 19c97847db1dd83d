"""primebench hosts"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from primebench.clustered import released
from primebench.options import PathText
from primebench.output import echo, fail_with, print_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.tables.table import Table
    from loadgen.cluster.examine import Examined
    from loadgen.config.hosts import Host

hosts_file = click.argument("hosts_file", type=PathText())
wheel = click.option("--wheel", type=PathText(), help="That of this primebench, where it does not run from a checkout.")


@click.group()
def hosts() -> None:
    """Other machines: the same primebench on each, and whether they are fit to measure together.

    Example: primebench hosts check hosts.toml
    """


@hosts.command()
@hosts_file
@wheel
def check(hosts_file: Path, wheel: Path | None) -> None:
    """Look at each host of HOSTS_FILE: reach, version, digests, clock, cores, link; say what to mend.

    Example: primebench hosts check hosts.toml
    """
    with released(hosts_file, wheel) as (named, release):
        from loadgen.cluster.examine import examine_all
        from loadgen.cluster.until_stopped import run_until_stopped

        examined = run_until_stopped(examine_all(named, release))
    print_tables([hosts_table(named, examined)], "text")
    fail_with([fault for host in examined.values() for fault in host.faults])


@hosts.command()
@hosts_file
@wheel
@click.option("--wheels", type=PathText(), help="A folder with wheels of what the locks name: hosts need no package index.")
def install(hosts_file: Path, wheel: Path | None, wheels: Path | None) -> None:
    """Put this primebench and its generators on each host of HOSTS_FILE, and compare the digests.

    Example: primebench hosts install hosts.toml
    """
    with released(hosts_file, wheel) as (named, release):
        from loadgen.cluster.install import Copied, found_wheels, install_all
        from loadgen.cluster.until_stopped import run_until_stopped

        faults = run_until_stopped(install_all(named, Copied(release, found_wheels(wheels)), echo))
    fail_with(faults)


def hosts_table(hosts: "Mapping[str, Host]", examined: "Mapping[str, Examined]") -> "Table":
    """Return a table with a row for each host; what could not be told is a dash."""
    from analysis.tables.table import Cell, Table

    heads = ["address", "CPUs", "link, Mbit/s", "clock ahead, ms", "commit", "wheel"]
    rows = [(name, [Cell(text) for text in (host.address, *_cells(examined[name]))]) for name, host in hosts.items()]
    return Table("hosts", heads, rows)


def _cells(examined: "Examined") -> list[str]:
    from loadgen.cluster.found import wheel_of
    from loadgen.cluster.release import SHOWN_DIGITS

    found, clock = examined.found, examined.clock
    if found is None or clock is None:
        return ["–"] * 5
    return [
        str(found.cores),
        "–" if found.link_mbit_per_s is None else f"{found.link_mbit_per_s:,}",
        f"{clock.ahead_s * 1e3:.1f} ± {clock.uncertainty_s * 1e3:.1f}",
        found.commit or "–",
        wheel_of(found.digests)[:SHOWN_DIGITS] or "–",
    ]
