"""What still works and will go: each use of it is one line on standard error, once, that says what to use instead.

docs/reference/stability.md lists what is in ALL, and what is promised of it.
"""

import functools
import sys
from typing import NamedTuple

from loadgen.one_line import one_line


class Deprecation(NamedTuple):
    """Something that users write: what it is, what to write in its place, and the version from which it is refused."""

    what: str
    instead: str
    gone_in: str


KNOWN_DEVIATIONS = Deprecation(
    "[[known_deviations]]", "deviations.toml beside it, which `primebench verify --write-deviations` writes", "0.3.0"
)
EARLIER_SCHEMA = Deprecation("its schema", "today's (docs/reference/stability.md)", "1.0.0")
ALL = (KNOWN_DEVIATIONS, EARLIER_SCHEMA)


@functools.cache
def warn(deprecation: Deprecation, place: str) -> None:
    """Say it of `place`, the file or option where it stands; nothing, if that has been said before."""
    what, instead, gone_in = deprecation
    line = f"{place}: {what} is deprecated and goes in version {gone_in}; use {instead}"
    print(f"primebench: {one_line(line)}", file=sys.stderr)
