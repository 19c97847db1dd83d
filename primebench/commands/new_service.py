"""primebench new-service"""

import shutil
from pathlib import Path

import click

from loadgen.errors import Error
from loadgen.new_service.language import LANGUAGES
from primebench.options import PathText
from primebench.output import echo
from primebench.paths import CHECKOUT, near, real
from primebench.project import PRIME, find_project

MOST_NAMED = 5


@click.command(name="new-service")
@click.argument("language", type=click.Choice(list(LANGUAGES)))
@click.argument("name")
@click.option("--task", type=PathText(), help="Folder of the task that it serves, instead of the project's.")
def new_service(language: str, name: str, task: Path | None) -> None:
    """Write a new service in LANGUAGE into the folder NAME: it builds, and answers what the task asks first.

    It is laid out as its tools want it, with lock files. In a project it is added to its services; where there is none, a
    primebench.toml is written that asks GET /. Nothing is written over.

    Example: primebench new-service go hello-go
    """
    from loadgen.new_service.write import write_service

    here, project = real(Path()), find_project()
    is_own = project.scenarios.is_file() and project.folder != PRIME
    if task is None and not is_own and here.is_relative_to(CHECKOUT):
        raise Error("no template answers the task prime: --task names another one's folder; or go to a folder of your own")
    made = write_service(language, name, here, project.folder if is_own else None, real(task) if task is not None else None)
    made_for = LANGUAGES[language]
    echo(f"{near(made.folder)}: written; it answers GET {made.answer.path} in {near(made.folder / made_for.answers_in)}")
    if left := made.answer.left:
        more = f" and {len(left) - MOST_NAMED} more" if len(left) > MOST_NAMED else ""
        echo(f"the task also asks, and is yours to answer: {', '.join(left[:MOST_NAMED])}{more}")
    if made.project:
        echo(made.project)
    for program, source in made_for.needs.items():
        if shutil.which(program) is None:
            echo(f"{program} not found, which builds it: {source}")
    if made_for.fetches:
        echo(f"its first build needs the network: it fetches {made_for.fetches}")
    echo(f"next: primebench verify {near(made.folder)}, then primebench run")
