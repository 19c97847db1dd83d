"""Exit codes: how every command ends, whatever happens to it. Nothing but the verdict of a regression check ends with 1.

Standard library only: set-up uses it before the Python environment exists.
"""

from __future__ import annotations

import enum
import errno
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from loadgen.errors import Error, Stopped
from loadgen.one_line import one_line
from loadgen.system import limits, signals, streams

if TYPE_CHECKING:
    from collections.abc import Callable


class ExitCode(enum.IntEnum):
    """How a command can end. A plain number is not trusted: libraries end programs with 1, too."""

    FINE = 0
    REGRESSION = 1
    ERROR = 2
    INCONCLUSIVE = 3
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.FINE: "done; or no regression",
    ExitCode.REGRESSION: "regression: only the verdict of `primebench regress`",
    ExitCode.ERROR: "error: bad input, failed build, service not measured, invalid measurement",
    ExitCode.INCONCLUSIVE: "inconclusive: only the verdict of `primebench regress`",
    ExitCode.INTERRUPTED: "interrupted",
}
"""What people are told of them, here and in docs/reference/command-line.md."""

INTERRUPTED_MESSAGE = "interrupted; finished trials, if any, are kept: `primebench report` shows them"
STATE_OF_THE_MACHINE = {
    errno.EACCES: "",
    errno.EPERM: "",
    errno.EROFS: "",
    errno.EIO: "",
    errno.ESTALE: "",
    errno.ENOSPC: "",
    errno.EDQUOT: "",
    errno.ENAMETOOLONG: "",
    errno.ELOOP: "",
    errno.EFBIG: "; the limit of a file's size (ulimit -f) is too low",
    errno.EMFILE: "; the limit of open files (ulimit -n) is too low",
    errno.ENFILE: "; the system has no more open files to give",
    errno.ENOMEM: "; too little memory, or its limit (ulimit -v) is too low",
    errno.EAGAIN: "; the limit of processes (ulimit -u) is too low",
}
"""Errors of system calls that say something of the machine and not of the program, with what to do where that is not plain."""


def end_with(command: Callable[[], object], *, interrupted: str = INTERRUPTED_MESSAGE) -> NoReturn:
    """Run `command` as the whole of the program and exit: with the ExitCode that it returns or exits with, else 0 or 2.

    `interrupted` is said when a signal ends it.
    """
    output = streams.prepare()
    signals.take_over()
    limits.keep_own_rights()
    try:
        code = _code_of(command, interrupted)
    except (KeyboardInterrupt, Stopped):  # while another end was being reported
        code = ExitCode.INTERRUPTED
    except BaseException as error:  # no file, or no memory, is left to report another end with
        code = _said(line_of(error) or f"{type(error).__name__}: {error}")
    signals.let_it_end()
    streams.finish()
    fault = output.fault
    if fault is not None and code not in (ExitCode.ERROR, ExitCode.INTERRUPTED):
        code = _said(f"standard output cannot be written: {fault.strerror}; the rest of the work is done")
    sys.exit(code)


def _code_of(command: Callable[[], object], interrupted: str) -> ExitCode:
    """The exit code of a command, with a line on standard error for each end but a good one."""
    try:
        returned = command()
    except SystemExit as end:
        return _trusted(end)
    except Error as error:
        return _said(str(error))
    except Stopped as stopped:
        _said(f"{signals.LIMITS.get(stopped.signal_name, '')}{interrupted}")
        return ExitCode.INTERRUPTED
    except KeyboardInterrupt:
        _said(interrupted)
        return ExitCode.INTERRUPTED
    except BaseException as error:
        return _said(in_one_line) if (in_one_line := line_of(error)) else _fault_of_its_own()
    return returned if isinstance(returned, ExitCode) else ExitCode.FINE


def _trusted(end: SystemExit) -> ExitCode:
    """What a command exits with on purpose; anything else that is not 0 is an error."""
    if isinstance(end.code, ExitCode):
        return end.code
    if end.code in (None, 0):
        return ExitCode.FINE
    return _said(f"ended by a library with {f'exit code {end.code}' if isinstance(end.code, int) else end.code}")


def line_of(error: BaseException) -> str | None:
    """One line for what the machine or the installation is to blame for; None for a fault of the program."""
    if isinstance(error, ImportError):
        while isinstance(error.__cause__, ImportError):  # numpy's own is a page of advice
            error = error.__cause__
        first = next(iter(str(error).strip().splitlines()), "an import failed")
        return f"the installation is not whole: {first}; run make setup again, or install primebench anew"
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "can't start new thread" in str(error)):
        number = errno.ENOMEM if isinstance(error, MemoryError) else errno.EAGAIN
        return f"{os.strerror(number)}{STATE_OF_THE_MACHINE[number]}"
    if isinstance(error, OSError) and error.errno in STATE_OF_THE_MACHINE:
        prefix = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
        return f"{prefix}{error.strerror}{STATE_OF_THE_MACHINE[error.errno]}"
    return None


def _said(message: str) -> ExitCode:
    print(f"primebench: {one_line(message)}", file=sys.stderr)
    return ExitCode.ERROR


def _fault_of_its_own() -> ExitCode:
    import traceback

    traceback.print_exc()
    return _said("a fault of its own: please report the lines above")
