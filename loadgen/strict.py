"""Reading what people write (TOML): frozen models that refuse unknown keys, with errors that name file, key and expectation."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from loadgen.trouble import Trouble


class Strict(BaseModel):
    """Base of every configuration and record model: frozen, no unknown keys, no silent conversion of text to numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Model = TypeVar("Model", bound=Strict)


def read_toml(path: Path, model: type[Model]) -> Model:
    """Read `path` as `model`; raise Trouble with one line that names the file, the key and what was expected."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{path}: cannot be read: {_reason(error)}") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Trouble(f"{path}: not valid TOML: {error}") from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise Trouble(f"{path}: {explain(error)}") from error


def explain(error: ValidationError) -> str:
    """The first fault of a validation error as one line: `key: expectation (got value)`, and how many more there are."""
    faults = error.errors(include_url=False)
    first = faults[0]
    key = ".".join(str(part) for part in first["loc"]) or "top level"
    got = "" if first["type"] == "missing" else f" (got {_shortened(repr(first['input']))})"
    more = f"; and {len(faults) - 1} more" if len(faults) > 1 else ""
    return f"{key}: {first['msg']}{got}{more}"


def _shortened(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "not UTF-8 text"
