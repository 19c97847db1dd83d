"""Where things live that are made once a machine and shared by checkouts: the load generator and finished builds."""

import os
import pwd
from pathlib import Path

from loadgen.errors import Error


def cache_folder() -> Path:
    """Return `$PRIMEBENCH_CACHE`, else `$XDG_CACHE_HOME/primebench`, else `~/.cache/primebench`; not necessarily there yet.

    It is absolute, since commands run in other folders, and without links, which may lead to what is to be made yet. A relative
    XDG_CACHE_HOME is ignored, as the XDG Base Directory Specification has it. Raises Error if nothing says where.
    """
    own = os.environ.get("PRIMEBENCH_CACHE")
    if own:
        return Path(os.path.realpath(own))
    base = os.environ.get("XDG_CACHE_HOME", "")
    return Path(os.path.realpath((Path(base) if base.startswith("/") else _home() / ".cache") / "primebench"))


def _home() -> Path:
    """Return $HOME, or what the system knows of a user without it (a container that runs as a number knows nothing)."""
    home = os.environ.get("HOME", "")
    if home.startswith("/"):
        return Path(home)
    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        raise Error(
            f"user {os.getuid()} has no home folder; set HOME, or PRIMEBENCH_CACHE to a folder that can be written to"
        ) from None
