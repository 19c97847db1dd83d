"""What the reference says of keys, exit codes and options is made from the code, and up to date."""

from pathlib import Path
from typing import Annotated, Literal

import click
import pytest
from pydantic import Field

from loadgen.config.deviations import DeviationsFile
from loadgen.config.hosts import HostsFile
from loadgen.config.project import ProjectFile
from loadgen.config.scenarios import Scenarios
from loadgen.config.service_file import ServiceFile
from loadgen.record.run import RunRecord
from loadgen.record.trial import BenchmarkTrial, CountTrial, LoadTrial
from loadgen.strict import Strict
from loadgen.task.http.file import TaskFile
from primebench.cli import cli
from tests.docs.pages import DOCS, shown, text_of
from tests.docs.reference import PART, commands_of, made, model_text, path_of, places, rows

FILES = (ServiceFile, DeviationsFile, Scenarios, ProjectFile, HostsFile, TaskFile)
RECORDS = (RunRecord, LoadTrial, BenchmarkTrial, CountTrial)


class Inner(Strict):
    """Told where it is used."""

    path: str
    """Where it is | or not."""


class Other(Strict):
    """Has a part of its own."""


class Whole(Strict):
    """Has all that a table can show."""

    schema_version: Literal[2] = Field(alias="schema")
    """The version."""
    rate: Annotated[float, Field(gt=0, le=3600)] | None = None
    """A number
    in two lines."""
    names: list[list[str]] = [["a"]]
    """Lists."""
    inner: dict[str, Inner] = {}
    needed: Inner
    """A table."""
    others: list[Other] = []
    """Elsewhere."""


def test_a_model_has_a_row_a_key() -> None:
    placed = {path_of(Other): "a/other.md#other"}
    assert list(rows(Whole, placed, "b/page.md", with_null=False)) == [
        ["`schema`", "`2`", "The version.", "required"],
        ["`rate`", "number, more than 0, at most 3,600", "A number in two lines.", "none"],
        ["`names`", "list of lists of texts", "Lists.", '`[["a"]]`'],
        ["`inner.NAME.path`", "text", "Where it is | or not.", "required with `inner`"],
        ["`needed`", "table", "A table.", "required"],
        ["`needed.path`", "text", "Where it is | or not.", "required"],
        ["`others`", "list of [tables](../a/other.md#other)", "Elsewhere.", "none"],
    ]


def test_a_table_of_a_record_says_what_may_be_null_and_no_default() -> None:
    lines = model_text(Whole, {}, "page.md").splitlines()
    assert lines[:2] == ["| key | values | meaning |", "|---|---|---|"]
    assert "| `rate` | number, more than 0, at most 3,600 or `null` | A number in two lines. |" in lines
    assert r"| `needed.path` | text | Where it is \| or not. |" in lines


def test_a_key_without_a_sentence_is_named() -> None:
    class Silent(Strict):
        """Says nothing of its key."""

        key: int

    with pytest.raises(ValueError, match="Silent: key: expected a sentence below it"):
        model_text(Silent, {}, "page.md")


def test_a_part_of_an_unknown_name_is_named() -> None:
    with pytest.raises(ValueError, match="Built: expected a model, or one of commands, options, exit codes"):
        made("<!-- begin: loadgen.config.build.Built -->\n<!-- end -->", "page.md", {})


def test_every_option_says_what_it_does() -> None:
    options = [
        (name, param) for name, command in commands_of(cli) for param in command.params if isinstance(param, click.Option)
    ]
    assert [(name, option.name) for name, option in options if not option.help] == []


def test_every_file_and_every_record_has_its_table() -> None:
    assert {path_of(model) for model in (*FILES, *RECORDS)} | {"commands", "options", "exit codes"} <= places().keys()


@pytest.mark.parametrize("page", [page for page in sorted(DOCS.rglob("*.md")) if PART.search(text_of(page))], ids=shown)
def test_what_is_made_from_the_code_is_up_to_date(page: Path) -> None:
    assert made(text_of(page), shown(page), places()) == text_of(page), "run: python -m tests.docs.reference --write"
