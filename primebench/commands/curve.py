"""primebench curve"""

from pathlib import Path
from typing import Any

import click

from primebench import completion, options
from primebench.output import fail_with, make_console, print_curve
from primebench.paths import real
from primebench.project import find_project


@click.command()
@click.argument("services", nargs=-1, shell_complete=completion.services)
@click.option("--objective", type=options.ObjectiveText(), required=True, help="What a rate has to keep, such as p99=10ms.")
@click.option("--workload", help="A closed loop of the profile, instead of its first; rates are those of what it asks.")
@click.option("--profile", default="quick", show_default=True, help="Whose cores, warm-up and workloads (primebench list).")
@click.option(
    "--budget", "budget_s", type=options.Duration(), default=600.0, help="Time for measuring, once all is built. [10m]"
)
@click.option("--seed", type=int, help="For the order of trials; default: drawn, recorded.")
@options.results
@options.scenarios
@options.example
def curve(
    services: tuple[str, ...], results: Path | None, scenarios: Path | None, example: str | None, **command_line: Any
) -> None:
    """The highest rate at which SERVICES (or the profile's) keep an objective, and their latency from near idle to saturation.

    Example: primebench curve cpp fiber --objective p99=25ms --workload framework
    """
    from analysis.curve.evidence import rate_rule
    from analysis.curve.table import fatal_lines
    from loadgen.curve.session import CurveRequest, CurveSession
    from loadgen.run.reporter import reporter_for

    console = make_console()
    project = find_project(example)
    session = CurveSession(project.folder, real(results or project.results), reporter_for(console), rate_rule)
    request = CurveRequest(services=list(services), scenarios=project.asked(scenarios), **command_line)
    finished = session.measure(request)
    result = print_curve(console, finished.folder.path)
    fail_with([*finished.faults, *fatal_lines(result)])
