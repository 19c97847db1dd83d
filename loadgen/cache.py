"""Where things live that are made once a machine and shared by checkouts: the load generator and finished builds."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """`$PRIMEBENCH_CACHE`, else `$XDG_CACHE_HOME/primebench`, else `~/.cache/primebench`; not necessarily there yet."""
    own = os.environ.get("PRIMEBENCH_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "primebench"
