"""What a program wrote during a trial: kept beside the trial's rows, or the last of it in a message."""

import os
from pathlib import Path

from click import unstyle

from loadgen.record.folder import RunFolder
from loadgen.secrets import without_secret_bytes

MOST_BYTES = 1_000_000
"""Of what is longer the end is kept: it holds the measured window, and what a server said before it died."""
LAST_LINES = 4
LINE_CHARACTERS = 200


def keep_log(stderr: Path, folder: RunFolder, index: int) -> str | None:
    """Copy the log into the run's folder; its path from there, or None if nothing was written. OSError goes to the caller."""
    size = stderr.stat().st_size
    if size == 0:
        return None
    with stderr.open("rb") as written:
        written.seek(max(0, size - MOST_BYTES), os.SEEK_SET)
        if size > MOST_BYTES:
            written.readline()  # cut in two by the limit
        text = written.read(MOST_BYTES)
    log_file = f"raw/{index:05d}.log"
    (folder.path / log_file).write_bytes(without_secret_bytes(text))
    return log_file


def last_words(log: Path) -> str:
    """Return the last lines that a program wrote, as an addition to a message in one line; empty if it wrote none.

    The very last seldom says what happened: Node ends with its version, Rust with a hint, a usage with an example. Indented
    lines, which are those of stack traces, are left out.
    """
    lines = [line.rstrip()[:LINE_CHARACTERS] for line in unstyle(log.read_text(errors="replace")).splitlines() if line.strip()]
    telling = [line for line in lines if not line[0].isspace()] or [line.strip() for line in lines]
    return f": {' | '.join(telling[-LAST_LINES:])}" if telling else ""
