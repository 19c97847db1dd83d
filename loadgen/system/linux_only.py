"""Whether this system can measure at all. Standard library only: it is asked before anything else is imported."""

from __future__ import annotations

import sys

WHY = "it pins cores and reads /proc and /sys"
CONTAINER = (
    'docker run --rm -it --cpuset-cpus=0-3 -v "$PWD":/primebench -w /primebench debian:bookworm '
    "(then: apt-get update && apt-get install -y make python3 && make setup)"
)


def refusal() -> str | None:
    """Return why nothing can be measured here, with what to do, in one line; None on Linux."""
    if sys.platform.startswith("linux"):
        return None
    return f"Linux is needed ({WHY}), this is {sys.platform}; in a container it works: {CONTAINER}"


def require_linux() -> None:
    """Exit with code 2 and one line anywhere but on Linux."""
    if (reason := refusal()) is not None:
        print(f"primebench: {reason}", file=sys.stderr)
        sys.exit(2)
