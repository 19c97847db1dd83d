"""The console script as a user's shell starts it, with its streams, signals and limits in a state of choice."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from primebench.cli import cli
from tests.patience import PATIENCE_S

CONSOLE = Path(sys.executable).with_name("primebench")
OWN_FAULT = "primebench: a fault of its own: please report the lines above"


def commands(group: click.Group = cli) -> Iterator[list[str]]:
    """Yield the words of every command that there is."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from ([name, *words] for words in commands(command))
        else:
            yield [name]


def run(
    *arguments: str,
    before: Callable[[], object] | None = None,
    shell: str = 'exec "$@"',
    environment: Mapping[str, str] | None = None,
    stdin: int | IO[bytes] | None = None,
    stdout: int | IO[bytes] = subprocess.PIPE,
    stderr: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.CompletedProcess[bytes]:
    """Run it by a line of shell, "$@" the command; `before` is called in the new process, to change its signals or limits."""
    return subprocess.run(
        ["sh", "-c", shell, "sh", str(CONSOLE), *arguments],
        env={**os.environ, **(environment or {})},
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        preexec_fn=before,
        timeout=PATIENCE_S,
        check=False,
    )


@contextmanager
def pipe_without_a_reader() -> Iterator[int]:
    """Yield a descriptor of which every write fails with EPIPE: what `| head -1` leaves once head has ended."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        yield writing
    finally:
        os.close(writing)


def said(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """Return the lines on standard error."""
    return done.stderr.decode().splitlines()
