"""Running a program whose output is read: it prints the same whatever the user's locale and settings. Standard library only."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

from loadgen.system.environment import tool_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NOT_STARTED = 127


class Output(NamedTuple):
    """The exit code of a program that has ended, and what it printed."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def text(self) -> str:
        """Return standard output as text; what is not UTF-8 is replaced."""
        return self.stdout.decode("utf-8", errors="replace")

    @property
    def last_error(self) -> str:
        """Return the last line on standard error, or the exit code if there is none."""
        lines = self.stderr.decode("utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit code {self.code}"


def run_tool(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    timeout_s: float | None = None,
) -> Output:
    """Run `command` to its end, by default in the environment of a tool; its exit code is NOT_STARTED if it cannot be started.

    Raises subprocess.TimeoutExpired.
    """
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=dict(tool_environment() if environment is None else environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            start_new_session=True,  # Ctrl-C is this program's: it would end a git that takes a worktree away
            check=False,
        )
    except OSError as error:
        return Output(NOT_STARTED, b"", f"{command[0]}: {error.strerror}".encode())
    return Output(done.returncode, done.stdout, done.stderr)
