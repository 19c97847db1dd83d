"""Git repositories that tests make."""

import os
import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str, **environment: str) -> str:
    """Run git in the folder, as an author of its own; return what it prints, without white space at the ends."""
    own = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "protocol.file.allow=always"]
    own += ["-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", "-C", str(folder), *own, *arguments],
        env=os.environ | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def commit(folder: Path, subject: str) -> str:
    """Commit all that is in the folder; return the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", subject)
    return git(folder, "rev-parse", "HEAD")


def commit_file(folder: Path, subject: str) -> str:
    """Commit a file whose text is the subject; return the commit."""
    (folder / "file").write_text(subject)
    return commit(folder, subject)
