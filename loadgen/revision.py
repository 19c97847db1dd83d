"""A git revision as a folder: a worktree that is gone again when the block ends."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loadgen.trouble import Trouble


def resolve(checkout: Path, revision: str) -> str:
    """The commit that `revision` names; raise Trouble if there is none."""
    answer = _git(checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if answer.returncode != 0:
        raise Trouble(f"no revision '{revision}' in {checkout}; expected a commit, branch or tag (git fetch?)")
    return answer.stdout.strip()


@contextmanager
def worktree(checkout: Path, commit: str) -> Iterator[Path]:
    """Check `commit` out into a folder of its own; the folder and git's note of it are removed at the end."""
    with tempfile.TemporaryDirectory(prefix="primebench-") as parent:
        folder = Path(parent) / "tree"
        added = _git(checkout, "worktree", "add", "--detach", "--quiet", str(folder), commit)
        if added.returncode != 0:
            raise Trouble(f"git worktree add failed for {commit[:12]}: {added.stderr.strip()}")
        try:
            yield folder
        finally:
            _git(checkout, "worktree", "remove", "--force", str(folder))


def _git(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", "-C", str(checkout), *arguments], capture_output=True, text=True, check=False)
