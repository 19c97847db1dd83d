"""The history: a line for each regression check that was asked to append one. For trends; no verdict is made from it.

Values of different runs were not measured side by side, so that what a machine did in between is in them: `primebench trend`
shows them, and only pairs of one run decide (docs/explanation/regression-check.md).
"""

import codecs
import fcntl
import math
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from analysis.model import metric as m
from analysis.model.measured import Measured
from analysis.regress.model import Origin, RegressResult
from analysis.regress.verdict import MetricVerdict, Outcome
from loadgen.errors import Error
from loadgen.record.folder import append_line
from loadgen.record.machine import Machine
from loadgen.strict import explain


class HistoryMetric(Measured):
    """One metric of head: `head` is its median, in the unit that ends the metric's name; `unit` is what people read."""

    unit: str
    better: Literal["higher", "lower"]
    head: float


class HistoryEntry(Origin):
    """One line: head as one run measured it. `changed` says that its files differed from `commit`.

    `machine` is None in lines of earlier versions, which have its fingerprint alone.
    """

    schema_version: Literal[1] = 1
    asked: str
    commit: str | None
    changed: bool
    fingerprint: str
    cpu_model: str
    outcome: Outcome | Literal["invalid"]
    metrics: list[HistoryMetric]
    machine: Machine | None = None


def entry_of(result: RegressResult) -> HistoryEntry:
    """The entry of a regression check; metrics that no value was measured of, or none that is a number, are left out."""
    return HistoryEntry.from_fields_of(
        result,
        asked=result.head.asked,
        commit=result.head.commit,
        changed=bool(result.head.changed),
        fingerprint=result.machine.fingerprint,
        cpu_model=result.machine.cpu_model,
        metrics=[_metric_of(metric) for metric in result.metrics if metric.head is not None and math.isfinite(metric.head)],
    )


def _metric_of(verdict: MetricVerdict) -> HistoryMetric:
    metric = m.BY_NAME[verdict.metric]
    return HistoryMetric.from_fields_of(
        verdict,
        unit=metric.unit,
        better=metric.better,
    )


def read_history(path: Path) -> list[HistoryEntry]:
    """Read every line; raise Error that names the first damaged one. A history is whole or is not used."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise Error(
            f"{path}: {error.strerror}; expected a history, which `primebench regress --history {path.name}` appends to"
        ) from error
    return _entries(path, text)


def append_to(path: Path, entry: HistoryEntry) -> None:
    """Append one line, force it to the disk, and take it back if it did not fit; make the file if there is none.

    Raises Error if the file cannot be written, has the run already, or is damaged: a line after a damaged one would be lost.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # two runs that end together take turns
            file.seek(0)
            for number, there in enumerate(_entries(path, file.read()), 1):
                if there.run_id == entry.run_id:
                    raise Error(f"{path}:{number}: has {entry.run_id} already; a run counts once")
            append_line(file, entry.model_dump_json())
    except OSError as error:
        raise Error(f"{path}: {error.strerror}; {entry.run_id} was not appended, its verdict stands") from error


def _entries(path: Path, text: bytes) -> list[HistoryEntry]:
    entries = []
    lines = text.removeprefix(codecs.BOM_UTF8).split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        try:
            entries.append(HistoryEntry.model_validate_json(line))
        except ValidationError as error:
            raise Error(f"{path}:{number}: {explain(error)}; mend this line or delete it") from error
    if lines[-1]:
        raise Error(f"{path}:{len(lines)}: cut short, no end of line; delete this line")
    return entries
