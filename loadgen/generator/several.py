"""What several generators measured, as if one had: rows after each other, counts added up, no quantile of quantiles. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loadgen.generator.generator import Report
from loadgen.record.generators import GeneratorRecord, HostReadings

TIMES = ("start_s", "end_s", "intended_s")
ADDED, LARGEST = ("requests_per_s",), ("pacing_error_p99_us",)
"""What of their own summaries has a meaning for all together: a sum, or the worst."""


class Measured(NamedTuple):
    """What a load's generators measured, and in which `window` all of them measured, in seconds from the common start; each by
    itself where there are several, and what the server's host read if they were on others.
    """

    report: Report
    window: tuple[float, float]
    generators: Sequence[GeneratorRecord] = ()
    server_host: HostReadings | None = None


def merged(reports: Mapping[str, Report], started_s: Mapping[str, float], window: tuple[float, float]) -> Measured:
    """Return what generators measured together, by their labels: `started_s` is when each began, in seconds from the common
    start, and `window` the measured one of each, in seconds from its own. Connections and cores are left for who knows them.

    Rows count from the common start, have a column `generator`, and are in the order of their ends.
    """
    tables = {label: _shifted(report.rows, started_s[label]) for label, report in reports.items()}
    known = [report.connections for report in reports.values() if report.connections is not None]
    report = Report(
        rows=_concatenated(tables),
        errors=_added(report.errors for report in reports.values()),
        reported=_reported([report.reported for report in reports.values()]),
        begun=_added(report.begun for report in reports.values()),
        connections=sum(known) if len(known) == len(reports) else None,
    )
    records = [
        GeneratorRecord(
            label=label,
            connections=0,
            cores=[],
            started_s=started_s[label],
            ended_s=_last_s(tables[label], started_s[label]),
            rows=of.rows.num_rows,
            reported=of.reported,
        )
        for label, of in reports.items()
    ]
    together = (max(started_s.values()) + window[0], min(started_s.values()) + window[1])
    return Measured(report, together, records)


def _shifted(rows: pa.Table, by_s: float) -> pa.Table:
    for index, name in enumerate(rows.column_names):
        if name in TIMES:
            rows = rows.set_column(index, name, pc.add(rows[name], by_s))
    return rows


def _concatenated(tables: Mapping[str, pa.Table]) -> pa.Table:
    """With the same columns in all: where some requests of one waited, those of the others were due when they were sent."""
    is_due = any("intended_s" in rows.column_names for rows in tables.values())
    labels, parts = pa.array(list(tables)), []
    for number, rows in enumerate(tables.values()):
        if is_due and "intended_s" not in rows.column_names:
            rows = rows.append_column("intended_s", rows["start_s"])
        codes = pa.array(np.full(rows.num_rows, number, dtype=np.int8))
        parts.append(rows.append_column("generator", pa.DictionaryArray.from_arrays(codes, labels)))
    columns = parts[0].column_names
    return pa.concat_tables([rows.select(columns) for rows in parts]).sort_by("end_s")


def _last_s(rows: pa.Table, otherwise_s: float) -> float:
    return float(pc.max(rows["end_s"]).as_py()) if rows.num_rows else otherwise_s


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(total)


def _reported(repetitions: Sequence[Mapping[str, float]]) -> dict[str, float]:
    added = {
        name: sum(reported[name] for reported in repetitions)
        for name in ADDED
        if all(name in reported for reported in repetitions)
    }
    largest = {
        name: max(reported[name] for reported in repetitions if name in reported)
        for name in LARGEST
        if any(name in reported for reported in repetitions)
    }
    return added | largest
