"""server/README.md quotes ratios from results/server/: each must be there, digit by digit."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RATIO = re.compile(r"\d+\.\d+ \[\d+\.\d+, \d+\.\d+\]")
QUOTED = RATIO.findall((ROOT / "server" / "README.md").read_text(encoding="utf-8"))
MEASURED = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "results" / "server").glob("*.md")))


def test_there_are_quoted_ratios() -> None:
    assert len(QUOTED) >= 10


@pytest.mark.parametrize("quoted", sorted(set(QUOTED)))
def test_a_quoted_ratio_was_measured(quoted: str) -> None:
    assert quoted in MEASURED
