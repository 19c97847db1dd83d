"""One command of a build, whose output matters only if it fails."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from click import unstyle

from loadgen.errors import Error
from loadgen.one_line import LOG_LINE
from loadgen.system.process import ending, spawned

_LINES_SHOWN = 12


def run_build_step(
    command: Sequence[str],
    *,
    name: str,
    cwd: Path,
    log: Path,
    environment: Mapping[str, str],
    ended: Callable[[], None] = lambda: None,
) -> None:
    """Run `command` to its end with its output in `log`; raise Error with the last lines of it if the command fails.

    It ends with all that it started, compilers among them, when the program is interrupted. `ended` is called if all of it has
    ended by itself, or when it was asked to: nothing that it wrote is cut short then.
    """
    with (
        log.open("wb") as output,
        spawned(command, ended=ended, environment=environment, stdout=output, stderr=output, cwd=cwd) as process,
    ):
        code = process.wait()
    ended()
    if code != 0:
        tail = LOG_LINE.join(unstyle(log.read_text(errors="replace")).strip().splitlines()[-_LINES_SHOWN:])
        raise Error(f"{name}: build failed: {' '.join(command)} ({ending(code)})\n  {tail}")
