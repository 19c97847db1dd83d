"""The native generator: building it from loadgen/native, its command line, and reading what it measured."""

import hashlib
import json
import os
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa

from loadgen.build.build import Order, build_order
from loadgen.config.build import Build
from loadgen.errors import Error
from loadgen.generator.generator import Load, Part, Report, Say
from loadgen.system.environment import generator_environment

ROWS = "rows.bin"
FOLDER = Path(__file__).resolve().parents[1] / "native"
PROGRAM = "primebench-load"
BUILD = Build(
    needs=["cmake", "c++"],
    inputs=["CMakeLists.txt", "src"],
    commands=[
        ["cmake", "-S", ".", "-B", "{scratch}/build", "-DCMAKE_BUILD_TYPE=Release"],
        ["cmake", "--build", "{scratch}/build", "--parallel", "2", "--target", "primebench_load"],
        ["cmake", "-E", "copy", f"{{scratch}}/build/{PROGRAM}", f"{{out}}/{PROGRAM}"],
    ],
    artefact=PROGRAM,
)
ROW = np.dtype(
    [
        ("due_ns", "<i8"),
        ("start_ns", "<i8"),
        ("end_ns", "<i8"),
        ("body_bytes", "<u4"),
        ("status", "<u2"),
        ("kind", "u1"),
        ("waited", "u1"),
    ]
)
"""As loadgen/native/src/rows.hpp has it."""
SPIN_US = 50
"""Being woken up takes 20 to 40 µs, and up to 0.2 ms: on cores of its own the generator does not sleep so shortly before."""
ON_TIME = 0.99
"""The quantile of the pacing error that is reported."""


class Native:
    """The native generator as a Generator."""

    takes_a_file = True
    waits_to_start = True

    @cached_property
    def name(self) -> str:
        """Return its name, and a part of the digest of its sources for a version."""
        digest = hashlib.sha256()
        for path in sorted((FOLDER / "src").iterdir()):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return f"native {digest.hexdigest()[:8]}"

    def find(self, say: Say = print) -> Path:
        """Return the program, built if it has not been; raise Error if it cannot be. `$PRIMEBENCH_NATIVE` is one of these
        sources that was built elsewhere.
        """
        if own := os.environ.get("PRIMEBENCH_NATIVE"):
            return Path(own)
        return build_order(Order("load", FOLDER, BUILD), say=say).artefact

    def command(self, program: str, load: Load) -> list[str]:
        """Return the command line."""
        origin, rate = urlsplit(load.origin), load.rate_per_s
        closed = ["--duration-ms", str(round(load.duration_s * 1000))]
        opened = [] if rate is None else ["--rate", str(rate), "--count", str(round(rate * load.duration_s))]
        opened += ["--spin-us", str(SPIN_US)] if opened and load.own_cores else []
        tcp = ("--host", origin.hostname or "HOST", "--port", origin.netloc.rpartition(":")[2])
        return [
            program,
            *(("--unix", load.socket) if load.socket else tcp),
            *(("--tls",) if load.sending.tls else ()),
            *("--requests", str(load.requests or "REQUESTS")),
            *("--rows", ROWS),
            *("--connections", str(load.part.share(load.connections))),
            *(opened or closed),
            *_of_several(load.part),
            *(() if load.sending.keep_alive else ("--reconnect",)),
            *(("--threads", str(load.threads)) if load.threads > 1 else ()),
        ]

    def environment(self, _threads: int) -> dict[str, str]:
        """Return the environment; the command has the threads."""
        return generator_environment()

    def read(self, folder: Path, report: Path) -> Report:
        """Return its rows, errors and what it counted; raise Error if it ran out of requests."""
        said = _report(report)
        if said["ran_out"]:
            raise Error(
                f"the load took more than the {sum(said['begun'].values()):,} requests that were prepared: a shorter load"
            )
        rows = _rows(folder / ROWS)
        seconds = (said["ended_ns"] - said["load_began_ns"]) / 1e9
        reported = {"requests_per_s": len(rows) / seconds} if seconds > 0 else {}
        on_time = rows[(rows["waited"] == 0)]
        if (rows["due_ns"] != rows["start_ns"]).any() and len(on_time):
            late_us = (on_time["start_ns"] - on_time["due_ns"]) / 1e3
            reported["pacing_error_p99_us"] = float(np.quantile(late_us, ON_TIME))
        return Report(
            rows=_table(rows, said["began_ns"]),
            errors=dict(said["errors"]),
            reported=reported,
            begun=dict(said["begun"]),
            connections=said["connections"],
            began_s=said["began_ns"] / 1e9,
        )

    def is_out_of_space(self, message: str) -> bool:
        """Return whether it said that its file of rows did not fit."""
        return "No space left" in message


def _of_several(part: Part) -> list[str]:
    if part.of == 1:
        return []
    return ["--parts", str(part.of), "--part", str(part.number), "--start-at-ns", str(part.start_at_ns)]


def _report(path: Path) -> Any:
    try:
        said = json.loads(path.read_bytes())
        names = ("began_ns", "load_began_ns", "ended_ns", "begun", "errors", "ran_out", "connections")
        return {name: said[name] for name in names}
    except (ValueError, KeyError, TypeError) as error:
        raise Error(f"{PROGRAM} wrote no report: {path.read_text(errors='replace').strip()[:200] or 'nothing'}") from error


def _rows(path: Path) -> Any:
    """All rows in the order of their ends; of what was allocated the rest is zeros."""
    try:
        rows = np.fromfile(path, dtype=ROW)
    except OSError as error:
        raise Error(f"{PROGRAM} wrote no rows: {error.strerror}") from error
    rows = rows[rows["end_ns"] != 0]
    return rows[np.argsort(rows["end_ns"], kind="stable")]


def _table(rows: Any, began_ns: int) -> pa.Table:
    def seconds(name: str) -> Any:
        return (rows[name] - began_ns) / 1e9

    columns = {
        "start_s": seconds("start_ns"),
        "end_s": seconds("end_ns"),
        "status": rows["status"].astype(np.int16),
        "body_bytes": np.minimum(rows["body_bytes"], np.iinfo(np.int32).max).astype(np.int32),
        "kind": rows["kind"].astype(np.int8),
    }
    if (rows["due_ns"] != rows["start_ns"]).any():
        columns["intended_s"] = seconds("due_ns")
    return pa.table(columns)
