"""What a query returned, in the formats that it is printed in: a line a row. Pure."""

import csv
import io
import json
import math
from collections.abc import Callable
from typing import NamedTuple

from analysis.model import metric as m
from analysis.tables.csv import no_formula
from analysis.tables.markdown import markdown
from analysis.tables.table import Cell, Table


class Answer(NamedTuple):
    """Names of columns, and rows of values."""

    columns: list[str]
    rows: list[tuple[object, ...]]


def answer_table(answer: Answer) -> Table:
    """Return a table whose rows are headed by the first column."""
    rows = [(_written(first), [Cell(_written(value)) for value in rest]) for first, *rest in answer.rows]
    return Table(answer.columns[0] if answer.columns else "", answer.columns[1:], rows)


def _written(value: object) -> str:
    if isinstance(value, float) and math.isfinite(value):
        return m.significant(6)(value)
    return "" if value is None else str(value)


def _markdown(answer: Answer) -> str:
    return markdown([answer_table(answer)])


def _csv(answer: Answer) -> str:
    """Return it by RFC 4180; what a spreadsheet would calculate has an apostrophe before it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(answer.columns)
    writer.writerows([no_formula(value) if isinstance(value, str) else value for value in row] for row in answer.rows)
    return text.getvalue()


def _json(answer: Answer) -> str:
    """Return an object a row; a number that is none is null, what JSON has no type for is text."""
    rows = [dict(zip(answer.columns, map(_finite, row), strict=True)) for row in answer.rows]
    return json.dumps(rows, indent=2, ensure_ascii=False, default=str) + "\n"


def _finite(value: object) -> object:
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


FORMATS: dict[str, Callable[[Answer], str]] = {"markdown": _markdown, "csv": _csv, "json": _json}
"""By the names that tables have."""
