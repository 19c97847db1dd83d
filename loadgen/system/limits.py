"""Limits that a user, a shell or a service manager has set: what is needed of them, and what is changed for this program."""

from __future__ import annotations

import os
import resource

from loadgen.errors import Error

BESIDE_CONNECTIONS = 112
"""Files that a server or a generator has open beside its connections: libraries, logs, an event queue a thread; and the
connections of the harness's own client."""


def keep_own_rights() -> None:
    """Let a umask take rights from others only: with 777 nobody could read what was measured."""
    os.umask(os.umask(0o077) & 0o077)


def allow_connections(connections: int) -> None:
    """Raise the limit of open files as far as a load of so many connections needs; raise Error if that is not allowed."""
    needed = connections + BESIDE_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise Error(
            f"at most {hard} files may be open at a time, and {connections} connections need {needed}: "
            f"raise the limit (ulimit -n {needed}), or leave out workloads with so many connections"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
