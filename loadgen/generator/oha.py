"""oha: its command line, its environment, and reading what it measured.

Facts that this module rests on, checked on oha 1.16.0: `requestsPerSec` counts errors and `successRate` any status, so
neither is used; `-w` waits for what is in flight instead of dropping the slowest answers; rows of all answered requests go to
a SQLite file, times in seconds from the generator's start.
"""

import json
import math
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from loadgen.conformance.http.message import HOST
from loadgen.errors import Error
from loadgen.generator.generator import Load, Report, Say
from loadgen.setup.oha import OHA_VERSION, is_pinned, usable_oha
from loadgen.system.environment import generator_environment
from loadgen.system.tool import NOT_STARTED, run_tool

HTTP2_STREAMS = "1"
"""Requests at the same time on a connection, so that connections mean what they mean in HTTP/1.1."""
ROWS = "rows.db"
"""A plain name: of a path oha would take a part for a URI's, or refuse the bytes."""


def oha_path() -> Path:
    """Where `make setup` puts oha, or the one on PATH if it put none there; `$PRIMEBENCH_OHA` overrides both."""
    own = os.environ.get("PRIMEBENCH_OHA")
    if not own:
        return usable_oha()
    return Path(shutil.which(own) or own).absolute()


def find_oha() -> Path:
    """The pinned oha, absolute: it is started in another folder. Raise Error if it is missing or of another version."""
    path = oha_path()
    if not path.is_file():
        expected = ", which is a folder; expected the program" if path.is_dir() else "; run: primebench setup"
        raise Error(f"oha {OHA_VERSION} not found at {path}{expected}")
    if shutil.which(path) is None:
        raise Error(f"{path}: may not be executed (see its mode, and whether the file system is mounted noexec)")
    output = run_tool([path, "--version"], environment=generator_environment())
    if output.code == NOT_STARTED:
        raise Error(f"{path}: cannot be run: {output.last_error.removeprefix(f'{path}: ')}; run: primebench setup")
    if not is_pinned(printed := output.text.strip()):
        raise Error(f"{path}: expected oha {OHA_VERSION}, found '{printed}'; run: primebench setup")
    return path


class Oha:
    """oha as a Generator."""

    name = f"oha {OHA_VERSION}"
    takes_a_file = False
    waits_to_start = False

    def find(self, _say: Say = print) -> Path:
        """Return the pinned program; raise Error if it is missing or of another version."""
        return find_oha()

    def command(self, program: str, load: Load) -> list[str]:
        """Return the command line.

        The open loop is a number of requests, not a time: with a time oha drops what is due and not yet sent when the time is
        over.
        """
        request, rate = load.request, load.rate_per_s and load.part.share(load.rate_per_s)
        closed = ["-z", f"{round(load.duration_s * 1000)}ms"]
        opened = [] if rate is None else ["-n", str(round(rate * load.duration_s)), "-q", str(rate), "--latency-correction"]
        return [
            program,
            "--no-tui",
            "-w",
            *("-c", str(load.part.share(load.connections))),
            *(opened or closed),
            *(() if load.sending.keep_alive else ("--disable-keepalive",)),
            *(("--insecure",) if load.sending.tls else ()),
            *(("--http2", "-p", HTTP2_STREAMS) if load.sending.protocol == "h2" else ()),
            *("-m", request.method),
            *(part for field in self._fields(load) for part in ("-H", field)),
            *(("-d", request.body.decode()) if request.body else ()),
            *("--db-url", ROWS),
            *("--output-format", "json"),
            load.origin + request.target,
        ]

    @staticmethod
    def _fields(load: Load) -> list[str]:
        """The request's field lines, with the Host that every other client of primebench sends; HTTP/2 has none by itself."""
        unsaid = load.sending.protocol == "h2" and load.request.host == HOST
        return [*([] if unsaid else [load.request.host]), *load.request.fields]

    def environment(self, threads: int) -> dict[str, str]:
        """Return the environment: so many worker threads; none of the user's (NO_COLOR breaks some versions).

        oha reads all certificates that the system trusts before its first request, with or without TLS: 100 ms of its core in
        each trial. None of them is asked (see `--insecure`), so it is told of none.
        """
        return generator_environment() | {"TOKIO_WORKER_THREADS": str(threads), "SSL_CERT_FILE": os.devnull}

    def read(self, folder: Path, report: Path) -> Report:
        """Return its rows, errors and summary."""
        return Report(read_rows(folder / ROWS), read_errors(report), read_reported(report))

    def is_out_of_space(self, message: str) -> bool:
        """Return whether SQLite said that its file did not fit."""
        return "disk is full" in message


def read_errors(output: Path) -> dict[str, int]:
    """Requests without an answer, by kind, from oha's JSON; raise Error if there is none."""
    try:
        return {str(kind): int(count) for kind, count in (_report(output)["errorDistribution"] or {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Error(f"oha wrote no report: {output.read_text(errors='replace').strip()[:200] or 'nothing'}") from error


def read_reported(output: Path) -> dict[str, float]:
    """What oha's own summary says, for comparison only: requests and success rate count errors, quantiles are of all rows.

    Without a single answer oha writes null for what has no value: it is left out.
    """
    try:
        report = _report(output)
        summary, quantiles = report.get("summary") or {}, report.get("latencyPercentiles") or {}
        figures = {
            "requests_per_s": (summary.get("requestsPerSec"), 1.0),
            "success_share": (summary.get("successRate"), 1.0),
            "latency_p50_ms": (quantiles.get("p50"), 1e3),
            "latency_p99_ms": (quantiles.get("p99"), 1e3),
        }
        scaled = {name: float(value) * scale for name, (value, scale) in figures.items() if value is not None}
    except (ValueError, TypeError, AttributeError) as error:
        raise Error(f"oha wrote no report: {output.read_text(errors='replace').strip()[:200] or 'nothing'}") from error
    return {name: value for name, value in scaled.items() if math.isfinite(value)}


def _report(output: Path) -> Any:
    return json.loads(output.read_bytes())


def read_rows(database: Path) -> pa.Table:
    """Every answered request: start_s, end_s (float64, seconds from the generator's start), status and body_bytes.

    Of an open loop also intended_s: when the request was due, earlier than its start if it had to wait for a connection.
    """
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                "SELECT start, end, status, len_bytes, start_latency_correction FROM oha ORDER BY end"
            ).fetchall()
    except sqlite3.Error as error:
        raise Error(f"oha wrote no rows to {database.name}: {error}") from error
    columns = np.array(rows, dtype=np.float64).reshape(-1, 5)
    named_columns = {
        "start_s": columns[:, 0],
        "end_s": columns[:, 1],
        "status": columns[:, 2].astype(np.int16),
        "body_bytes": columns[:, 3].astype(np.int32),
    }
    if len(columns) and not np.isnan(columns[:, 4]).any():
        named_columns["intended_s"] = columns[:, 4]
    return pa.table(named_columns)
