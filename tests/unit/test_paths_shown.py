"""What is shown of a path, and of any text from outside: one line, whatever characters it has."""

import os

import pytest

from loadgen.errors import Error, UnavailableError
from loadgen.one_line import one_line, storable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain /ünï/文", "plain /ünï/文"),
        ("two\nlines", r"two\nlines"),
        ("back\rand\tforth", r"back\rand\tforth"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a title\x07", r"a title\x07"),
        ("\u202eright to left", r"\u202eright to left"),
        ("line\u2028separator", r"line\u2028separator"),
        (os.fsdecode(b"not UTF-8 \xff\xfe"), r"not UTF-8 \xff\xfe"),
        ("half a pair \ud83d", r"half a pair \ud83d"),
        (r"a back\slash", r"a back\slash"),
    ],
)
def test_what_would_break_a_line_or_a_stream_is_escaped(text: str, shown: str) -> None:
    assert one_line(text) == shown
    assert str(Error(text)) == shown
    shown.encode()


def test_a_log_stays_below_its_message() -> None:
    assert str(Error("cpp: build failed\n  first\x1b[0m\n  second")) == "cpp: build failed\n  first\\x1b[0m\n  second"


def test_a_message_may_be_quoted_in_another() -> None:
    inner = UnavailableError("a\nb: not found")
    assert str(Error(f"base: {inner}")) == r"base: a\nb: not found"


@pytest.mark.parametrize("text", ["plain", "two\nlines", "\x1b[31m", "a\\xff"])
def test_a_record_holds_text_as_it_is(text: str) -> None:
    assert storable(text) == text


def test_a_record_holds_bytes_that_are_not_utf8_as_they_are_shown() -> None:
    assert storable(os.fsdecode(b"/srv/\xff/\xc3\xbc")) == r"/srv/\xff/ü"
