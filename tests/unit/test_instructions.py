"""Callgrind's files, read back."""

import shutil
import subprocess
from pathlib import Path

import pytest

from loadgen.microbench.callgrind import total_in
from tests.patience import PATIENCE_S

PROFILE = (
    "# callgrind format\nversion: 1\npid: 11739\ncmd:  ./fork x 10\n\nevents: {}\nsummary: {}\n\nfn=(0)\n0 3\ntotals: {}\n"
)


@pytest.mark.parametrize(
    ("profile", "total"),
    [
        (PROFILE.format("Ir", "194875", "194875"), 194875),
        (PROFILE.format("Dr Ir Dw", "1 194877 2", "1 194875 2"), 194875),
        ("events: Ir\nsummary: 7\n", 7),
        ("totals: 7\n", 7),
        ("events: Ge\ntotals: 7\n", None),
        ("events: Ir\n", None),
        ("", None),
    ],
)
def test_the_total_is_that_of_instructions_whichever_events_there_are(profile: str, total: int | None) -> None:
    assert total_in(profile) == total


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="needs valgrind")
def test_the_installed_version_is_read(tmp_path: Path) -> None:
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={tmp_path}/%p"]
    subprocess.run([*tool, "true"], check=True, capture_output=True, timeout=PATIENCE_S)
    (profile,) = tmp_path.iterdir()
    total = total_in(profile.read_text())
    assert total is not None
    assert total > 10_000
