"""Tables as JSON: a list of tables, each a list of cells with the fields of the CSV file. Pure."""

import json
from collections.abc import Sequence

from analysis.tables.table import Cell, Table


def json_text(tables: Sequence[Table]) -> str:
    """All tables; `number`, `low` and `high` are null where the cell has none, and not rounded."""
    return json.dumps([_table(table) for table in tables], indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _table(table: Table) -> dict[str, object]:
    cells = [
        _cell(row, column, cell) for row, row_cells in table.rows for column, cell in zip(table.heads, row_cells, strict=True)
    ]
    return {"table": table.title, "cells": cells, "notes": table.notes}


def _cell(row: str, column: str, cell: Cell) -> dict[str, object]:
    return {
        "row": row,
        "column": column,
        "value": cell.value,
        "detail": cell.detail,
        "number": cell.number,
        "low": cell.low,
        "high": cell.high,
        "quantity": cell.quantity,
    }
