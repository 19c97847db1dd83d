"""`primebench list` for people: names in one column, however long they are, and no line wider than the terminal."""

import pytest
from click.testing import CliRunner

from primebench.cli import cli


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_names_have_a_column_and_no_line_is_wider_than_the_terminal(columns: int) -> None:
    found = CliRunner().invoke(cli, ["list"], env={"COLUMNS": str(columns)})
    assert found.exit_code == 0, found.output
    parts: dict[str, list[str]] = {}
    for line in found.output.splitlines():
        assert len(line) <= columns, line
        if line.startswith(" "):
            parts[next(reversed(parts))].append(line)
        else:
            parts[line] = []
    assert list(parts) == ["services", "workloads", "profiles"]
    for lines in parts.values():
        first = [line for line in lines if line[2] != " "]
        begin = {len(line) - len(line.lstrip()) for line in lines if line[2] == " "}
        begin |= {line.index("  ", 2) + 2 for line in (max(first, key=lambda name: len(name.split()[0])),)}
        assert len(begin) == 1, "what a name stands for begins in one column"
        assert all(line[min(begin) - 2 : min(begin)] == "  " for line in first)
