"""Templates in requests: `{name}` is a parameter, `{env.NAME}` a variable of the environment that is a secret. Nothing else."""

import os
import re
from collections.abc import Mapping

from pydantic import JsonValue

_PLACEHOLDER = re.compile(r"\{([A-Za-z][A-Za-z0-9_.-]*)\}")
_ENVIRONMENT = "env."


def unknown_names(text: str, parameters: Mapping[str, object]) -> list[str]:
    """Return the names in a template that name nothing."""
    names = _PLACEHOLDER.findall(text)
    return [name for name in names if name not in parameters and not name.startswith(_ENVIRONMENT)]


def missing_variables(text: str) -> list[str]:
    """Return the variables of the environment that a template needs and that are not set."""
    names = (name.removeprefix(_ENVIRONMENT) for name in _PLACEHOLDER.findall(text) if name.startswith(_ENVIRONMENT))
    return [name for name in names if not os.environ.get(name)]


def fill(text: str, parameters: Mapping[str, JsonValue], *, shown: bool = False) -> str:
    """Return the text with values in the place of names; of one that is `shown` secrets keep their names."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in parameters:
            found = parameters[name]
            return str(found).lower() if isinstance(found, bool) else str(found)
        if name.startswith(_ENVIRONMENT):
            return match[0] if shown else os.environ.get(name.removeprefix(_ENVIRONMENT), "")
        return match[0]  # braces of JSON, say

    return _PLACEHOLDER.sub(value, text)


def fill_value(value: JsonValue, parameters: Mapping[str, JsonValue]) -> JsonValue:
    """Return a value with its text filled; a text that is one name alone becomes the parameter itself, with its type."""
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    return parameters[whole[1]] if whole and whole[1] in parameters else fill(value, parameters)
