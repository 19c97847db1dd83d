"""primebench bisect"""

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from loadgen.errors import Error
from loadgen.one_line import storable
from primebench import completion, options
from primebench.options import NameList, PathText
from primebench.output import echo, make_console
from primebench.paths import real
from primebench.project import find_project


@click.command()
@click.option("--good", required=True, help="A commit that is fast enough: what all others are compared with.")
@click.option("--bad", default="HEAD", show_default=True, help="A later commit that is slower.")
@click.option("--service", "folders", type=NameList(completion.folders), multiple=True, help="As of primebench regress.")
@click.option("--repository", type=PathText(), help="Instead of the project's: any git repository.")
@click.option("--workload", "workloads", type=NameList(completion.workloads), multiple=True, help="Only these workloads.")
@click.option("--layer", "layers", type=NameList(), multiple=True, help="Only these: load, microbench, instructions, size.")
@click.option("--budget", type=options.Duration(), help="Time for measuring each commit; twice that for a second try. [10m]")
@options.results
@options.scenarios
@options.example
def bisect(good: str, bad: str, results: Path | None, **command_line: Any) -> None:
    """Find the commit that made a service slower, by a regression check of each; goes on where it was interrupted.

    Example: primebench bisect --good v1.4 --bad main --workload n1000 --layer load
    """
    from analysis.regress.bisection import in_words
    from loadgen.regress.session import RegressRequest
    from loadgen.run.reporter import reporter_for
    from primebench.bisecting import begin, go_on, session_of
    from primebench.commands.regress import regress

    project = find_project(command_line.pop("example"), command_line["repository"])
    request = RegressRequest(
        base=good,
        head=bad,
        repository=real(command_line.pop("repository") or project.folder),
        scenarios=project.asked(command_line.pop("scenarios")),
        command=["primebench", *map(storable, sys.argv[1:])],
        folders=options.flattened(command_line.pop("folders")),
        workloads=options.flattened(command_line.pop("workloads")),
        layers=options.flattened(command_line.pop("layers")),
        **command_line,
    )
    results_folder = real(results or project.results)
    report = reporter_for(make_console())
    bisection, path = begin(request, results_folder)
    if bisection.judged:
        echo(f"going on behind {bisection.judged[-1].commit[:12]}, verdict {len(bisection.judged)} ({path})")
    bisection = go_on(bisection, path, request, session_of(project.folder, results_folder, report), report.say)
    lines = in_words(bisection)
    if bisection.outcome_of(bisection.bad) != "regression":
        raise Error(lines[0])
    for line in lines:
        echo(line)
    culprit = bisection.suspects[-1]
    words = ["primebench", "regress", "--base", f"{bisection.suspects[0]}~1", "--exact-base", "--head", culprit]
    echo(f"what changed in it: {shlex.join([*words, *options.repeated_for(regress), '--explain'])}")
