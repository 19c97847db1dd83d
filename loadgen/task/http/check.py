"""Whether a response is what a task.toml expects."""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import JsonValue

from loadgen.conformance import Response
from loadgen.secrets import without_secrets
from loadgen.task.http.file import Expectation
from loadgen.task.http.json_path import values_at
from loadgen.task.http.template import fill, fill_value

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_SHOWN_CHARACTERS = 60


def fault(
    response: Response, expect: Expectation, parameters: Mapping[str, JsonValue], validator: "Validator | None"
) -> str | None:
    """Return what is wrong, as "expected ..., got ..."; None if nothing is."""
    if response.status not in expect.status:
        return f"expected status {' or '.join(map(str, expect.status))}, got {response.status}"
    for name, pattern in expect.headers.items():
        values = response.values(name.lower())
        if not any(re.search(pattern, value) for value in values):
            return f"expected {name} that matches {pattern}, got {list(values)}"
    if expect.body is not None and response.content != (body := fill(expect.body, parameters)).encode():
        return f"expected the body {_shortened(body)}, got {_shortened(response.content)}"
    if validator is None and not expect.json_values:
        return None
    try:
        content = json.loads(response.content)
    except ValueError:
        return f"expected JSON, got {_shortened(response.content)}"
    return _schema_fault(content, validator) or _values_fault(content, expect, parameters)


def _schema_fault(content: JsonValue, validator: "Validator | None") -> str | None:
    error = None if validator is None else next(iter(validator.iter_errors(content)), None)
    return (
        None
        if error is None
        else f"expected content as the schema has it, got at {error.json_path}: {_shortened(error.message)}"
    )


def _values_fault(content: JsonValue, expect: Expectation, parameters: Mapping[str, JsonValue]) -> str | None:
    for json_value in expect.json_values:
        expected = fill_value(json_value.equals, parameters)
        values = values_at(fill(json_value.path, parameters), content)
        if len(values) != 1:
            return f"expected one value at {json_value.path}, got {len(values)}"
        if values[0] != expected or isinstance(values[0], bool) is not isinstance(expected, bool):
            return f"expected {_shortened(expected)} at {json_value.path}, got {_shortened(values[0])}"
    return None


def _shortened(value: object) -> str:
    text = without_secrets(repr(value)).encode("ascii", "backslashreplace").decode()
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}..."
