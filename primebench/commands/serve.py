"""primebench serve"""

import os
import sys

import click

from loadgen.errors import Error
from primebench import completion, options
from primebench.output import echo
from primebench.project import find_project


@click.command()
@click.argument("service", shell_complete=completion.services)
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Where it listens.")
@click.option("--threads", type=click.IntRange(1, 1024), help="Default: the number of usable cores.")
@options.example
def serve(service: str, port: int, threads: int | None, example: str | None) -> None:
    """Run a service in the foreground, to try it by hand.

    Example: primebench serve fiber:published --port 3000
    """
    from loadgen.build.build import build as build_contender
    from loadgen.config.contenders import contenders_named
    from loadgen.machine.topology import usable_cores
    from loadgen.system.signals import give_back
    from loadgen.trial.server import start_command, start_environment

    (contender,) = contenders_named((service,), find_project(example).folder)
    built = build_contender(contender, say=echo)
    how = contender, built.artefact, port, threads or len(usable_cores())
    command, environment = start_command(*how), start_environment(*how)
    sys.stdout.flush()
    give_back()
    try:
        os.execvpe(command[0], command, environment)
    except OSError as error:
        raise Error(f"{contender.label}: {command[0]}: {error.strerror}") from error
