"""What every file of the project keeps to."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OF_ONE_TASK = re.compile(r"prime(?!bench)|division|/calculate|\bn1000\b|fiber|actix", re.IGNORECASE)
KNOW_THE_TASK = ("loadgen/task/prime/", "loadgen/record/migrate.py", "loadgen/config/migrate.py")
"""The task itself, and what reads files from when it was the only one."""


def modules(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules("loadgen", "analysis"), ids=shown)
def test_what_measures_and_decides_knows_no_task_and_no_service(path: Path) -> None:
    if not shown(path).startswith(KNOW_THE_TASK):
        assert OF_ONE_TASK.findall(path.read_text(encoding="utf-8")) == []
