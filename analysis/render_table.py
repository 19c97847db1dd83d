"""Tables on the terminal (rich) and in Markdown."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from analysis.table import Cell, Table


def print_table(console: Console, table: Table) -> None:
    """Print a table with its notes; columns wrap rather than run over the terminal's edge."""
    grid = RichTable(title=Text(table.title, style="bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    grid.add_column("", overflow="fold")
    for head in table.heads:
        grid.add_column(Text(head), justify="right", overflow="fold")
    for head, cells in table.rows:
        grid.add_row(Text(head), *(_text(cell) for cell in cells))
    console.print(grid)
    for note in table.notes:
        console.print(Padding(Text(note), (0, 0, 0, 2)))
    if table.notes:
        console.print()


def _text(cell: Cell) -> Text:
    value = cell.short or (f"{cell.value} {cell.detail}" if cell.detail else cell.value)
    return Text(value)


def markdown(tables: Sequence[Table]) -> str:
    """All tables as GitHub-flavoured Markdown."""
    return "\n".join(_markdown_table(table) for table in tables)


def _markdown_table(table: Table) -> str:
    lines = [f"### {_escaped(table.title)}", ""]
    lines.append("| | " + " | ".join(_escaped(head) for head in table.heads) + " |")
    lines.append("|---|" + "---:|" * len(table.heads))
    for head, cells in table.rows:
        lines.append(f"| {_escaped(head)} | " + " | ".join(_markdown_cell(cell) for cell in cells) + " |")
    if table.notes:
        lines += ["", *(f"* {_escaped(note)}" for note in table.notes)]
    return "\n".join(lines) + "\n"


def _markdown_cell(cell: Cell) -> str:
    return " ".join(_escaped(part) for part in (cell.value, cell.detail) if part)


def _escaped(text: str) -> str:
    for special in ("\\", "|", "*", "_", "<", "`"):
        text = text.replace(special, "\\" + special if special != "<" else "&lt;")
    return " ".join(text.split())
