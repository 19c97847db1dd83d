"""Everything that is made of a field, at any time again: standings.json, field.md, the tables as CSV and JSON, charts."""

from pathlib import Path

from analysis.field.model import ASKED_FILE, STANDINGS_FILE, FieldResult
from analysis.field.page import every_table, page
from analysis.field.read import read_field
from analysis.tables.formats import FORMATS
from loadgen.errors import Error

PLOTS = "plots"
TITLE = "# The field\n\n"


def render(folder: Path) -> FieldResult:
    """Read the field's runs, write what shows them into its folder, and return it; raise Error if a run is missing or was not
    analysed, or the folder cannot be written to.
    """
    result = read_field(folder)
    try:
        if (folder / ASKED_FILE).is_file():
            write_standings(result, folder)
        write_shown(result, folder)
    except OSError as error:
        raise Error(f"{error.filename or folder}: {error.strerror}; the runs are kept: primebench report {folder}") from error
    return result


def write_standings(result: FieldResult, folder: Path) -> None:
    """Write standings.json; raise OSError."""
    (folder / STANDINGS_FILE).write_text(result.model_dump_json(exclude_defaults=True) + "\n", encoding="utf-8")


def write_shown(result: FieldResult, folder: Path) -> None:
    """Write what is there to be looked at; raise OSError."""
    from analysis.field.plot import draw_field  # takes a second, for matplotlib

    (folder / "field.md").write_text(TITLE + page(result, PLOTS), encoding="utf-8")
    for name in ("csv", "json"):
        (folder / f"field-tables.{name}").write_bytes(FORMATS[name](every_table(result)).encode("utf-8"))
    draw_field(result, folder / PLOTS)
