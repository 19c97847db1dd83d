"""Runs that are kept for good: added once, refused if they differ, found out if somebody changed them, asked by SQL."""

import ast
import csv
import io
import json
import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.archive.add import add
from analysis.archive.answer import FORMATS
from analysis.archive.check import check
from analysis.archive.files import unpack
from analysis.archive.place import DRAFTS, FILES, LATENCIES, RUN, SUMMARY, TRIALS
from analysis.archive.query import query
from analysis.model.summary import read_summary
from analysis.pipeline.summarise import summarise
from loadgen.errors import Error
from loadgen.record.folder import RunFolder, load_run
from tests.unit.asked import scale_of
from tests.unit.console import run as primebench
from tests.unit.console import said
from tests.unit.run_folder import write_run_folder
from tests.unit.sources import modules, shown

TITLES = {"cpp": "C++", "fiber": "Go"}
PLACE = Path("schema=2") / "task=prime" / "machine=0" / "x"


def change_record(run: Path, **fields: object) -> None:
    found = json.loads((run / RUN).read_text())
    (run / RUN).write_text(json.dumps(found | fields, indent=2) + "\n")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "x"
    write_run_folder(folder, "x", TITLES)
    return folder


@pytest.fixture(scope="module")
def added(measured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("kept") / "archive"
    assert add(measured, archive, scale_of) == (archive / PLACE, True)
    return archive


@pytest.fixture
def archive(added: Path, tmp_path: Path) -> Path:
    """An archive of one run, to be changed."""
    return shutil.copytree(added, tmp_path / "archive")


@pytest.fixture
def run(measured: Path, tmp_path: Path) -> Path:
    """The same run, to be changed."""
    return shutil.copytree(measured, tmp_path / "run")


def faults(archive: Path) -> list[str]:
    return [line for _, found in check(archive, scale_of) for line in found]


def test_a_run_is_four_files_in_the_folder_of_its_task_and_machine(added: Path, measured: Path) -> None:
    assert sorted(path.name for path in (added / PLACE).iterdir()) == sorted(FILES)
    assert (added / PLACE / RUN).read_bytes() == (measured / RUN).read_bytes()
    assert read_summary(added / PLACE / SUMMARY) == summarise(measured, [], scale_of)
    assert not list(added.glob(f"{DRAFTS}*"))


def test_what_is_unpacked_is_what_was_measured(added: Path, measured: Path, tmp_path: Path) -> None:
    unpack(added / PLACE, tmp_path / "again")
    assert load_run(tmp_path / "again") == load_run(measured)
    for path in (measured / "raw").iterdir():
        assert pq.read_table(tmp_path / "again" / "raw" / path.name).equals(pq.read_table(path))


def test_adding_twice_changes_nothing(archive: Path, run: Path) -> None:
    before = {name: ((archive / PLACE / name).stat().st_mtime_ns, (archive / PLACE / name).read_bytes()) for name in FILES}
    assert add(run, archive, scale_of) == (archive / PLACE, False)
    assert before == {
        name: ((archive / PLACE / name).stat().st_mtime_ns, (archive / PLACE / name).read_bytes()) for name in FILES
    }


def test_another_run_under_the_same_id_is_refused(archive: Path, run: Path) -> None:
    change_record(run, seed=2)
    with pytest.raises(Error, match=r"run\.json differs from that of .*never changed"):
        add(run, archive, scale_of)
    change_record(run, seed=1)
    trial = load_run(run)[1][0]
    RunFolder(run).append_trial(trial.replace(overhead_s=1.0))
    with pytest.raises(Error, match=r"trials\.parquet differs"):
        add(run, archive, scale_of)
    RunFolder(run).append_trial(trial)
    rows = pq.read_table(run / "raw" / "00000.parquet")
    pq.write_table(rows.slice(1), run / "raw" / "00000.parquet")
    with pytest.raises(Error, match=r"latencies\.parquet differs"):
        add(run, archive, scale_of)
    assert faults(archive) == []


def test_only_finished_runs_with_all_of_their_rows_are_added(run: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    change_record(run, end_reason=None, ended=None)
    with pytest.raises(Error, match=r"not ended, and may go on.*--resume x"):
        add(run, archive, scale_of)
    change_record(run, end_reason="finished", ended="", run_id="..")
    with pytest.raises(Error, match=r"run_id '\.\.': expected a name"):
        add(run, archive, scale_of)
    change_record(run, run_id="x")
    (run / "raw" / "00001.parquet").unlink()
    with pytest.raises(Error, match=r"00001\.parquet: cannot be read: No such file"):
        add(run, archive, scale_of)
    trial = load_run(run)[1][1]
    assert trial.kind == "load"
    assert trial.load is not None
    RunFolder(run).append_trial(trial.replace(load=trial.load.replace(rows_file="raw/../../1.parquet")))
    with pytest.raises(Error, match=r"trial 1: rows in 'raw/\.\./\.\./1\.parquet'; expected raw/NUMBER\.parquet"):
        add(run, archive, scale_of)
    assert not archive.exists()


def test_a_name_that_is_no_folder_s_is_written_as_in_an_address(run: Path, tmp_path: Path) -> None:
    change_record(run, run_id="../é")
    folder, _ = add(run, tmp_path / "archive", scale_of)
    assert folder == (tmp_path / "archive" / PLACE).with_name("..%2F%C3%A9")
    assert faults(tmp_path / "archive") == []


def test_every_figure_comes_out_again(archive: Path) -> None:
    assert list(check(archive, scale_of)) == [(archive / PLACE, [])]


def test_a_figure_that_was_changed_is_found(archive: Path) -> None:
    path = archive / PLACE / SUMMARY
    summary = json.loads(path.read_text())
    summary["workloads"][0]["contenders"][0]["figures"]["latency_p99_ms"]["value"] *= 0.999
    path.write_text(json.dumps(summary))
    (found,) = faults(archive)
    assert "summary.json: workloads.0.contenders.0.figures.latency_p99_ms.value: " in found
    assert "and its records give" in found


def test_a_row_that_was_changed_is_found(archive: Path) -> None:
    path = archive / PLACE / LATENCIES
    rows = pq.read_table(path)
    pq.write_table(rows.set_column(rows.column_names.index("end_s"), "end_s", pa.array(rows["end_s"].to_numpy() * 1.01)), path)
    *first, last = faults(archive)
    assert len(first) == 3
    assert "more" in last


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_or_missing_file_is_a_line(archive: Path, name: str) -> None:
    (archive / PLACE / name).write_bytes(b"PAR1 no")
    assert [str(archive / PLACE / name) in line for line in faults(archive)] == [True]
    (archive / PLACE / name).unlink()
    assert [f"no {name}" in line for line in faults(archive)] == [True]


def test_columns_for_queries_say_what_the_records_say(archive: Path) -> None:
    path = archive / PLACE / TRIALS
    trials = pq.read_table(path)
    changed = pa.array(["fiber"] * trials.num_rows)
    pq.write_table(trials.set_column(trials.column_names.index("contender"), "contender", changed), path)
    assert faults(archive) == [f"{path}: its columns differ from its records"]


def test_a_run_in_the_folder_of_another_machine_is_found(archive: Path) -> None:
    (archive / PLACE.parent).rename((archive / PLACE.parent).with_name("machine=1"))
    (found,) = faults(archive)
    assert f"its run.json says {PLACE}" in found


def test_sql_sees_runs_figures_comparisons_trials_and_latencies(archive: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra archive is not installed")
    assert query(archive, "SELECT run_id, task, machine, cores FROM runs").rows == [("x", "prime", "0", 2)]
    (value,) = query(archive, "SELECT value FROM figures WHERE contender = 'fiber' AND metric = 'latency_p50_ms'").rows[0]
    assert value == pytest.approx(2.0, rel=0.01)
    found = query(archive, "SELECT numerator, denominator, ratio FROM comparisons WHERE metric = 'latency_p50_ms'")
    assert found.rows == [("cpp", "fiber", pytest.approx(0.5, rel=0.01))]
    per_trial = query(
        archive,
        "SELECT contender, count(*) FROM latencies JOIN trials ON trials.index = latencies.trial GROUP BY contender ORDER BY 1",
    )
    assert per_trial.rows == [("cpp", 7200), ("fiber", 7200)]


def test_a_query_reaches_nothing_but_the_archive(archive: Path, tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra archive is not installed")
    for sql in ("SELECT * FROM read_csv('/etc/passwd')", f"COPY runs TO '{tmp_path}/runs.csv'"):
        with pytest.raises(Error, match=r"^query: Permission Error: .* disabled by configuration$"):
            query(archive, sql)
    with pytest.raises(Error, match=r"^query: Parser Error: syntax error at or near \"SELEC\"$"):
        query(archive, "SELEC")
    with pytest.raises(Error, match=r"^query '': returns nothing; expected a SELECT$"):
        query(archive, "")


def test_without_duckdb_one_line_says_how_to_install_it(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(Error, match=r"^archive query needs duckdb; install it: pip install 'primebench\[archive\]'"):
        query(archive, "SELECT 1")


def test_nothing_else_imports_duckdb() -> None:
    importing = [
        shown(path)
        for path in modules("loadgen", "analysis", "primebench")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import) and any(name.name.split(".")[0] == "duckdb" for name in node.names)
    ]
    assert set(importing) == {"analysis/archive/query.py"}


def test_an_answer_is_a_line_a_row_in_every_format(archive: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra archive is not installed")
    answer = query(archive, "SELECT '=1+1' AS a, 1.5::DOUBLE AS b, 'nan'::DOUBLE AS c, [1, 2] AS d, DATE '2026-01-01' AS e")
    assert list(csv.reader(io.StringIO(FORMATS["csv"](answer)))) == [
        ["a", "b", "c", "d", "e"],
        ["'=1+1", "1.5", "nan", "[1, 2]", "2026-01-01"],
    ]
    assert json.loads(FORMATS["json"](answer)) == [{"a": "=1+1", "b": 1.5, "c": None, "d": [1, 2], "e": "2026-01-01"}]
    assert "| =1+1 |" in FORMATS["markdown"](answer)


def test_the_command_adds_checks_and_ends_with_2_for_what_differs(measured: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "archive")
    done = primebench("archive", "add", str(measured), str(measured), "--to", archive)
    assert (done.returncode, said(done)) == (0, [])
    assert done.stdout.decode() == f"added: {archive}/{PLACE}\nthere already: {archive}/{PLACE}\n"
    change_record(Path(archive) / PLACE, rounds=7)
    done = primebench("archive", "check", "--in", archive)
    assert (done.returncode, done.stdout.decode()) == (2, f"differs: {archive}/{PLACE}\n")
    assert said(done) == [f"primebench: {archive}/{PLACE}/summary.json: rounds: 6, and its records give 7"]
