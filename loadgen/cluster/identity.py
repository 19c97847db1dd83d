"""Which primebench runs on a machine that somebody else has started a worker on."""

import hashlib
import platform
import socket
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

PACKAGES = Path(__file__).resolve().parents[1]


class Identity(NamedTuple):
    """The machine's name, and what measures there: two of one digest are the same."""

    machine: str
    version: str
    python: str
    digest: str


def identity() -> Identity:
    """Return that of this process."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGES.rglob("*.py")):
        digest.update(str(path.relative_to(PACKAGES)).encode() + b"\0" + path.read_bytes())
    return Identity(socket.gethostname(), version("primebench"), platform.python_version(), digest.hexdigest()[:16])
