"""The command line as a whole: its commands, and how what they raise ends it."""

import io
import os
import sys
import warnings
from pathlib import Path

import click

from primebench.commands import (
    audit,
    build,
    compare,
    curve,
    doctor,
    list_,
    microbench,
    reference,
    regress,
    report,
    run,
    serve,
    trend,
    verify,
)
from primebench.exit_codes import ExitCode
from primebench.paths import absolute


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="primebench")
def cli() -> None:
    """Compare HTTP services by measurements that can be defended.

    Example: primebench run --profile quick
    """
    if temporary := os.environ.get("TMPDIR"):  # for programs that run in other folders, too
        os.environ["TMPDIR"] = str(absolute(Path(temporary)))


for command in (
    doctor.doctor,
    list_.list_,
    build.build,
    verify.verify,
    serve.serve,
    run.run,
    report.report,
    audit.audit,
    compare.compare,
    reference.reference,
    microbench.microbench,
    regress.regress,
    curve.curve,
    trend.trend,
):
    cli.add_command(command)


def run_command() -> ExitCode:
    """Run the command that the arguments name; what click refuses is ERROR."""
    _spell_what_is_missing()
    _warn_as_python_does()
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
