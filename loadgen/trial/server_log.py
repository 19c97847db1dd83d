"""What a program wrote during a trial: kept beside the trial's rows, or the last of it in a message."""

import os
from pathlib import Path

from loadgen.record.folder import RunFolder
from loadgen.secrets import without_secret_bytes

MOST_BYTES = 1_000_000
"""Of what is longer the end is kept: it holds the measured window, and what a server said before it died."""


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
    """Return the last line that a program wrote, as an addition to a message; empty if it wrote none."""
    lines = log.read_text(errors="replace").strip().splitlines()
    return f": {lines[-1][:200]}" if lines else ""
