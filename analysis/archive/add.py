"""Adding a finished run to an archive, once and for good."""

import json
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.archive.files import read_trials, rows_table, trials_table
from analysis.archive.place import DRAFTS, LATENCIES, RUN, SUMMARY, TRIALS, place_of, record_of
from analysis.model.summary import write_summary
from analysis.pipeline.summarise import ScaleOf, summarise
from analysis.trial.parquet import read_parquet
from analysis.trial.trimmed import is_trimmed
from loadgen.errors import Error
from loadgen.record.folder import RunFolder, load_run
from loadgen.record.run import RunRecord
from loadgen.record.trial import Trial

FINISHED = "finished"


def add(run_folder: Path, archive: Path, scale_of: ScaleOf) -> tuple[Path, bool]:
    """Keep the run in its folder of the archive, which is made if there is none; return that folder, and whether it is new.

    A run that is there already is left as it is. Raise Error if what is there under its ID is another, or if the run is no
    finished load run with all of its raw rows.
    """
    if is_trimmed(run_folder):
        raise Error(f"{run_folder}: kept without its raw rows; expected a run as `primebench run` leaves it")
    run, trials = load_run(run_folder)
    _check(run_folder, run)
    rows = rows_table(run_folder, run.run_id, trials)
    target = archive / place_of(run)
    if target.exists():
        if differs := _differing(run_folder, target, trials, rows):
            raise Error(f"{target}: {differs} differs from that of {run_folder}; an archived run is never changed")
        return target, False
    summary = summarise(run_folder, [], scale_of)
    try:
        archive.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=DRAFTS, dir=archive))
        try:
            shutil.copyfile(run_folder / RUN, draft / RUN)
            write_summary(summary, draft / SUMMARY)
            for name, table in ((TRIALS, trials_table(run.run_id, trials)), (LATENCIES, rows)):
                with (draft / name).open("wb") as file:
                    pq.write_table(table, file, compression="zstd")
            draft.chmod(0o755)
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.rename(target)  # in one step: nobody sees half a run, and of two that add it one is refused
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise Error(f"{error.filename or target}: {error.strerror}; {run.run_id} was not archived") from error
    return target, True


def _check(run_folder: Path, run: RunRecord) -> None:
    if run.regress is not None or run.curve is not None:
        kind = "a regression check" if run.regress is not None else "a run of capacity curves"
        raise Error(f"{run_folder}: {kind}; expected a run of `primebench run`")
    if run.end_reason != FINISHED:
        state = run.end_reason or "not ended"
        raise Error(f"{run_folder}: {state}, and may go on; expected a finished run: primebench run --resume {run.run_id}")


def _differing(run_folder: Path, target: Path, trials: list[Trial], rows: pa.Table) -> str | None:
    """Return the first archived file that is not of this run, or None."""
    record_of(target.parents[3], target)
    if (target / RUN).read_bytes() != RunFolder(run_folder).run_file.read_bytes():
        return RUN
    if _as_text(read_trials(target / TRIALS)) != _as_text(trials):
        return TRIALS
    return None if read_parquet(target / LATENCIES).equals(rows) else LATENCIES


def _as_text(trials: list[Trial]) -> list[str]:
    """Return records as text: a number that is none does not equal itself."""
    return [json.dumps(trial.model_dump()) for trial in trials]
