"""primebench run"""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from loadgen.errors import Error
from primebench import completion, options
from primebench.clustered import campaign_session, cluster_named, generator_hosts
from primebench.options import NameList
from primebench.output import finish_run, make_console
from primebench.paths import real
from primebench.project import Project, find_project
from primebench.rules import rules_of

if TYPE_CHECKING:
    from loadgen.run.run import Finished
    from loadgen.run.session import RunRequest, RunSession


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
@click.option(
    "--cluster", metavar="FILE|ADDRESS", help="On the machines of a hosts.toml, or of a Dask scheduler (tcp://HOST:PORT)."
)
@click.option("--wheel", type=options.PathText(), help="With --cluster: that of this primebench, where it is not a checkout.")
@options.verbose
@options.results
@options.scenarios
@options.example
def run(**command_line: Any) -> None:
    """Build, verify and measure, then print one screen and write the report.

    Example: primebench run --profile quick --service cpp,actix --workload article
    """
    from loadgen.run.reporter import reporter_for
    from loadgen.run.session import RunRequest, RunSession

    began_s = time.monotonic()
    console = make_console()
    project = find_project(command_line["example"])
    session = RunSession(project.folder, real(command_line["results"] or project.results), reporter_for(console), rules_of)
    if command_line["interrupted"] is not None:
        options.check_resumed_alone("run", ("results", "verbose", "example", "wheel"))
        finish_run(console, _resumed(project, session, command_line), verbose=command_line["verbose"])
        return
    request = RunRequest(
        profile=command_line["profile"],
        services=options.flattened(command_line["services"]),
        workloads=options.flattened(command_line["workloads"]),
        rounds=command_line["rounds"],
        seed=command_line["seed"],
        scenarios=project.asked(command_line["scenarios"]),
        until_s=None if command_line["budget"] is None else began_s + command_line["budget"],
    )
    finish_run(console, _started(project, session, request, command_line), verbose=command_line["verbose"])


def _started(project: Project, session: "RunSession", request: "RunRequest", command_line: dict[str, Any]) -> "Finished":
    """Measure here, or on the machines of --cluster."""
    if command_line["cluster"] is None:
        if command_line["wheel"] is not None:
            raise Error("--wheel goes with --cluster: expected both, or neither")
        return session.start(request)
    if request.until_s is not None:
        raise Error("--budget is for a run on this machine: with --cluster name --rounds")
    campaign = campaign_session(project, session.results, session.report, command_line["cluster"])
    request = campaign.check(replace(request, generator_hosts=generator_hosts(command_line["cluster"])))
    with cluster_named(command_line["cluster"], command_line["wheel"]) as cluster:
        return campaign.start(request, cluster)


def _resumed(project: Project, session: "RunSession", command_line: dict[str, Any]) -> "Finished":
    """Go on where the run was measured: here, or on the machines that it names."""
    from loadgen.run.resume import find_unfinished

    folder, run = find_unfinished(command_line["interrupted"], session.results)
    named = run.plan.cluster if run.plan else ""
    if not named:
        return session.resume(command_line["interrupted"])
    campaign = campaign_session(project, session.results, session.report, named)
    with cluster_named(named, command_line["wheel"]) as cluster:
        return campaign.resume(folder, cluster)
