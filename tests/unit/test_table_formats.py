"""Tables for other programs, and for terminals that can show less: nothing is lost, and nothing is run."""

import csv
import io
import json

import pytest
from rich.console import Console

from analysis.model import metric as m
from analysis.model.comparison import Figure
from analysis.model.figure_of import figure_of
from analysis.model.flag import GENERATOR_BOUND
from analysis.tables.csv import COLUMNS, csv_text, no_formula
from analysis.tables.formats import FORMATS
from analysis.tables.json import json_text
from analysis.tables.markdown import print_table
from analysis.tables.table import Cell, Table, comparison_cell, doubted, figure_cell, over_cell
from analysis.text.ascii import in_encoding
from tests.unit.comparisons import comparison

VALUES = [5000.25, 5001.5, 4999.125, 5002.0, 5003.0, 4998.0]
HOSTILE = '=HYPERLINK("http://x";"y")'


def figure() -> Figure:
    return figure_of(VALUES)


def shown() -> list[Table]:
    """Two tables with everything in them that a format may trip over."""
    return [
        Table(
            "w: µs, a table",
            ["C++ · Beast", HOSTILE],
            [
                ("CPU per request, µs", [figure_cell(m.CPU_PER_REQUEST, figure()), Cell("–")]),
                ('quotes "and" | commas, \n and\x1b[31m lines', [Cell("@SUM(A1)", "+cmd"), Cell("-1.5%")]),
            ],
            ["a note, ± with a comma"],
        ),
        Table("second", ["ratio"], [("goodput", [comparison_cell(comparison(ratio=1.02, verdict="higher"))])]),
    ]


def lines() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(shown()), newline="")))


def test_a_cell_of_a_figure_carries_what_is_not_rounded() -> None:
    cell = figure_cell(m.CPU_PER_REQUEST, figure())
    assert (cell.number, cell.low, cell.high, cell.quantity) == (5000.875, 4998.0, 5003.0, "cpu_per_request_us")
    again = figure_cell(m.CPU_PER_REQUEST, figure().replace(doubts=[GENERATOR_BOUND]))
    assert again.detail.endswith("!generator_bound")
    assert (again.number, again.low, again.high) == (cell.number, cell.low, cell.high)


def test_a_cell_of_a_ratio_carries_it_and_one_without_a_figure_nothing() -> None:
    for cell in (comparison_cell(comparison(ratio=1.02)), over_cell(comparison(ratio=1.02))):
        assert (cell.number, cell.low, cell.high, cell.quantity) == (1.02, 1.01, 1.03, "ratio")
    refused = Figure(value=None, interval=None, each=[], refused="wrong_answers")
    for cell in (figure_cell(m.GOODPUT, None), figure_cell(m.GOODPUT, refused), doubted(Cell("x"), ["stall"])):
        assert (cell.number, cell.low, cell.high, cell.quantity) == (None, None, None, None)


def test_a_single_value_has_no_interval() -> None:
    cell = figure_cell(m.BINARY_SIZE, figure_of([2_000_000.0]))
    assert (cell.number, cell.low, cell.high, cell.quantity) == (2_000_000.0, None, None, "binary_bytes")


def test_csv_is_a_line_a_cell_with_the_table_that_it_is_of() -> None:
    first, *_ = found = lines()
    assert tuple(first) == COLUMNS
    assert len(found) == 2 * 2 + 1 + 1  # cells of the first table, its note, the cell of the second
    assert (first["table"], first["row"], first["column"]) == ("w: µs, a table", "CPU per request, µs", "C++ · Beast")
    assert (first["value"], first["detail"]) == ("5,000", "[5,000, 5,000]")
    assert [float(first[name]) for name in ("number", "low", "high")] == [5000.875, 4998.0, 5003.0]
    assert (found[-1]["table"], found[-1]["quantity"]) == ("second", "ratio")
    (note,) = [entry for entry in found if entry["row"] == "note"]
    assert (note["detail"], note["value"], note["number"]) == ("a note, ± with a comma", "", "")


