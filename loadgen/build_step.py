"""One command of a build, whose output matters only if it fails."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from loadgen.trouble import Trouble

_LINES_SHOWN = 12


def run_build_step(command: Sequence[str], *, name: str, cwd: Path, log: Path, environment: Mapping[str, str]) -> None:
    """Run `command` to its end with its output in `log`; raise Trouble with the last lines of it if the command fails."""
    with log.open("wb") as output:
        result = subprocess.run(
            command,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if result.returncode != 0:
        tail = "\n  ".join(log.read_text(errors="replace").strip().splitlines()[-_LINES_SHOWN:])
        raise Trouble(f"{name}: build failed: {' '.join(command)} (exit code {result.returncode})\n  {tail}")
