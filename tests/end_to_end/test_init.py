"""What primebench init writes for each sample is built, started and verified as it is, by whoever has the tools."""

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Place, primebench
from tests.samples import SAMPLES, sample

NEEDS = {
    "go": ("go",),
    "go-cmd": ("go",),
    "rust": ("cargo", "cc"),
    "cpp": ("cmake", "c++"),
    "node": ("node",),
    "python": ("python3",),
    "java": ("mvn", "java"),
    "fastapi": ("python3",),
}


def test_every_sample_says_what_it_needs() -> None:
    assert sorted(NEEDS) == SAMPLES


@pytest.mark.parametrize("name", NEEDS)
def test_a_sample_passes_as_it_is_written(name: str, place: Place, tmp_path: Path) -> None:
    if absent := [program for program in NEEDS[name] if shutil.which(program) is None]:
        pytest.skip(f"{', '.join(absent)} not found")
    folder = sample(name, tmp_path)
    written = primebench(place, folder, "init")
    assert (written.returncode, written.stderr) == (0, "")
    verified = primebench(place, folder, "verify")
    assert (verified.returncode, verified.stderr) == (0, ""), verified.stdout
    assert "core 1 of 1" in verified.stdout
