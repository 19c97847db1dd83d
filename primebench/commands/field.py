"""primebench field"""

import time
from typing import TYPE_CHECKING, Any

import click

from primebench import completion, options
from primebench.options import NameList, PathText
from primebench.output import fail_with, make_console, print_field, render_run
from primebench.paths import real
from primebench.project import find_project
from primebench.rules import rules_of

if TYPE_CHECKING:
    from loadgen.run.run import Finished


@click.command()
@click.option(
    "--service",
    "services",
    type=NameList(completion.services),
    multiple=True,
    help="Only these services, variants or folders; the first is what all others are paired with.",
)
@click.option(
    "--profile",
    default="field",
    show_default=True,
    shell_complete=completion.profiles,
    help="That of each task's scenarios.",
)
@click.option(
    "--budget", type=options.Duration(), default="1h", show_default=True, help="Take no longer than this, builds included."
)
@click.option("--resume", "interrupted", metavar="ID", help="Go on with an interrupted field: its ID, or its folder.")
@click.option("--results", type=PathText(), help="Instead of the checkout's results/.")
@options.example
def field(**command_line: Any) -> None:
    """Measure many services under the tasks that come with primebench, prime, plaintext and json, and print a table a task.

    Each task is a run of its own; builds and verification are shared. A service that cannot be built is not measured, and the
    others are.

    Example: primebench field --budget 1h
    """
    from analysis.model.summary import fatal_lines
    from loadgen.field.session import FieldSession
    from loadgen.run.reporter import reporter_for

    until_s = time.monotonic() + command_line["budget"]
    console, project = make_console(), find_project(command_line["example"])

    def shown(finished: "Finished") -> list[str]:
        return [*finished.faults, *fatal_lines(render_run(finished.folder.path))]

    results = real(command_line["results"] or project.results)
    session = FieldSession(project.folder, results, reporter_for(console), rules_of, shown)
    if command_line["interrupted"] is not None:
        options.check_resumed_alone("field", ("budget", "results", "example"))
        folder, faults = session.resume(command_line["interrupted"], until_s)
    else:
        folder, faults = session.start(command_line["profile"], options.flattened(command_line["services"]), until_s)
    print_field(console, folder.path)
    fail_with(faults)
