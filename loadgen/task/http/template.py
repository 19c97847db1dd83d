"""Templates in requests: `{name}` is a parameter or a piece of data, `{env.NAME}` a secret, a variable of the environment.

Nothing else. Values are written as the place needs it: escaped within JSON, percent-encoded in a path.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from urllib.parse import quote

from pydantic import JsonValue

from loadgen.secrets import secret

_PLACEHOLDER = re.compile(r"\{([A-Za-z][A-Za-z0-9_.-]*)\}")
_ENVIRONMENT = "env."
_LEFT_IN_PATHS = "/:@!$'()*,~-._"
Write = Callable[[str], str]


def plainly(text: str) -> str:
    """Write a value as it is."""
    return text


def in_path(text: str) -> str:
    """Write a value into a path or query (RFC 3986): what would end it or part it there is percent-encoded."""
    return quote(text, safe=_LEFT_IN_PATHS)


def in_json(text: str) -> str:
    """Write a value into a string of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def names_in(text: str) -> list[str]:
    """Return all names in a template, those of the environment left out."""
    return [name for name in _PLACEHOLDER.findall(text) if not name.startswith(_ENVIRONMENT)]


def has_secret(text: str) -> bool:
    """Return whether a template has a secret in it."""
    return any(name.startswith(_ENVIRONMENT) for name in _PLACEHOLDER.findall(text))


def unknown_names(text: str, known: Collection[str]) -> list[str]:
    """Return the names in a template that name nothing."""
    return [name for name in names_in(text) if name not in known]


def fill(text: str, values: Mapping[str, JsonValue], *, write: Write = plainly, shown: bool = False) -> str:
    """Return the text with values in the place of names; of one that is `shown` secrets keep their names.

    Raise ValueError for a secret that is not set.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in values:
            return _text(values[name], write)
        if name.startswith(_ENVIRONMENT):
            return match[0] if shown else secret(name.removeprefix(_ENVIRONMENT))
        return match[0]  # braces of JSON, say

    return _PLACEHOLDER.sub(value, text)


def _text(value: JsonValue, write: Write) -> str:
    if isinstance(value, str):
        return write(value)
    if isinstance(value, bool | list | dict) or value is None:
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def fill_value(value: JsonValue, values: Mapping[str, JsonValue]) -> JsonValue:
    """Return a value with its text filled; a text that is one name alone becomes the value itself, with its type."""
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    return values[whole[1]] if whole and whole[1] in values else fill(value, values)
