"""Why a revision is not in a clone, and the command that brings it: clones of CI have one branch, and the end of its past."""

import re
import shlex
from pathlib import Path

from loadgen.build.git import find_commit, git

_STEPS = re.compile(r"[~^:]|@\{")
"""Where the name of a revision ends, and steps from it begin."""
_ID = re.compile(r"[0-9a-f]{7,40}")


def is_shallow(repository: Path) -> bool:
    """Whether the clone has only the last part of the history."""
    return git(repository, "rev-parse", "--is-shallow-repository").text.strip() == "true"


def why_missing(repository: Path, asked: str) -> str:
    """Return what is known of a revision that is not there, and which command of git's brings it, to stand behind "tag".

    `git fetch` brings only the branches that the clone was made for, unless it is told the branch, and where to. Of a shallow
    clone the rest of the history comes with it: base and head are compared from where they parted.
    """
    if git(repository, "rev-parse", "--git-dir").code != 0:
        return " of a git repository, which this is not"
    shallow = is_shallow(repository)
    name = _STEPS.split(asked, maxsplit=1)[0].removeprefix("refs/").removeprefix("remotes/")
    if _ID.fullmatch(name) or find_commit(repository, name) is not None:
        return " (this is a shallow clone: git fetch --unshallow)" if shallow else " (its history here has no such commit)"
    remotes = sorted(git(repository, "remote").text.split(), key=len, reverse=True)
    for remote in remotes:
        if name.startswith(f"{remote}/") and name != f"{remote}/":
            return f" (not fetched from {remote}: {_fetch(remote, name.removeprefix(f'{remote}/'), shallow)})"
    if not remotes:
        return " (there is no remote that could have it)"
    tracked = [remote for remote in remotes if find_commit(repository, f"refs/remotes/{remote}/{name}") is not None]
    if tracked:
        return f" (of {tracked[0]} it is {tracked[0]}/{name})"
    of_remotes = (
        f"nor fetched from a remote, of which there {'is' if len(remotes) == 1 else 'are'} {', '.join(sorted(remotes))}"
    )
    first = "origin" if "origin" in remotes else remotes[-1]
    return f" (not here, {of_remotes}; if {first} has it: {_fetch(first, name, shallow)}, and name {first}/{name})"


def _fetch(remote: str, branch: str, shallow: bool) -> str:
    words = ["fetch", *(["--unshallow"] if shallow else []), remote, f"{branch}:refs/remotes/{remote}/{branch}"]
    return f"git {shlex.join(words)}"
