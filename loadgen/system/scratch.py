"""Temporary folders: below $TMPDIR, wherever that is and whatever it is called."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loadgen.errors import Error

LONGEST_BYTES = 470
"""Of TMPDIR. SQLite, in which the generator keeps its rows, opens no path longer than 504 (MAX_PATHNAME less "-journal")."""
LONGEST_SOCKET_BYTES = 107
"""Of the path of a Unix socket: unix(7) has room for 108 with the zero at its end."""
EXPECTED = "expected a folder that can be written to: set TMPDIR to one, or unset it"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a temporary folder, absolute, that is removed when the block ends.

    A TMPDIR that cannot be used raises Error: Python alone would go elsewhere, to a small disk or another kind of it. What a
    file system does not let go at once (NFS keeps files that are open) is no reason to end a run.
    """
    try:
        folder = Path(os.environ.get("TMPDIR") or tempfile.gettempdir()).absolute()
        if len(os.fsencode(folder)) > LONGEST_BYTES:
            raise Error(f"{folder}: too long a path for temporary files; set TMPDIR to one of at most {LONGEST_BYTES} bytes")
        made = tempfile.TemporaryDirectory(prefix="primebench-", dir=folder, ignore_cleanup_errors=True)
    except OSError as error:
        raise Error(f"{os.environ.get('TMPDIR') or 'temporary folder'}: {error.strerror}; {EXPECTED}") from error
    with made as name:
        yield Path(name)


@contextmanager
def socket_path(folder: Path) -> Iterator[Path]:
    """Yield a path for a Unix socket in the folder; in a new one below /tmp, for as long as the block lasts, where the folder's
    own path is too long for that. Raise Error if there is none either.
    """
    path = folder / "socket"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_BYTES:
        yield path
        return
    try:
        made = tempfile.TemporaryDirectory(prefix="primebench-", dir="/tmp", ignore_cleanup_errors=True)
    except OSError as error:
        raise Error(
            f"{path}: too long for a Unix socket, and /tmp: {error.strerror}; set TMPDIR to a folder with a shorter path"
        ) from error
    with made as name:
        yield Path(name) / "socket"
