"""TOML with comments: whatever is written is read back as it was."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from loadgen.init.toml import Table, edits_of, text_of, written

TEXT = st.text()
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


@given(VALUES)
def test_a_value_is_read_back(value: JsonValue) -> None:
    assert tomllib.loads(f"key = {written(value)}") == {"key": value}


@given(st.dictionaries(TEXT, VALUES, max_size=4), TEXT, TEXT)
def test_no_comment_changes_what_is_read(values: dict[str, JsonValue], comment: str, edit: str) -> None:
    table = Table("[table]", values, dict.fromkeys(values, comment), dict.fromkeys(values, edit), [comment], [edit])
    assert tomllib.loads(text_of([table])) == {"table": values}


def test_a_line_to_edit_is_told_by_its_number() -> None:
    commands: JsonValue = [["a" * 60], ["b" * 60]]
    table = Table(
        "[build]", {"needs": ["go"], "commands": commands}, {"commands": "how"}, {"needs": "which", "commands": "what"}
    )
    text = text_of([table])
    lines = text.split("\n")
    assert [(lines[number - 1], what) for number, what in edits_of(text)] == [
        ('needs = ["go"]', "which"),
        ("commands = [", "what"),
    ]
    assert lines[3:6] == ["# how", "# EDIT: what", "commands = ["]


def test_a_long_array_is_wrapped_and_its_arrays_as_well() -> None:
    words: list[JsonValue] = [f"argument-{number}" for number in range(20)]
    text = text_of([Table("", {"command": words, "commands": [["short"], words]})])
    assert tomllib.loads(text) == {"command": words, "commands": [["short"], words]}
    assert max(map(len, text.split("\n"))) <= 128
    assert len(text.split("\n")) < 16


def test_quotes_are_written_so_that_people_can_read_them() -> None:
    assert (
        written({"body": '{"id": 7}', "say": "it's", "both": "'\""})
        == """{ body = '{"id": 7}', say = "it's", both = "'\\"" }"""
    )


def test_null_is_refused() -> None:
    with pytest.raises(ValueError, match="no null"):
        written([None])
