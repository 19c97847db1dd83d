"""What several unit tests begin with."""

from pathlib import Path

import pytest

from loadgen.record.folder import RunFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """The folder of a run that has no record yet."""
    made = RunFolder(tmp_path / "run")
    made.create()
    return made
