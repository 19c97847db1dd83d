"""primebench curve"""

from pathlib import Path
from typing import Any

import click

from primebench import options
from primebench.output import fail_with, make_console, print_curve
from primebench.paths import CHECKOUT, real


@click.command()
@click.argument("services", nargs=-1)
@click.option("--objective", type=options.ObjectiveText(), required=True, help="What a rate has to keep, such as p99=10ms.")
@click.option("--workload", help="A closed loop of the profile, instead of its first; rates are those of what it asks.")
@click.option("--profile", default="quick", show_default=True, help="Whose cores, warm-up and workloads (primebench list).")
@click.option(
    "--budget", "budget_s", type=options.Duration(), default=600.0, help="Time for measuring, once all is built. [10m]"
)
@click.option("--seed", type=int, help="For the order of trials; default: drawn, recorded.")
@options.results
@options.scenarios
def curve(services: tuple[str, ...], results: Path | None, scenarios: Path | None, **given: Any) -> None:
    """The highest rate at which SERVICES (or the profile's) keep an objective, and their latency from near idle to saturation.

    Example: primebench curve cpp fiber --objective p99=25ms --workload framework
    """
    from analysis.curve.evidence import rate_rule
    from analysis.curve.table import fatal_lines
    from loadgen.curve.session import CurveRequest, CurveSession
    from loadgen.run.reporter import reporter_for

    console = make_console()
    session = CurveSession(CHECKOUT, real(results or CHECKOUT / "results"), reporter_for(console), rate_rule)
    request = CurveRequest(services=list(services), scenarios=scenarios or CHECKOUT / "scenarios.toml", **given)
    finished = session.measure(request)
    result = print_curve(console, finished.folder.path)
    fail_with([*finished.faults, *fatal_lines(result)])
