"""The formats that tables are written in for other programs; the terminal's is in `render_table`."""

from collections.abc import Callable, Sequence

from analysis.tables.csv import csv_text
from analysis.tables.json import json_text
from analysis.tables.markdown import markdown
from analysis.tables.table import Table

FORMATS: dict[str, Callable[[Sequence[Table]], str]] = {"markdown": markdown, "csv": csv_text, "json": json_text}
"""Name -> all tables as one text, to be written in UTF-8 wherever it goes."""
