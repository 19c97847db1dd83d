"""primebench microbench"""

from pathlib import Path

import click

from primebench import completion, options
from primebench.output import finish_run, make_console
from primebench.paths import real
from primebench.project import find_project
from primebench.rules import rules_of


@click.command()
@click.option("--quick", is_flag=True, help="Under two minutes: no load trials, no other compilers and flags.")
@click.option("--service", "services", type=options.NameList(completion.services), multiple=True, help="Service or folder.")
@click.option("--rounds", type=options.ROUNDS, help="Instead of the profile's.")
@click.option("--seed", type=int, help="For the order of trials; default: drawn, recorded.")
@options.results
@options.example
def microbench(
    quick: bool,
    services: tuple[list[str], ...],
    rounds: int | None,
    seed: int | None,
    results: Path | None,
    example: str | None,
) -> None:
    """Microbenchmarks by themselves, of the services that have some, and of prime whether they explain the load runs.

    Example: primebench microbench --quick --service cpp
    """
    from loadgen.run.reporter import reporter_for
    from loadgen.run.session import RunRequest, RunSession

    console = make_console()
    project = find_project(example)
    session = RunSession(project.folder, real(results or project.results), reporter_for(console), rules_of)
    request = RunRequest(
        profile="microbench-quick" if quick else "microbench",
        services=options.flattened(services),
        rounds=rounds,
        seed=seed,
        scenarios=project.asked(None),
    )
    finish_run(console, session.start(request), verbose=True)
