"""SQL over an archive by DuckDB, which the extra `archive` installs: nothing else of primebench needs it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from analysis.archive.answer import Answer
from analysis.archive.place import LATENCIES, TRIALS, ArchivedRun, runs_of
from analysis.stats.interval import Interval
from loadgen.errors import Error

if TYPE_CHECKING:
    import duckdb

INSTALL = "pip install 'primebench[archive]', in a checkout .venv/bin/pip install --require-hashes -r requirements-archive.lock"
SETTINGS: dict[str, str | bool | int | float | list[str]] = dict.fromkeys(
    ("enable_external_access", "autoinstall_known_extensions", "autoload_known_extensions"), False
)
"""A query sees the archive's tables and nothing else: no other file, no network."""
FIGURE = pa.schema(
    [
        *((name, pa.string()) for name in ("run_id", "task", "machine", "workload", "contender", "metric")),
        *((name, pa.float64()) for name in ("value", "low", "high")),
        ("refused", pa.string()),
        ("doubts", pa.list_(pa.string())),
        ("each", pa.list_(pa.float64())),
    ]
)
COMPARISON = pa.schema(
    [
        *((name, pa.string()) for name in ("run_id", "task", "machine", "workload", "metric", "numerator", "denominator")),
        ("side_by_side", pa.bool_()),
        *((name, pa.float64()) for name in ("ratio", "low", "high", "minimum_detectable_effect")),
        *((name, pa.string()) for name in ("verdict", "reason")),
        ("doubts", pa.list_(pa.string())),
        ("each", pa.list_(pa.float64())),
    ]
)
RUN = pa.schema(
    [
        *((name, pa.string()) for name in ("run_id", "task", "machine", "profile", "started", "commit", "generator")),
        ("rounds", pa.int32()),
        ("server_threads", pa.int32()),
        *((name, pa.string()) for name in ("cpu_model", "kernel", "system", "hypervisor")),
        ("cores", pa.int32()),
        ("memory_bytes", pa.int64()),
    ]
)


def query(archive: Path, sql: str) -> Answer:
    """Return what the SQL says of the archive; raise Error if DuckDB is missing, or refuses the query.

    Tables: `runs`, `figures`, `comparisons` (from each summary.json), `trials` and `latencies` (the Parquet files).
    """
    try:
        import duckdb
    except ImportError as error:
        raise Error(f"archive query needs duckdb; install it: {INSTALL}") from error
    runs = list(runs_of(archive))
    with duckdb.connect(config=SETTINGS) as connection:
        for name, table in _tables(runs).items():
            connection.register(name, table)
        try:
            return _answer(connection, sql)
        except duckdb.Error as error:
            raise Error(f"query: {str(error).strip().splitlines()[0]}") from error


def _answer(connection: "duckdb.DuckDBPyConnection", sql: str) -> Answer:
    cursor = connection.execute(sql) if connection.extract_statements(sql) else None
    if cursor is None or not cursor.description:
        raise Error(f"query '{sql}': returns nothing; expected a SELECT")
    return Answer([str(column[0]) for column in cursor.description], [tuple(row) for row in cursor.fetchall()])


def _tables(runs: Sequence[ArchivedRun]) -> "dict[str, pa.Table | ds.Dataset]":
    return {
        "runs": pa.Table.from_pylist([_run(run) for run in runs], RUN),
        "figures": pa.Table.from_pylist([row for run in runs for row in _figures(run)], FIGURE),
        "comparisons": pa.Table.from_pylist([row for run in runs for row in _comparisons(run)], COMPARISON),
        "trials": _files(runs, TRIALS),
        "latencies": _files(runs, LATENCIES),
    }


def _files(runs: Sequence[ArchivedRun], name: str) -> ds.Dataset:
    """Return the files of that name as one table, read when asked; columns that some runs lack are empty there."""
    files = [str(run.folder.resolve() / name) for run in runs]
    try:
        schema = pa.unify_schemas([pq.read_schema(file) for file in files], promote_options="permissive")
        return ds.dataset(files, schema=schema, format="parquet")
    except (OSError, pa.ArrowException) as error:
        raise Error(f"{name}: cannot be read: {error}; see primebench archive check") from error


def _of(run: ArchivedRun) -> dict[str, object]:
    return {"run_id": run.run.run_id, "task": run.run.task, "machine": run.run.machine.fingerprint}


def _run(run: ArchivedRun) -> dict[str, object]:
    machine, fields = run.run.machine, ("profile", "started", "commit", "generator", "rounds", "server_threads")
    return {**machine.model_dump(), **{name: getattr(run.run, name) for name in fields}, **_of(run)}


def _figures(run: ArchivedRun) -> list[dict[str, object]]:
    return [
        {
            **_of(run),
            "workload": workload.name,
            "contender": contender.label,
            "metric": metric,
            **figure.model_dump(),
            **_ends(figure.interval),
        }
        for workload in run.summary.workloads
        for contender in workload.contenders
        for metric, figure in contender.figures.items()
    ]


def _comparisons(run: ArchivedRun) -> list[dict[str, object]]:
    return [
        {
            **_of(run),
            "workload": workload.name,
            "side_by_side": side_by_side,
            **comparison.model_dump(),
            **_ends(comparison.interval),
        }
        for workload in run.summary.workloads
        for side_by_side, comparisons in ((False, workload.comparisons), (True, workload.paired))
        for comparison in comparisons
    ]


def _ends(interval: Interval | None) -> dict[str, object]:
    return {} if interval is None else {"low": interval.low, "high": interval.high}
