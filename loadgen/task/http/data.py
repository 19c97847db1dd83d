"""Data of a task.toml: values that its templates name, in an order that a seed gives."""

import csv
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from loadgen.errors import Error
from loadgen.strict import Strict
from loadgen.task.sidecar import Name

BLOCK = 1_000_000
"""So many values of a sequence each block of a trial has for itself; the last block has all that follow."""

Record = Mapping[str, JsonValue]
"""A line of a file: field -> value."""
ColumnType = Literal["integer", "number", "string", "boolean"]


class Range(Strict):
    """Where values are drawn from."""

    integer: Annotated[list[int], Field(min_length=2, max_length=2)]
    """`[LOWEST, HIGHEST]`: whole numbers, drawn evenly; `{name}`."""

    @model_validator(mode="after")
    def _is_one(self) -> "Range":
        if self.integer[0] > self.integer[1]:
            raise ValueError(f"integer: expected [lowest, highest], not {self.integer}")
        return self


class DataFile(Strict):
    """Values of that name, from one source."""

    name: Name
    """As of a task; no parameter may have it."""
    file: str | None = None
    """A file of JSON lines, or one whose name ends in `.csv`. A line's fields are `{name.field}`, those within objects
    `{name.object.field}`."""
    types: dict[str, ColumnType] = {}
    """The types of a CSV file's columns, where they are no text."""
    order: Literal["shuffle", "file"] = "shuffle"
    """Shuffled, lines come in a drawn order, all before any comes again; else in that of the file."""
    drawn_from: Range | None = Field(default=None, alias="from")
    sequence: Annotated[int, Field(ge=0)] | None = None
    """Numbers from there on, none twice in one process of the service; `{name}`."""

    @model_validator(mode="after")
    def _has_one_source(self) -> "DataFile":
        if sum(origin is not None for origin in (self.file, self.drawn_from, self.sequence)) != 1:
            raise ValueError("expected one of file, from and sequence")
        if self.types and not (self.file or "").endswith(".csv"):
            raise ValueError("types: expected only with a file that ends in .csv: JSON has types of its own")
        return self


@dataclass(frozen=True)
class Source:
    """Data that have been read: the names that templates may use, and the lines of a file."""

    file: DataFile
    records: Sequence[Record] = ()

    @property
    def names(self) -> list[str]:
        """What templates may name."""
        name = self.file.name
        return [f"{name}.{field}" for field in self.records[0]] if self.file.file else [name]

    @property
    def is_unique(self) -> bool:
        """Whether no value may come twice."""
        return self.file.sequence is not None

    def values(self, seed: int, block: int) -> Iterator[dict[str, JsonValue]]:
        """Return values by name, without an end; the same each time."""
        source, name = random.Random(f"{seed}/{block}/{self.file.name}"), self.file.name
        if self.file.sequence is not None:
            value = self.file.sequence + block * BLOCK
            while True:
                yield {name: value}
                value += 1
        if self.file.drawn_from is not None:
            while True:
                yield {name: source.randint(*self.file.drawn_from.integer)}
        named = [{f"{name}.{field}": value for field, value in record.items()} for record in self.records]
        while True:
            yield from source.sample(named, len(named)) if self.file.order == "shuffle" else named


def read_source(file: DataFile, folder: Path, fail: Callable[[str], Error]) -> tuple[Source, bytes]:
    """Return the data and what of them belongs to the task's digest; raise what `fail` makes of a message."""
    if file.file is None:
        return Source(file), b""
    try:
        content = (folder / file.file).read_bytes()
        text = content.decode()
    except OSError as error:
        raise fail(f"{file.file}: {error.strerror}; expected a file in the task's folder") from error
    except UnicodeDecodeError as error:
        raise fail(f"{file.file}: expected text in UTF-8") from error
    lines = text.splitlines()
    records = _of_csv(file, lines, fail) if file.file.endswith(".csv") else _of_json(file.file, lines, fail)
    if not records:
        raise fail(f"{file.file}: expected a line of data")
    for number, record in enumerate(records, 1):
        if record.keys() != records[0].keys():
            odd = ", ".join(sorted(record.keys() ^ records[0].keys()))
            raise fail(f"{file.file}: record {number}: expected the fields of the first one; differs in {odd}")
    return Source(file, records), content


def _of_json(name: str, lines: Sequence[str], fail: Callable[[str], Error]) -> list[Record]:
    records: list[Record] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise fail(f"{name}: line {number}: expected a JSON object, got {line[:60]!r}") from error
        if not isinstance(value, dict):
            raise fail(f"{name}: line {number}: expected a JSON object, got {line[:60]!r}")
        records.append(dict(_flat(value)))
    return records


def _flat(value: Mapping[str, JsonValue], prefix: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Fields with dots for what lies within objects."""
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from _flat(inner, f"{prefix}{name}.")
        else:
            yield prefix + name, inner


def _of_csv(file: DataFile, lines: Sequence[str], fail: Callable[[str], Error]) -> list[Record]:
    reader = csv.DictReader(lines, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise fail(f"{file.file}: line {reader.line_num}: {error}") from error
    if unknown := sorted(set(file.types) - set(reader.fieldnames or [])):
        raise fail(f"{file.file}: types: there is no column {unknown[0]}")
    records: list[Record] = []
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise fail(f"{file.file}: record {number - 1}: expected {len(reader.fieldnames or [])} values")
        try:
            records.append({name: _typed(value, file.types.get(name, "string")) for name, value in row.items()})
        except ValueError as error:
            raise fail(f"{file.file}: record {number - 1}: {error}") from error
    return records


def _typed(text: str, kind: ColumnType) -> JsonValue:
    if kind == "string":
        return text
    if kind == "boolean":
        if text not in ("true", "false"):
            raise ValueError(f"expected true or false, got {text!r}")
        return text == "true"
    return int(text) if kind == "integer" else float(text)


class Drawing:
    """Values as requests use them up: each request takes the next of each source that it names."""

    def __init__(self, sources: Mapping[str, Source], named: Mapping[str, Sequence[str]], seed: int, block: int) -> None:
        """`named`: kind of request -> the sources that it names."""
        self._values = {name: source.values(seed, block) for name, source in sources.items()}
        self._named = named

    def draw(self, kind: str, parameters: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """Return the parameters with the data of the next request of the kind."""
        drawn = dict(parameters)
        for name in self._named[kind]:
            drawn |= next(self._values[name])
        return drawn
