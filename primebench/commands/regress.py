"""primebench regress"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loadgen.errors import Error
from loadgen.one_line import storable
from primebench import completion, options
from primebench.exit_codes import ExitCode
from primebench.options import NameList, PathText
from primebench.output import make_console, print_explanations, print_self_check, print_verdict
from primebench.paths import real
from primebench.project import find_project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.regress.model import RegressResult
    from loadgen.record.explain import Wanted

OUTCOME_CODES = {
    "pass": ExitCode.FINE,
    "regression": ExitCode.REGRESSION,
    "invalid": ExitCode.ERROR,
    "inconclusive": ExitCode.INCONCLUSIVE,
}
JUDGING = ("base", "exact_base", "layers", "budget", "margin", "exclude", "history", "explain")
SELF_CHECK_FORMATS = ("json", "markdown")


@click.command()
@click.option("--base", help="Git revision, or folder of a service or checkout, to compare with.  [required]")
@click.option("--head", default="HEAD", show_default=True, help="The one to judge; '.' is the working tree as it is.")
@click.option(
    "--service",
    "folders",
    type=NameList(completion.folders),
    multiple=True,
    help="Folders of services on both sides. [the root, or server]",
)
@click.option("--repository", type=PathText(), help="Instead of the project's: any git repository.")
@click.option("--exact-base", is_flag=True, help="Compare with --base itself, not with where head's history left it.")
@click.option("--workload", "workloads", type=NameList(completion.workloads), multiple=True, help="Only these workloads.")
@click.option("--layer", "layers", type=NameList(), multiple=True, help="Only these: load, microbench, instructions, size.")
@click.option("--budget", type=options.Duration(), help="Time for measuring, once all is built. [10m]")
@click.option("--margin", type=click.FloatRange(0, 1), help="Of CPU time, goodput and benchmarks. [0.005, 0.01, 0.01]")
@click.option("--exclude", type=click.FloatRange(0, 1), help="What a pass rules out, of the same. [0.01, 0.02, 0.03]")
@click.option("--config", type=PathText(), help="Instead of the repository's primebench.toml.")
@click.option("--export", "exports", type=options.Export(), multiple=True, help="Write the verdict in a FORMAT to a FILE, too.")
@click.option("--history", type=PathText(), help="Append the run to this file (primebench trend).")
@click.option("--explain/--no-explain", default=None, help="Say what changed in the code, too. [after a regression]")
@click.option("--seed", type=int, help="For the order of trials; default: drawn, recorded.")
@click.option(
    "--self-check",
    "self_check_s",
    type=options.Duration(),
    help="Instead: measure --head with itself, to say what is told here.",
)
@options.results
@options.scenarios
@options.example
def regress(
    exports: tuple[tuple[str, Path], ...], history: Path | None, results: Path | None, explain: bool | None, **command_line: Any
) -> None:
    """Is HEAD worse than BASE? Exit code 0 no, 1 yes, 3 cannot tell, 2 invalid, or an error.

    Example: primebench regress --base origin/main --head HEAD

    Example: primebench regress --self-check 10m
    """
    from analysis.regress.evidence import undecided
    from analysis.regress.to_explain import to_explain
    from analysis.trend.history import append_to, entry_of, read_history
    from loadgen.record.explain import EXPLAIN_FILE
    from loadgen.regress.session import RegressRequest, RegressSession
    from loadgen.run.reporter import reporter_for

    if history is not None and history.exists():
        read_history(history)  # a damaged one is better known before ten minutes of measuring
    check_exports(exports)
    self_check = command_line["self_check_s"] is not None
    if self_check:
        check_self_check(exports)
        command_line["base"] = command_line["head"]
    elif command_line["base"] is None:
        raise click.MissingParameter(param_hint="'--base'", param_type="option")
    project = find_project(command_line.pop("example"), command_line["repository"])
    request = RegressRequest(
        folders=options.flattened(command_line.pop("folders")),
        workloads=options.flattened(command_line.pop("workloads")),
        layers=options.flattened(command_line.pop("layers")),
        repository=real(command_line.pop("repository") or project.folder),
        scenarios=project.asked(command_line.pop("scenarios")),
        command=["primebench", *map(storable, sys.argv[1:])],
        **command_line,
    )
    console = make_console()
    verdicts: list[RegressResult] = []

    def judged(folder: Path) -> "Sequence[Wanted]":
        verdicts.append(print_verdict(console, folder, exports))
        return [] if explain is False else to_explain(verdicts[0], always=bool(explain))

    session = RegressSession(project.folder, real(results or project.results), reporter_for(console), undecided, judged)
    folder = session.measure(request).path
    if self_check:
        print_self_check(console, folder, exports)
        return
    (result,) = verdicts
    if (folder / EXPLAIN_FILE).exists():
        print_explanations(console, folder, exports)
    if history is not None:
        append_to(history, entry_of(result))
    sys.exit(OUTCOME_CODES[result.outcome])


def check_self_check(exports: tuple[tuple[str, Path], ...]) -> None:
    """Raise Error for what a self-check, which judges nothing, has no use for."""
    options.refuse_beside("--self-check", "measures --head beside itself and judges nothing", JUDGING)
    if unknown := [name for name, _ in exports if name not in SELF_CHECK_FORMATS]:
        raise Error(f"--export {unknown[0]}: of a self-check expected {' or '.join(SELF_CHECK_FORMATS)}")


def check_exports(exports: tuple[tuple[str, Path], ...]) -> None:
    """Raise Error for a file that could not be written, before ten minutes of measuring."""
    files = [real(file) for _, file in exports]
    for file in files:
        if not file.parent.is_dir():
            raise Error(f"--export {file}: no folder {file.parent}")
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            raise Error(f"--export {file}: may not be written; expected a file in a folder of yours")
        if files.count(file) > 1:
            raise Error(f"--export {file}: asked for twice; expected a file for each")
