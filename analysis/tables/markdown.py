"""Tables on the terminal (rich) and in Markdown."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from analysis.tables.table import Cell, Table
from analysis.text.ascii import in_encoding
from analysis.text.printable import in_one_line

ASCII_HEAD = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
"""box.SIMPLE_HEAD where a terminal has no line to draw; rich would put a frame around every cell, and use up its width."""


def print_table(console: Console, table: Table) -> None:
    """Print a table with its notes; columns wrap rather than run over the terminal's edge.

    What the terminal's encoding lacks is spelled before columns are measured. With NO_COLOR there is no escape code at all.
    """

    def text(said: str, style: str = "") -> Text:
        return Text(in_encoding(in_one_line(said), console.encoding), style="" if console.no_color else style)

    lines = box.SIMPLE_HEAD if console.encoding.startswith("utf") else ASCII_HEAD
    grid = RichTable(title=text(table.title, "bold"), title_justify="left", box=lines, pad_edge=False)
    if console.no_color:
        grid.header_style = grid.title_style = "none"
    grid.add_column("", overflow="fold")
    for head in table.heads:
        grid.add_column(text(head), justify="right", overflow="fold")
    for head, cells in table.rows:
        grid.add_row(text(head), *(text(_said(cell)) for cell in cells))
    console.print(grid)
    for note in table.notes:
        console.print(Padding(text(note), (0, 0, 0, 2)))
    if table.notes:
        console.print()


def _said(cell: Cell) -> str:
    return cell.short or (f"{cell.value} {cell.detail}" if cell.detail else cell.value)


def markdown(tables: Sequence[Table]) -> str:
    """All tables as GitHub-flavoured Markdown."""
    return "\n".join(_markdown_table(table) for table in tables)


def _markdown_table(table: Table) -> str:
    lines = [f"### {escaped(table.title)}", ""]
    lines.append("| | " + " | ".join(escaped(head) for head in table.heads) + " |")
    lines.append("|---|" + "---:|" * len(table.heads))
    for head, cells in table.rows:
        lines.append(f"| {escaped(head)} | " + " | ".join(_markdown_cell(cell) for cell in cells) + " |")
    if table.notes:
        lines += ["", *(f"* {escaped(note)}" for note in table.notes)]
    return "\n".join(lines) + "\n"


def _markdown_cell(cell: Cell) -> str:
    return " ".join(escaped(part) for part in (cell.value, cell.detail) if part)


def escaped(text: str) -> str:
    """Text from outside as Markdown that shows it, in one line."""
    for special in ("\\", "|", "*", "_", "<", "`"):
        text = text.replace(special, "\\" + special if special != "<" else "&lt;")
    return in_one_line(text)
