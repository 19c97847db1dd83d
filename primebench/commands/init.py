"""primebench init"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from loadgen.errors import Error
from primebench.options import PathText
from primebench.output import echo, write
from primebench.paths import near, real
from primebench.project import PROJECT_FILE

if TYPE_CHECKING:
    from loadgen.init.ci import Kind


@click.command()
@click.argument("folder", default=".", type=PathText())
@click.option("--from", "source", type=PathText(), help="Take requests from an OpenAPI document, a HAR or an access log.")
@click.option("--ci", type=click.Choice(["github", "gitlab"]), help="Write a workflow that judges each change, too.")
@click.option("--print", "printed", is_flag=True, help="Print primebench.toml; write nothing.")
def init(folder: Path, source: Path | None, ci: "Kind | None", printed: bool) -> None:
    """Write a primebench.toml for a repository: how its service is built and started, and what is asked.

    It is made of what is there (go.mod, Cargo.toml, CMakeLists.txt, package.json, pyproject.toml, pom.xml); lines that are not
    sure are named. Nothing is written over. With --ci beside a primebench.toml only the workflow is written.

    Example: primebench init --from openapi.yaml
    """
    from loadgen.init.folder import read_folder
    from loadgen.init.project import project_text
    from loadgen.init.recognise import recognise
    from loadgen.init.requests import variables_in
    from loadgen.init.routes import first_request
    from loadgen.init.source import read_asked
    from loadgen.init.toml import edits_of
    from loadgen.init.written import check_free, write_new

    if printed and ci:
        raise Error("--print shows primebench.toml, --ci writes a workflow: leave out one of them")
    project_folder = real(folder)
    project_file = project_folder / PROJECT_FILE
    only_ci = ci is not None and source is None and project_file.exists()
    if not (printed or only_ci):
        check_free([project_file])
    repository = read_folder(project_folder)
    proposal, asked = recognise(repository), read_asked(source) if source else first_request(repository)
    text = project_text(proposal, asked)
    if printed:
        write(text)
        return
    if only_ci:
        files, secrets = {}, variables_in(project_file.read_text(encoding="utf-8", errors="replace"))
    else:
        files = {project_file: text, **{project_folder / name: content for name, content in asked.files.items()}}
        secrets = asked.secrets
    more, remarks = _workflow(project_folder, proposal.language, secrets, ci)
    write_new(files | more)
    for path in files | more:
        echo(f"{near(path)}: written")
    edits = [] if only_ci else edits_of(text)
    for remark in [*(f"{near(project_file)}:{number}: {edit}" for number, edit in edits), *remarks]:
        echo(remark)
    if not only_ci:
        first = f"set {', '.join(secrets)}, then " if secrets else ""
        echo(f"{proposal.language}, {proposal.place}; next: {first}primebench verify")


def _workflow(folder: Path, language: str, secrets: list[str], ci: "Kind | None") -> tuple[dict[Path, str], list[str]]:
    """Return the workflow's file and what is to be done beside it; nothing if none is wanted."""
    from loadgen.build.git import checkout_root
    from loadgen.init.ci import workflow

    root = checkout_root(folder)
    if ci is None or root is None:
        return {}, []
    made = workflow(ci, language, "" if root == folder else folder.relative_to(root).as_posix(), secrets)
    return {root / made.path: made.text}, [made.remark] if made.remark else []