def test_csv_ends_its_lines_as_rfc_4180_has_it_and_has_none_within_a_cell() -> None:
    text = csv_text(shown())
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n") == len(lines()) + 1
    assert "\x1b" not in text


def test_no_cell_of_a_csv_file_is_a_formula() -> None:
    cells = [cell for line in lines() for cell in line.values()]
    assert f"'{HOSTILE}" in cells
    assert "'@SUM(A1)" in cells
    assert "'+cmd" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "@")]


@pytest.mark.parametrize("text", ["-1.5%", "+0.3%", "-1", "+1,234.5", "-1e-05", "–", "5 - 3", ""])
def test_a_number_keeps_its_sign_in_a_csv_file(text: str) -> None:
    assert no_formula(text) == text


@pytest.mark.parametrize("text", ["=1", "+1+1", "-1-1", "-2+3+cmd|' /C calc'!A0", "@x", "\t=1", "\r=1", " =1", "+"])
def test_what_is_no_number_does_not(text: str) -> None:
    assert no_formula(text).startswith("'")


def test_json_is_a_list_of_tables_with_the_fields_of_the_csv_file() -> None:
    first, second = json.loads(json_text(shown()))
    assert (first["table"], first["notes"], len(first["cells"])) == ("w: µs, a table", ["a note, ± with a comma"], 4)
    assert {*first["cells"][0], "table"} == set(COLUMNS)
    assert first["cells"][0]["number"] == 5000.875
    assert first["cells"][1]["number"] is None
    assert first["cells"][1]["column"] == HOSTILE  # nothing calculates JSON
    assert second["cells"][0]["low"] == 1.01


def test_every_format_says_every_figure() -> None:
    assert set(FORMATS) == {"markdown", "csv", "json"}
    for written in FORMATS.values():
        assert "5,000" in written(shown())
        assert "1.020" in written(shown())


def printed(encoding: str, **options: bool) -> str:
    """What a terminal of 80 columns shows; a character that it lacks ends the test."""
    place = io.BytesIO()
    stream = io.TextIOWrapper(place, encoding=encoding, errors="strict", newline="")
    console = Console(file=stream, width=80, highlight=False, **options)  # type: ignore[arg-type]
    for table in shown():
        print_table(console, table)
    stream.flush()
    return place.getvalue().decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_table_can_be_shown_in_any_encoding_within_80_columns(encoding: str) -> None:
    text = printed(encoding)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "?" not in text
    assert "\x1b" not in text
    assert ("µ" in text) is (encoding != "ascii")
    assert ("─" in text) is (encoding == "utf-8")


def test_in_ascii_what_is_missing_is_spelled() -> None:
    text = printed("ascii")
    assert "us, a table" in text
    assert "C++ | Beast" in text
    assert "5,000 +-" in text
    assert "|" not in text.replace("C++ | Beast", "").replace('"and" |', "")  # no frame around every cell
    columns = [line for line in text.splitlines() if line.strip() and set(line.strip()) == {"-"}]
    assert len(columns) == 2


def test_without_colour_there_is_no_escape_code_even_on_a_terminal() -> None:
    assert "\x1b[" in printed("utf-8", force_terminal=True, no_color=False)
    assert "\x1b" not in printed("utf-8", force_terminal=True, no_color=True)


@pytest.mark.parametrize(
    ("text", "encoding", "shown_as"),
    [
        ("12 µs ±3 – 4 × 5 ≥ 6 →", "ascii", "12 us +-3 - 4 x 5 >= 6 ->"),
        ("12 µs ±3 – 4", "latin-1", "12 µs ±3 - 4"),
        ("12 µs ±3 – 4", "utf-8", "12 µs ±3 – 4"),
        ("Müller's café", "ascii", "Muller's cafe"),
        ("10²", "ascii", r"10\xb2"),
        ("服", "ascii", r"\u670d"),
        ("½", "latin-1", "½"),
    ],
)
def test_spelling(text: str, encoding: str, shown_as: str) -> None:
    assert in_encoding(text, encoding) == shown_as
