"""Text from outside (paths, names of branches, messages of tools) in one line, of characters that every stream can show.

Standard library only, as loadgen/errors.py, by which every message is shown.
"""

from __future__ import annotations

LOG_LINE = "\n  "
"""Begins a line of a log that is shown below a message."""


def one_line(text: str) -> str:
    r"""Return `text` with an escape for each character that ends a line, moves the cursor or has no encoding.

    A byte of a path that is not UTF-8, of which `os.fsdecode` makes a surrogate, becomes \xNN, a new line \n. Lines of a log,
    which begin with two spaces, remain. A backslash stays as it is, so that what is shown may be quoted and shown again.
    """
    return LOG_LINE.join("".join(map(_shown, line)) for line in text.split(LOG_LINE))


def storable(text: str) -> str:
    r"""Return `text` as a file in UTF-8 can hold it: a byte of a path that is not UTF-8 as \xNN, all else as it is."""
    return text.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
