"""Tables as one CSV file in long format, a line a cell: many tables have many columns, and none are the same. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from analysis.tables.table import Cell, Table
from analysis.text.printable import in_one_line

COLUMNS = ("table", "row", "column", "value", "detail", "number", "low", "high", "quantity")
NOTE = "note"
"""The row of a table's note, which stands in `detail`; its column, value and numbers are empty."""

_FORMULA = re.compile(r"[=+\-@]")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?(e[+-]?\d+)?%?")


def csv_text(tables: Sequence[Table]) -> str:
    """All tables by RFC 4180, lines ended by CRLF: `value` and `detail` as people read them, `number`, `low` and `high` not
    rounded, in the unit that `quantity` ends in.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for table in tables:
        writer.writerows(_lines(table))
    return text.getvalue()


def _lines(table: Table) -> Iterator[list[str]]:
    for head, cells in table.rows:
        for column, cell in zip(table.heads, cells, strict=True):
            yield [*(no_formula(text) for text in (table.title, head, column, cell.value, cell.detail)), *_numbers(cell)]
    for note in table.notes:
        yield [no_formula(table.title), NOTE, "", "", no_formula(note), "", "", "", ""]


def _numbers(cell: Cell) -> list[str]:
    numbers = ["" if number is None else repr(float(number)) for number in (cell.number, cell.low, cell.high)]
    return [*numbers, cell.quantity or ""]


def no_formula(text: str) -> str:
    """The text in one line, an apostrophe before what a spreadsheet would calculate: a service's title comes from outside.

    OWASP, CSV injection: = + - @ at the beginning, tab and carriage return, which are gone. A number may have its sign.
    """
    line = in_one_line(text)
    return f"'{line}" if _FORMULA.match(line) and not _NUMBER.fullmatch(line) else line
