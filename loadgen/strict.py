"""Reading what people write (TOML): frozen models that refuse unknown keys, with errors that name file, key and expectation."""

import codecs
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from loadgen.deprecation import EARLIER_SCHEMA, warn
from loadgen.errors import Error


class Strict(BaseModel):
    """Base of every configuration and record model: frozen, no unknown keys, no silent conversion of text to numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with other values in some fields; raise ValidationError for one that is wrong or unknown."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate(values | changes, by_name=True, by_alias=False)

    @classmethod
    def from_fields_of(cls, source: "Strict", **others: Any) -> Self:
        """Return one with what `source` has under the same names, and the `others`, which come first. The version of a file's
        schema is its own.
        """
        names = (cls.model_fields.keys() & type(source).model_fields.keys()) - {"schema_version"}
        return cls.model_validate({name: getattr(source, name) for name in names} | others, by_name=True, by_alias=False)


def _compiles(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"expected a regular expression: {error}") from error
    return text


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression."""

Model = TypeVar("Model", bound=Strict)
LARGEST_TOML_BYTES = 10_000_000
"""People write kilobytes; more is another file, or a device that never ends."""


def read_toml(
    path: Path, model: type[Model], migrate: Callable[[dict[str, Any]], dict[str, Any]] | None = None, table: str = ""
) -> Model:
    """Read `path`, or only that table of it, as `model`; raise Error with one line that names the file, the key and what was
    expected.

    `migrate` makes, of the contents of an older file, those of today's.
    """
    data = _read(path)
    if table:
        data = data.get(table)
        if not isinstance(data, dict):
            raise Error(f"{path}: expected a table [{table}]")
    todays = migrate(data) if migrate else data
    try:
        checked = model.model_validate(todays)
    except ValidationError as error:
        raise Error(f"{path}: {explain(error, table)}") from error
    if data.get("schema", todays.get("schema")) != todays.get("schema"):
        warn(EARLIER_SCHEMA, str(path))
    return checked


def _read(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_TOML_BYTES + 1)
        text = content.decode("utf-8-sig")  # an editor of Windows begins a file with a byte order mark
    except (OSError, UnicodeDecodeError) as error:
        raise Error(f"{path}: cannot be read: {_reason(error)}") from error
    if len(content) > LARGEST_TOML_BYTES:
        raise Error(f"{path}: larger than {LARGEST_TOML_BYTES // 1_000_000} MB; expected a file of settings, in TOML")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # which an integer of 5,000 digits and 1,000 nested lists raise
        raise Error(f"{path}: not valid TOML: {error}") from error


def explain(error: ValidationError, table: str = "") -> str:
    """The first fault of a validation error as one line: `key: expectation (got value)`, and how many more there are. Keys are
    those of the `table`, if it is one. A key that nothing reads is always named: it may be what another one is missing for.
    """
    first, *others = error.errors(include_url=False)
    shown = [first, *[fault for fault in others if fault["type"] == _UNKNOWN][:1]]
    more = f"; and {1 + len(others) - len(shown)} more" if 1 + len(others) > len(shown) else ""
    return "; ".join(_explained(fault, table) for fault in shown) + more


_UNKNOWN = "extra_forbidden"


def _explained(fault: ErrorDetails, table: str) -> str:
    key = ".".join([*([table] if table else []), *(str(part) for part in fault["loc"])]) or "top level"
    if fault["type"] == _UNKNOWN:
        return f"{key}: no such key"
    unsaid = fault["type"] == "missing" or isinstance(fault["input"], dict | list)
    got = "" if unsaid else f" (got {_shortened(repr(fault['input']))})"
    return f"{key}: {fault['msg'].removeprefix('Value error, ')}{got}"


def _shortened(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if error.object.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16 text; save it as UTF-8"
    return "not UTF-8 text"
