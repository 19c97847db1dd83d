"""Where a run is kept in an archive: schema=2/task=TASK/machine=FINGERPRINT/RUN, as Hive names partitions."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from analysis.model.summary import Summary, read_summary
from loadgen.errors import Error
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.record.trial import SCHEMA_VERSION

RUN, SUMMARY, TRIALS, LATENCIES = "run.json", "summary.json", "trials.parquet", "latencies.parquet"
FILES = (RUN, SUMMARY, TRIALS, LATENCIES)
RUNS = "schema=*/task=*/machine=*/*"
DRAFTS = ".adding-"
"""How the name of a folder begins that is still being written."""


@dataclass(frozen=True)
class ArchivedRun:
    """A run of an archive: its folder, its record, and what was found when it was added."""

    folder: Path
    run: RunRecord
    summary: Summary


def place_of(run: RunRecord) -> Path:
    """Return the folder of a run within an archive. A name that is no name of a folder is written as in an address (%2F)."""
    task, machine, name = (quote(part, safe="") for part in (run.task, run.machine.fingerprint, run.run_id))
    if not name.strip("."):
        raise Error(f"run_id '{run.run_id}': expected a name that a folder can have")
    return Path(f"schema={SCHEMA_VERSION}") / f"task={task}" / f"machine={machine}" / name


def folders_of(archive: Path) -> list[Path]:
    """Return the folders of an archive's runs, in the order of their names; raise Error if there are none.

    Whatever lies at the depth of a run counts as one: what is not whole is for its reader to refuse.
    """
    folders = sorted(folder for folder in archive.glob(RUNS) if folder.is_dir())
    if not folders:
        raise Error(
            f"{archive}: no archived runs; expected folders schema={SCHEMA_VERSION}/task=TASK/machine=FINGERPRINT/RUN; "
            "add one with: primebench archive add RUN"
        )
    return folders


def runs_of(archive: Path) -> Iterator[ArchivedRun]:
    """Yield the runs of an archive; raise Error for one that cannot be read or is not in its place."""
    for folder in folders_of(archive):
        run = record_of(archive, folder)
        yield ArchivedRun(folder, run, read_summary(folder / SUMMARY))


def record_of(archive: Path, folder: Path) -> RunRecord:
    """Return the record of the run in `folder`; raise Error if it is none, lacks a file, or is of another place."""
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise Error(f"{folder}: no {' and no '.join(missing)}; an archived run has {', '.join(FILES)}")
    run = RunFolder(folder).read_run()
    if folder != archive / place_of(run):
        raise Error(f"{folder}: its {RUN} says {place_of(run)}; expected a run in the folder of its task, machine and ID")
    return run
