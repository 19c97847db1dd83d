"""primebench run"""

import time
from typing import Any

import click

from primebench import completion, options
from primebench.options import NameList
from primebench.output import finish_run, make_console
from primebench.paths import real
from primebench.project import find_project


@click.command()
@click.option(
    "--profile",
    default="quick",
    show_default=True,
    shell_complete=completion.profiles,
    help="How to measure (primebench list).",
)
@click.option(
    "--service", "services", type=NameList(completion.services), multiple=True, help="Service, SERVICE:VARIANT or folder."
)
@click.option("--workload", "workloads", type=NameList(completion.workloads), multiple=True, help="Only these workloads.")
@click.option("--rounds", type=options.ROUNDS, help="Instead of the profile's.")
@click.option("--budget", type=options.Duration(), help="Take no longer than this (15m), and say what is given up for it.")
@click.option("--seed", type=int, help="For the order of trials and the n that are verified; default: drawn, recorded.")
@click.option("--resume", "interrupted", metavar="ID", help="Go on with an interrupted run: its ID, or its folder.")
@options.verbose
@options.results
@options.scenarios
@options.example
@click.pass_context
def run(context: click.Context, /, **given: Any) -> None:
    """Build, verify and measure, then print one screen and write the report.

    Example: primebench run --profile quick --service cpp,actix --workload article
    """
    from analysis.trial.early_stop import stopping_rule
    from loadgen.run.reporter import reporter_for
    from loadgen.run.session import RunRequest, RunSession

    began_s = time.monotonic()
    console = make_console()
    project = find_project(given["example"])
    session = RunSession(project.folder, real(given["results"] or project.results), reporter_for(console), stopping_rule)
    if given["interrupted"] is not None:
        options.check_resumed_alone(context, "run", ("results", "verbose", "example"))
        finish_run(console, session.resume(given["interrupted"]), verbose=given["verbose"])
        return
    request = RunRequest(
        profile=given["profile"],
        services=options.flattened(given["services"]),
        workloads=options.flattened(given["workloads"]),
        rounds=given["rounds"],
        seed=given["seed"],
        scenarios=project.asked(given["scenarios"]),
        until_s=None if given["budget"] is None else began_s + given["budget"],
    )
    finish_run(console, session.start(request), verbose=given["verbose"])
