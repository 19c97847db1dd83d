"""TOML as people write it: tables with comments, and a mark above each line that is to be looked at."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from loadgen.one_line import one_line

_WIDTH = 128
_EDIT = "# EDIT: "
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Table:
    """A table: its header (none at the top), values by key, and what is said of them.

    `comments` and `edits` are by key: what the value is, and what is to be looked at. `above` and `below` are lines around all.
    """

    header: str
    values: Mapping[str, JsonValue] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    edits: Mapping[str, str] = field(default_factory=dict)
    above: Sequence[str] = ()
    below: Sequence[str] = ()

    @property
    def lines(self) -> list[str]:
        """Return the lines."""
        lines = [*map(_comment, self.above), *([self.header] if self.header else [])]
        for name, value in self.values.items():
            lines += self._lines_of(name, value)
        return [*lines, *map(_comment, self.below)]

    def _lines_of(self, name: str, value: JsonValue) -> list[str]:
        line = f"{_key(name)} = {written(value)}"
        comment = _comment(self.comments[name]) if name in self.comments else ""
        edit = [_EDIT + _tidy(self.edits[name])] if name in self.edits else []
        if len(line) > _WIDTH and isinstance(value, list):
            return [*([comment] if comment else []), *edit, f"{_key(name)} = [", *_wrapped(value, "  "), "]"]
        if comment and len(line) + 2 + len(comment) > _WIDTH:
            return [comment, *edit, line]
        return [*edit, f"{line}  {comment}" if comment else line]


def text_of(tables: Sequence[Table]) -> str:
    """Return the tables as the text of a file."""
    return "\n\n".join("\n".join(table.lines) for table in tables) + "\n"


def edits_of(text: str) -> list[tuple[int, str]]:
    """Return the lines that are to be looked at: number, from 1, and what is the matter."""
    lines = text.split("\n")
    return [(at + 2, line.removeprefix(_EDIT)) for at, line in enumerate(lines) if line.startswith(_EDIT)]


def written(value: JsonValue) -> str:
    """Return a value in one line; raise ValueError for null, which TOML does not have."""
    if value is None:
        raise ValueError("TOML has no null")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(name)} = {written(item)}' for name, item in value.items())} }}" if value else "{}"
    return json.dumps(value)


def _wrapped(values: list[JsonValue], indent: str) -> list[str]:
    """Return the items of an array in lines: a list in one of its own, or in several if it is too long; others side by side."""
    lines: list[str] = []
    for value in values:
        item = f"{written(value)},"
        if isinstance(value, list) and len(indent + item) > _WIDTH:
            lines += [f"{indent}[", *_wrapped(value, f"{indent}  "), f"{indent}],"]
        elif lines and not isinstance(value, list) and len(lines[-1]) + 1 + len(item) <= _WIDTH:
            lines[-1] += f" {item}"
        else:
            lines.append(indent + item)
    return lines


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()
    if ('"' in text or "\\" in text) and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # TOML alone escapes DEL


def _comment(text: str) -> str:
    return f"# {_tidy(text)}"


def _tidy(text: str) -> str:
    """Text from outside in one line, which a comment has to be."""
    return one_line(" ".join(text.split()))
