"""The worked example of docs/explanation/deciding.md quotes the reference run, to the letter."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLES = (ROOT / "results" / "reference" / "table.md").read_text(encoding="utf-8").replace("\\", "")


def quoted() -> list[str]:
    """What the example has between backticks and is a figure of the run: ratios, percentages, ranks, notes."""
    text = (ROOT / "docs" / "explanation" / "deciding.md").read_text(encoding="utf-8")
    example = text[text.index("## A worked example") : text.index("## Coverage and error rates")]
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", example)]
    return [span for span in spans if re.search(r"\d", span) and not span.startswith(("primebench", "results/", "open"))]


def test_every_figure_of_the_worked_example_is_in_the_tables_of_the_reference_run() -> None:
    assert len(quoted()) > 10
    assert [span for span in quoted() if span not in TABLES] == []
