"""primebench build"""

import click

from loadgen.errors import Error
from primebench import completion, options
from primebench.output import echo, fail_with
from primebench.project import find_project


@click.command()
@click.argument("services", nargs=-1, shell_complete=completion.services)
@click.option("--fresh", is_flag=True, help="Build again from the beginning, even if nothing has changed.")
@options.example
def build(services: tuple[str, ...], fresh: bool, example: str | None) -> None:
    """Build services, with build times and binary sizes. A build that was interrupted goes on, and is not timed.

    Example: primebench build cpp fiber
    """
    from loadgen.build.build import build as build_contender
    from loadgen.build.build import is_under_way
    from loadgen.config.contenders import contenders_named
    from loadgen.run.prepare import reason_of

    faults = []
    for contender in contenders_named(services, find_project(example).folder):
        try:
            built = build_contender(contender, fresh=fresh, timed=fresh or not is_under_way(contender), say=echo)
        except Error as error:
            faults.append(f"{contender.label}: {reason_of(error, contender)}")
            continue
        record = built.record
        times = ", ".join(f"{seconds:.2f}" for seconds in record.incremental_build_s)
        incremental = f"incremental {times} s" if times else "incremental not timed"
        clean = f"clean not timed ({record.untimed})" if record.untimed else f"clean {record.clean_build_s:.1f} s"
        echo(f"{contender.label}: {clean}, {incremental}, {record.binary_bytes / 1e6:.2f} MB, built {record.built_at}")
    fail_with(faults)
