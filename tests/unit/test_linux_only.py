"""On another system than Linux one line says so, before anything else can fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
WITHOUT_LINUX = """
import os, runpy, signal, sys
sys.platform = sys.argv.pop(1)
for module, names in ((os, ("sched_getaffinity", "sched_setaffinity", "geteuid", "pidfd_open")), (signal, ("SIGHUP",))):
    for name in names:
        delattr(module, name)
for name in ("psutil", "fcntl", "pydantic"):
    sys.modules[name] = None
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


def on(platform: str, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A module run as if on that system: without what only Linux has, and without packages that need it."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_LINUX, platform, module, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.mark.parametrize(
    ("platform", "command"),
    [
        ("darwin", ("primebench", "run")),
        ("darwin", ("primebench", "regress", "--base", "main")),
        ("darwin", ("primebench", "doctor")),
        ("freebsd14", ("primebench", "run")),
        ("darwin", ("primebench.setup",)),
        ("win32", ("primebench.setup",)),  # click has a part for Windows that cannot be imported here
    ],
)
def test_one_line_says_that_linux_is_needed_and_how_a_container_helps(platform: str, command: tuple[str, ...]) -> None:
    done = on(platform, *command)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"primebench: Linux is needed (it pins cores and reads /proc and /sys), this is {platform}; ")
    assert "docker run" in line
    assert "--cpuset-cpus" in line


def test_the_list_of_targets_needs_nothing_that_macos_lacks() -> None:
    """Its make is 3.81, its sed knows no \\t, and it has no nproc: `make help` is awk alone."""
    lines = (ROOT / "Makefile").read_text().splitlines()
    recipe = next(lines[place + 1] for place, line in enumerate(lines) if line.startswith("help:"))
    assert recipe.startswith("\t@awk ")
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "setup             install what is missing" in listed
