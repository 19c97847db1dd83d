"""A new service in every language, as it is written: verified, and all of them measured against each other.

`make test-real` runs them; a language whose tools are not installed is left out. Their first build fetches what they depend on.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.model.summary import read_summary
from loadgen.new_service.language import LANGUAGES

PATIENCE_S = 1500
HERE = [name for name, language in LANGUAGES.items() if all(map(shutil.which, language.needs))]


def primebench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "primebench", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def test_services_in_every_language_are_right_and_end_in_one_table(tmp_path: Path) -> None:
    if len(HERE) < 2:
        pytest.skip("tools of fewer than two languages found")
    for language in HERE:
        written = primebench(tmp_path, "new-service", language, f"hello-{language}")
        assert (written.returncode, written.stderr) == (0, "")
    verified = primebench(tmp_path, "verify")
    assert (verified.returncode, verified.stderr) == (0, ""), verified.stdout
    for language in HERE:
        assert f"hello-{language}: core 1 of 1" in verified.stdout
    ran = primebench(tmp_path, "run", "--profile", "smoke")
    assert ran.returncode == 0, ran.stderr
    (run,) = (path for path in (tmp_path / ".primebench" / "runs").iterdir() if path.is_dir())
    (workload,) = read_summary(run / "summary.json").workloads
    assert {contender.label for contender in workload.contenders} >= {f"hello-{language}" for language in HERE}
