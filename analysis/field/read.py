"""A field's runs as one result."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from analysis.field.model import (
    ASKED_FILE,
    STANDINGS_FILE,
    STANDINGS_SCHEMA_VERSION,
    ColdStart,
    FieldFile,
    FieldResult,
    FieldService,
    FieldTask,
)
from analysis.field.places import METRIC, apart, field_workload, undecided
from analysis.model.figure_of import figure_of
from analysis.model.standing import main_workload
from analysis.model.summary import RunFacts, Summary, WorkloadResult, read_summary
from analysis.pipeline.summarise import ScaleOf, summarise
from loadgen.errors import Error
from loadgen.record.contender import ContenderRecord
from loadgen.record.folder import load_run, read_json
from loadgen.record.run import DirectPair
from loadgen.record.trial import LoadTrial, Trial
from loadgen.strict import explain


def is_field(folder: Path) -> bool:
    """Return whether the folder has a field: one that was measured, or one that is kept."""
    return (folder / ASKED_FILE).is_file() or (folder / STANDINGS_FILE).is_file()


def read_field(folder: Path) -> FieldResult:
    """Return the field in the folder: its runs read again, or, of one that is kept without them, what was kept.

    Raises Error if a run is missing, or has not been analysed.
    """
    if not (folder / ASKED_FILE).is_file():
        return _read_kept(folder / STANDINGS_FILE)
    path = folder / ASKED_FILE
    try:
        asked = FieldFile.model_validate(read_json(path))
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error
    except ValidationError as error:
        raise Error(f"{path}: {explain(error)}") from error
    if not asked.runs:
        raise Error(f"{path}: runs: expected a run a task, got none")
    tasks = [_task(name, path, (folder / run_folder).resolve()) for name, run_folder in asked.runs.items()]
    return FieldResult(schema_version=STANDINGS_SCHEMA_VERSION, tasks=tasks)


def _read_kept(path: Path) -> FieldResult:
    try:
        return FieldResult.model_validate(read_json(path), strict=False)
    except OSError as error:
        raise Error(f"{path}: {error.strerror}; expected the folder of a field, as primebench field makes it") from error
    except ValidationError as error:
        raise Error(f"{path}: {explain(error)}") from error


def _task(name: str, asked: Path, run_folder: Path) -> FieldTask:
    if not run_folder.is_dir():
        raise Error(f"{asked}: runs.{name}: no folder {run_folder}; expected the run's, as seen from this file")
    run, trials = load_run(run_folder)
    summary = read_summary(run_folder / "summary.json")
    shown = [workload for workload in summary.workloads if _is_shown(workload)]
    if not shown:
        raise Error(f"{run_folder}: nothing to rank: expected a closed loop with two services or more")
    main = main_workload(shown)
    workloads = [field_workload(workload) for workload in (main, *(workload for workload in shown if workload is not main))]
    services = [_service(record, summary, trials, main) for record in run.contenders if not record.control]
    return FieldTask(name=name, run=RunFacts.from_fields_of(summary), services=services, workloads=workloads)


def undecided_pairs(run_folder: Path, scale_of: ScaleOf) -> list[DirectPair]:
    """Return which services of a run, analysed as far as it is, tie as neighbours and were not side by side: those first whose
    order would be told first.
    """
    run, _ = load_run(run_folder)
    summary = summarise(run_folder, [], scale_of)
    workloads = [field_workload(workload) for workload in summary.workloads if _is_shown(workload)]
    ties = [(pair, workload) for workload in workloads for pair in undecided(workload, run.direct_pairs)]
    return [
        DirectPair(workload=workload.name, service=pair.numerator, beside=pair.denominator)
        for pair, workload in sorted(ties, key=lambda group: apart(group[0]), reverse=True)
    ]


def _is_shown(workload: WorkloadResult) -> bool:
    return workload.rate is None and any(comparison.metric == METRIC.name for comparison in workload.comparisons)


def _service(record: ContenderRecord, summary: Summary, trials: Sequence[Trial], main: WorkloadResult) -> FieldService:
    if record.not_measured is not None:
        return FieldService.from_fields_of(record)
    return FieldService.from_fields_of(
        record,
        http=record.conformance.get("http"),
        findings=summary.findings.get(record.label, []),
        cold_start=_cold_start(record.label, summary, trials, main),
    )


def _cold_start(label: str, summary: Summary, trials: Sequence[Trial], main: WorkloadResult) -> ColdStart | None:
    """Of all solo trials the time until ready; of the pilot of the main workload what settling took."""
    each = [
        trial.ready_s * 1000
        for trial in trials
        if isinstance(trial, LoadTrial) and trial.contender == label and not trial.beside and not trial.failure
        if trial.ready_s is not None
    ]
    if not each:
        return None
    pilot = summary.pilots.get(main.label, {}).get(label)
    if pilot is None:
        return ColdStart(ready_ms=figure_of(each))
    return ColdStart(
        ready_ms=figure_of(each), load_s=pilot.warm_up_s, cpu_s=pilot.settling_cpu_s, has_settled=pilot.has_settled
    )
