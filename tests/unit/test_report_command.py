"""`primebench report` and `audit` of a finished run: the same tables in every format, on the disk and on the terminal."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import forked
from tests.patience import PATIENCE_S
from tests.unit.run_folder import ROUNDS, write_run_folder

ROOT = Path(__file__).parents[2]
FORMULA = "=1+1"


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose second service has a formula for a title, reported once."""
    folder = tmp_path_factory.mktemp("runs") / "first"
    write_run_folder(folder, "first", {"cpp": "C++ · Beast", "bad": FORMULA})
    assert primebench("report", str(folder)).returncode == 0
    return folder


def primebench(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return forked.run_raw([*forked.LAUNCH, *arguments], os.environ | {"COLUMNS": "80"} | environment)


def test_a_reported_run_has_its_tables_in_every_format(rendered: Path) -> None:
    lines = list(csv.DictReader(io.StringIO((rendered / "table.csv").read_bytes().decode("utf-8"), newline="")))
    tables = json.loads((rendered / "table.json").read_bytes())
    assert (rendered / "table.md").is_file()
    assert list(dict.fromkeys(line["table"] for line in lines)) == [table["table"] for table in tables]
    cells = [line for line in lines if line["row"] != "note"]
    assert len(cells) == sum(len(table["cells"]) for table in tables)
    summary = json.loads((rendered / "summary.json").read_bytes())
    value = summary["workloads"][0]["contenders"][0]["figures"]["latency_p50_ms"]["value"]
    (cell,) = [cell for cell in cells if (cell["quantity"], cell["column"]) == ("latency_p50_ms", "C++ · Beast")]
    assert float(cell["number"]) == value


def test_no_title_of_a_service_is_a_formula(rendered: Path) -> None:
    text = (rendered / "table.csv").read_bytes().decode("utf-8")
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    assert f"'{FORMULA}" in cells
    assert not [cell for cell in cells if cell.startswith("=")]


def test_what_a_format_prints_is_what_the_runs_folder_keeps(rendered: Path) -> None:
    for written_as, name in (("csv", "table.csv"), ("json", "table.json")):
        done = primebench("report", str(rendered), "--format", written_as, PYTHONIOENCODING="ascii")
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout == (rendered / name).read_bytes()


def test_the_json_option_still_prints_the_summary(rendered: Path) -> None:
    done = primebench("report", str(rendered), "--json")
    assert done.stdout == (rendered / "summary.json").read_bytes()
    refused = primebench("report", str(rendered), "--json", "--format", "csv")
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert refused.stderr.decode().startswith("primebench: --json prints the data that tables are made from")


def test_the_audit_has_the_same_formats(rendered: Path) -> None:
    done = primebench("audit", str(rendered), "--format", "csv")
    heads, *lines = csv.reader(io.StringIO(done.stdout.decode("utf-8"), newline=""))
    assert (done.returncode, heads[:3]) == (0, ["table", "row", "column"])
    tables = {line[0] for line in lines}
    assert "published figures" in tables
    assert all("published" in table or table == "variants beside their base" for table in tables)
    plain = primebench("audit", str(rendered), PYTHONIOENCODING="ascii")
    assert "published figures" in plain.stdout.decode("ascii")


def test_a_run_that_has_no_summary_yet_gets_one_when_it_is_compared(rendered: Path, tmp_path: Path) -> None:
    write_run_folder(tmp_path / "second", "second", {"cpp": "C++ · Beast", "bad": FORMULA})
    done = primebench("compare", str(rendered), str(tmp_path / "second"), "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "second" / "table.csv").is_file()
    (pair,) = json.loads(done.stdout)["same_machine"]
    found = {value["metric"]: value for value in pair["workloads"][0]["changes"]}
    assert found["latency_p50_ms"]["rounds"] == [ROUNDS, ROUNDS]
    assert found["latency_p50_ms"]["verdict"] == "tie"
    assert found["rss_loaded_bytes"]["verdict"] == "cannot tell"  # these trials had no memory to read


def test_a_regression_check_is_no_reference_run(tmp_path: Path) -> None:
    write_run_folder(tmp_path / "check", "check", {"cpp": "C++"})
    record = json.loads((tmp_path / "check" / "run.json").read_bytes())
    side = {"asked": "HEAD", "commit": None}
    record["regress"] = {"base": side, "head": side, "merge_base": False, "gate": {}, "command": []}
    (tmp_path / "check" / "run.json").write_text(json.dumps(record))
    done = primebench("reference", str(tmp_path / "check"))
    assert done.returncode == 2
    assert b"a regression check is no run to show" in done.stderr


def test_a_fault_of_the_programs_own_is_error_and_no_regression() -> None:
    """Python's own exit code for an exception is 1, and 1 says that a regression was found."""
    code = "import primebench.cli as cli, primebench.__main__ as it; cli.cli = lambda **_: 1 / 0; it.main()"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 2
    assert b"ZeroDivisionError" in done.stderr
