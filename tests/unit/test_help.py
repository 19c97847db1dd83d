"""`primebench help`: what its topics say is what is there."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.checks.described import described
from analysis.checks.registry import AFFECTED
from loadgen.errors import Error
from primebench.cli import cli
from primebench.exit_codes import MEANINGS
from primebench.help_topics import text_of, titles
from primebench.paths import CHECKOUT

REFERENCE = CHECKOUT / "docs" / "reference"


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["help", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def first_column(page: Path) -> set[str]:
    """Return the names between backticks in the first column of a page's tables."""
    cells = re.findall(r"^\| ([^|]+) \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_the_topics_are_listed_with_their_titles() -> None:
    assert list(titles()) == ["checks", "environment", "exit-codes", "files", "method", "names"]
    for name, title in titles().items():
        assert re.search(rf"^  {name} +{re.escape(title)}$", shown(), re.MULTILINE)
    assert max(map(len, shown().splitlines())) <= 80


@pytest.mark.parametrize("topic", titles())
def test_a_topic_is_at_most_a_screen_wide_and_begins_with_its_title(topic: str) -> None:
    lines = text_of(topic).splitlines()
    assert (lines[0], lines[1]) == (titles()[topic], "")
    assert max(map(len, lines)) <= 80
    assert shown(topic) == text_of(topic) + "\n"


def test_a_command_is_explained_as_its_own_help_does() -> None:
    assert shown("trend").startswith("Usage: cli trend [OPTIONS]")
    own = CliRunner().invoke(cli, ["trend", "--help"])
    assert shown("trend") == own.output


def test_a_topic_that_is_none_is_named_with_those_there_are() -> None:
    result = CliRunner().invoke(cli, ["help", "weather"])
    assert isinstance(result.exception, Error)
    assert "no topic 'weather': expected checks, environment, exit-codes" in str(result.exception)


def test_every_exit_code_is_explained() -> None:
    for code, meaning in MEANINGS.items():
        assert re.search(rf"^ *{code:d}  {re.escape(meaning.split()[0])}", text_of("exit-codes"), re.MULTILINE)


def test_every_check_is_described_here_and_in_the_reference() -> None:
    assert set(described()) == set(AFFECTED)
    assert [name for name, said in described().items() if not said.endswith(".")] == []
    assert first_column(REFERENCE / "checks.md") == set(AFFECTED)


def test_the_variables_are_those_of_the_reference() -> None:
    page = (REFERENCE / "command-line.md").read_text(encoding="utf-8")
    section = page[page.index("## Variables") : page.index("## Completion")]
    variables = {name for cell in re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)}
    assert variables
    assert set(re.findall(r"^([A-Z_]+)\b", text_of("environment"), re.MULTILINE)) | {"CLICOLOR_FORCE"} == variables


def test_the_files_of_a_run_are_those_of_the_reference() -> None:
    named = set(re.findall(r"\b[a-z]+\.(?:jsonl?|md|csv|html)\b", text_of("files")))
    assert named <= first_column(REFERENCE / "records.md")
