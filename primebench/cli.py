"""The command line as a whole: its commands, and how what they raise ends it."""

import io
import os
import sys
import warnings
from pathlib import Path

import click

from primebench.commands import (
    archive,
    audit,
    bisect,
    build,
    compare,
    completion,
    curve,
    doctor,
    field,
    help_,
    hosts,
    init,
    list_,
    microbench,
    reference,
    regress,
    report,
    run,
    serve,
    setup,
    trend,
    verify,
)
from primebench.completion import VARIABLE, complete
from primebench.exit_codes import ExitCode
from primebench.paths import absolute
from primebench.schemas import VERSION_MESSAGE

COLOURS = {"auto": None, "always": True, "never": False}


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="primebench", prog_name="primebench", message=VERSION_MESSAGE)
@click.option(
    "--color",
    type=click.Choice(list(COLOURS)),
    default="auto",
    show_default=True,
    help="Colours: on a terminal, or as NO_COLOR and FORCE_COLOR say, unless asked for here.",
)
@click.pass_context
def cli(context: click.Context, color: str) -> None:
    """Compare HTTP services by measurements that can be defended.

    Example: primebench run --profile quick
    """
    context.color = COLOURS[color]
    if temporary := os.environ.get("TMPDIR"):  # for programs that run in other folders, too
        os.environ["TMPDIR"] = str(absolute(Path(temporary)))


for command in (
    init.init,
    doctor.doctor,
    setup.setup,
    list_.list_,
    build.build,
    verify.verify,
    serve.serve,
    run.run,
    report.report,
    audit.audit,
    compare.compare,
    archive.archive,
    reference.reference,
    microbench.microbench,
    regress.regress,
    bisect.bisect,
    curve.curve,
    field.field,
    trend.trend,
    completion.completion,
    hosts.hosts,
    help_.help_,
):
    cli.add_command(command)


def run_command() -> ExitCode:
    """Run the command that the arguments name; what click refuses is ERROR."""
    _spell_what_is_missing()
    _warn_as_python_does()
    if (instruction := os.environ.get(VARIABLE, "")).endswith("_complete"):
        return complete(cli, instruction)
    try:
        code = cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return ExitCode.ERROR
    except click.Abort as abort:
        raise KeyboardInterrupt from abort
    return ExitCode.ERROR if code else ExitCode.FINE


def _spell_what_is_missing() -> None:
    """Let what a terminal cannot show (µ in ASCII) be spelled, where Python would end with an error."""
    from analysis.text.ascii import SPELLED

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=SPELLED)


def _warn_as_python_does() -> None:
    """PYTHONWARNINGS=error is meant for other programs: here a library's deprecation would end a run."""
    if os.environ.get("PYTHONWARNINGS"):
        warnings.resetwarnings()
        for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
