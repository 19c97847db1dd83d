"""From an empty folder to services that are verified, by the commands of docs/how-to/add-a-service.md."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import LAUNCH, Place
from tests.patience import PATIENCE_S

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-service.md"
NEEDS = ("node", "npm", "python3")


def commands() -> list[str]:
    """The commands of the page, but for the run, which measures for minutes."""
    block = PAGE.read_text(encoding="utf-8").partition("<!-- tested -->\n```\n")[2].partition("\n```")[0]
    return [line for line in block.splitlines() if not line.startswith("primebench run")]


def test_the_page_s_commands_end_with_services_that_are_right(place: Place, tmp_path: Path) -> None:
    if absent := [program for program in NEEDS if shutil.which(program) is None]:
        pytest.skip(f"{', '.join(absent)} not found")
    script = "\n".join(["set -e", f'primebench() {{ {LAUNCH[0]} {LAUNCH[1]} "$@"; }}', *commands()])
    done = subprocess.run(
        ["sh", "-c", script],
        env=dict(place.environment),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "hello-node: core 1 of 1" in done.stdout
    assert "hello-python: core 1 of 1" in done.stdout
